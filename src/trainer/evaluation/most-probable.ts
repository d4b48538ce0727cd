/** The label of a row's highest number of [rows, labels], be they probabilities or logits; of equals the first, as in `evaluate`. */
export function mostProbable(scores: Float64Array | Float32Array, row: number, labels: number): number {
  let best = 0
  for (let label = 1; label < labels; label++)
    if ((scores[row * labels + label] ?? 0) > (scores[row * labels + best] ?? 0)) best = label
  return best
}
