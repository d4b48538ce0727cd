import { softmax } from '../evaluation/ngram/softmax.ts'
import { type Judged, selfConfidence } from './confident-learning.ts'

/** Of a probability that is none. */
const LEAST = 1e-9

/** Mean negative log of the probability of the given label. */
export const logLoss = (judged: Judged): number =>
  selfConfidence(judged).reduce((sum, p) => sum - Math.log(Math.max(p, LEAST)), 0) / judged.given.length

/** The normalised geometric mean of two models' probabilities [rows, labels]. */
export function geometricMean(a: Float64Array, b: Float64Array, labels: number): Float64Array {
  const mean = a.map((p, i) => (Math.log(Math.max(p, LEAST)) + Math.log(Math.max(b[i] ?? 0, LEAST))) / 2)
  for (let at = 0; at < mean.length; at += labels) softmax(mean.subarray(at, at + labels))
  return mean
}
