import { softmax } from './ngram/softmax.ts'

/** Probabilities from logits [rows, labels], in double precision. */
export const softmaxRows = (logits: Float32Array, labels: number): Float64Array => {
  const probabilities = Float64Array.from(logits)
  for (let start = 0; start < probabilities.length; start += labels)
    softmax(probabilities.subarray(start, start + labels))
  return probabilities
}
