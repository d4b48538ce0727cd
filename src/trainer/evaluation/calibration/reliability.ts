import type { Calibration } from '../../../shared/trust.ts'

const BINS = 15

/** What a model says of a row: the probability of the label it predicts, and whether that is right. */
export interface Answer {
  readonly confidence: number
  readonly isRight: boolean
}

/**
 * Expected calibration error: rows are put in 15 bins of equal width by their confidence, each open below and closed
 * above; the mean distance of a bin's accuracy from its mean confidence, by its rows (Guo et al., 2017, equation 3,
 * after Naeini et al., 2015). The bins are those that hold rows.
 */
export function reliability(answers: readonly Answer[]): { ece: number; bins: Calibration['bins'] } {
  const sums = Array.from({ length: BINS }, () => ({ rows: 0, confidence: 0, right: 0 }))
  for (const { confidence, isRight } of answers) {
    const bin = sums[Math.min(BINS - 1, Math.max(0, Math.ceil(confidence * BINS) - 1))]
    if (!bin) throw new Error(`a confidence of ${confidence}`)
    bin.rows++
    bin.confidence += confidence
    bin.right += isRight ? 1 : 0
  }
  const bins = sums.flatMap(({ rows, confidence, right }, i) =>
    rows === 0
      ? []
      : [
          {
            from: i / BINS,
            to: (i + 1) / BINS,
            rows,
            confidence: confidence / rows,
            accuracy: right / rows,
          },
        ],
  )
  const off = bins.reduce((sum, bin) => sum + bin.rows * Math.abs(bin.accuracy - bin.confidence), 0)
  return { ece: off / answers.length, bins }
}
