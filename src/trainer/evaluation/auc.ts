/**
 * Area under the ROC curve: the chance that a positive row scores above a negative one, a tie counting half
 * (Mann-Whitney U over the number of pairs, which is what midranks give). Null without a row of each kind.
 */
export function areaUnderCurve(positives: Float64Array, negatives: Float64Array): number | null {
  if (positives.length === 0 || negatives.length === 0) return null
  const high = positives.slice().sort()
  const low = negatives.slice().sort()
  let below = 0
  let notAbove = 0
  let wins = 0
  for (const score of high) {
    while (below < low.length && Number(low[below]) < score) below++
    while (notAbove < low.length && Number(low[notAbove]) <= score) notAbove++
    wins += (below + notAbove) / 2
  }
  return wins / (high.length * low.length)
}
