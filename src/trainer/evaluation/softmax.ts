import { softmax } from './ngram/softmax.ts'

/** Probabilities from logits [rows, labels], divided by a temperature, in double precision. */
export const softmaxRows = (
  logits: Float64Array | Float32Array,
  labels: number,
  temperature = 1,
): Float64Array => {
  const probabilities = Float64Array.from(logits, (logit) => logit / temperature)
  for (let start = 0; start < probabilities.length; start += labels)
    softmax(probabilities.subarray(start, start + labels))
  return probabilities
}
