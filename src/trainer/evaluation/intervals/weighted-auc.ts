/**
 * The area under a label's ROC curve over rows that count so often each, as `areaUnderCurve` defines it, in one pass
 * over rows that were sorted once.
 */
export interface Curve {
  area(counts: Uint16Array): number | null
}

/** @param score [rows] of the label; @param carries whether a row carries it */
export function curveOf(score: Float64Array, carries: Uint8Array): Curve {
  const order = Int32Array.from(score, (_, row) => row).sort((a, b) => (score[a] ?? 0) - (score[b] ?? 0))
  /** Whether the next row in order scores higher: rows between count half. */
  const ends = Uint8Array.from(order, (row, at) => (score[row] === score[order[at + 1] ?? -1] ? 0 : 1))
  const carried = Uint8Array.from(order, (row) => carries[row] ?? 0)
  return {
    area(counts) {
      let positives = 0
      let negatives = 0
      let positivesHere = 0
      let negativesHere = 0
      let wins = 0
      for (let at = 0; at < order.length; at++) {
        const count = counts[order[at] ?? 0] ?? 0
        if (carried[at] === 1) positivesHere += count
        else negativesHere += count
        if (ends[at] === 0) continue
        wins += positivesHere * (negatives + negativesHere / 2)
        positives += positivesHere
        negatives += negativesHere
        positivesHere = 0
        negativesHere = 0
      }
      return positives === 0 || negatives === 0 ? null : wins / (positives * negatives)
    },
  }
}
