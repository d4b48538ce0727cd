/** Rows with a given label each, and probabilities [rows, labels] by models that have not seen the row. */
export interface Judged {
  readonly given: Int32Array
  readonly probabilities: Float64Array
  readonly labels: number
}

/** As cleanlab allows for rounding where a probability is compared with a threshold. */
const SLACK = 1e-6

/**
 * Of each label the mean probability of the rows that are given it: from there on a row is counted as confidently of
 * that label. A label that no row has is never reached.
 */
export function confidentThresholds({ given, probabilities, labels }: Judged): Float64Array {
  const sums = new Float64Array(labels)
  const rows = new Int32Array(labels)
  for (const [row, label] of given.entries()) {
    sums[label] = (sums[label] ?? 0) + (probabilities[row * labels + label] ?? 0)
    rows[label] = (rows[label] ?? 0) + 1
  }
  return sums.map((sum, label) =>
    rows[label] === 0 ? Number.POSITIVE_INFINITY : Math.max(2 * SLACK, sum / (rows[label] ?? 1)),
  )
}

/**
 * The label that each row is confidently of: the one whose threshold it reaches, -1 where it reaches none. Where it
 * reaches several it is the most probable of all labels, as in the authors' cleanlab. Counted by given label they are
 * the confident joint (Northcutt, Jiang and Chuang, "Confident learning: estimating uncertainty in dataset labels",
 * 2021).
 */
export function confidentLabels(judged: Judged): Int32Array {
  const { given, probabilities, labels } = judged
  const thresholds = confidentThresholds(judged)
  return given.map((_, row) => {
    const own = probabilities.subarray(row * labels, (row + 1) * labels)
    const reached = Array.from(thresholds.keys()).filter(
      (label) => (own[label] ?? 0) >= (thresholds[label] ?? 0) - SLACK,
    )
    if (reached.length > 1) return own.indexOf(Math.max(...own))
    return reached[0] ?? -1
  })
}

/** The probability of each row's given label: the lower, the less the row looks like others of its label. */
export const selfConfidence = ({ given, probabilities, labels }: Judged): Float64Array =>
  Float64Array.from(given, (label, row) => probabilities[row * labels + label] ?? 0)

/** The most probable label of each row but the given one. */
export const likeliestOther = ({ given, probabilities, labels }: Judged): Int32Array =>
  Int32Array.from(given, (label, row) => {
    const own = probabilities.subarray(row * labels, (row + 1) * labels)
    let best = label === 0 ? 1 : 0
    for (const [other, p] of own.entries()) if (other !== label && p > (own[best] ?? 0)) best = other
    return best
  })

/**
 * How many rows are given a wrong label: those that are confidently of another, off the diagonal of the confident
 * joint, and for which the given label is not the most probable one.
 */
export function countWrong(judged: Judged): number {
  const { given, probabilities, labels } = judged
  const confident = confidentLabels(judged)
  const other = likeliestOther(judged)
  const own = selfConfidence(judged)
  return given.reduce((count, label, row) => {
    const most = probabilities[row * labels + (other[row] ?? 0)] ?? 0
    const isOther = confident[row] !== -1 && confident[row] !== label
    return isOther && most > (own[row] ?? 0) + SLACK ? count + 1 : count
  }, 0)
}

/**
 * The rows whose label may be wrong, the most doubtful first: as many as confident learning counts, but those of least
 * self-confidence among the rows that another label is more probable for, which are more often wrong than the rows
 * that it counts (docs/evaluation/label-errors.md).
 */
export function rankSuspects(judged: Judged): number[] {
  const { probabilities, labels, given } = judged
  const own = selfConfidence(judged)
  const other = likeliestOther(judged)
  const at = (row: number): number => own[row] ?? 0
  return Array.from(given, (_, row) => row)
    .filter((row) => (probabilities[row * labels + (other[row] ?? 0)] ?? 0) > at(row))
    .sort((a, b) => at(a) - at(b) || a - b)
    .slice(0, countWrong(judged))
}
