/** In place, without overflow. */
export function softmax(scores: Float64Array): void {
  let highest = Number.NEGATIVE_INFINITY
  for (const score of scores) if (score > highest) highest = score
  let total = 0
  for (const [label, score] of scores.entries()) {
    const power = Math.exp(score - highest)
    scores[label] = power
    total += power
  }
  for (const [label, power] of scores.entries()) scores[label] = power / total
}
