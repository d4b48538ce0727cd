import * as v from 'valibot'

/** How the weights of a file are stored, by the name that transformers.js has for it. */
export const DTYPES = ['fp32', 'fp16', 'int8'] as const
export const Dtype = v.picklist(DTYPES)
export type Dtype = v.InferOutput<typeof Dtype>

/** What may be written beside the fp32 file. */
export const COMPRESSED = ['fp16', 'int8'] as const
export type Compressed = (typeof COMPRESSED)[number]

/** `int8,fp16` as a list without repetition; null: a word in it is no such form. */
export const parseCompressed = (list: string): readonly Compressed[] | null => {
  const words = list.split(',').map((word) => word.trim())
  return words.every((word) => COMPRESSED.some((dtype) => dtype === word))
    ? COMPRESSED.filter((dtype) => words.includes(dtype))
    : null
}

/** One form of a model, measured beside the others. */
export const FileMeasure = v.object({
  /** In the model's folder. */
  file: v.string(),
  dtype: Dtype,
  /** Without the tokens that the training rows do not use. */
  trimmed: v.boolean(),
  bytes: v.number(),
  /** Milliseconds a text, tokenising included: one text at a time, and 32 texts at once. */
  ms_single: v.number(),
  ms_batch: v.number(),
  /** On the test rows, and the largest difference of a probability from the untouched fp32 file. */
  accuracy: v.number(),
  difference: v.number(),
})
export type FileMeasure = v.InferOutput<typeof FileMeasure>
