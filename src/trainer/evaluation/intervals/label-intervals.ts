import type { Scores } from '../../../shared/evaluation.ts'
import type { Interval } from '../../../shared/trust.ts'
import { mostProbable } from '../most-probable.ts'
import { FEWEST_DRAWS, intervalOfAllAlike, resample } from './resample.ts'
import { type Curve, curveOf } from './weighted-auc.ts'

/** Rows times curves that a draw may pass over, and all draws together, but for the fewest draws: about a second, 45 MB. */
const MOST_ORDERED = 5_000_000
const MOST_PASSED = 100_000_000

type Probabilities = Float64Array | Float32Array

/**
 * 95 % intervals of the scores of `evaluate`, by their names; without those that resampling can't tell, such as the
 * F1 of rows that are all right, and without AUC where rows times labels are more than five million.
 *
 * @param probabilities [rows, labels]
 */
export function labelIntervals(
  probabilities: Probabilities,
  targets: Int32Array | readonly number[],
  labels: number,
  seed: number,
): Record<string, Interval> {
  const rows = targets.length
  const scores = weightedScores(probabilities, targets, labels)
  const curves = labels === 2 ? 1 : labels
  const curveDraws =
    rows * curves > MOST_ORDERED ? 0 : Math.max(FEWEST_DRAWS, Math.floor(MOST_PASSED / (rows * curves)))
  const names = ['accuracy', 'f1_macro', 'f1_weighted', 'auc', 'log_loss'] as const
  const ends = resample(rows, seed, (counts, draw) => {
    const of = scores(counts, draw < curveDraws)
    return names.map((name) => of[name])
  })
  const known = names.flatMap((name, i) => {
    const interval = ends[i]
    return interval ? [[name, interval] as const] : []
  })
  const { accuracy } = scores(new Uint16Array(rows).fill(1), false)
  const exact = accuracy === 0 || accuracy === 1 ? intervalOfAllAlike(accuracy === 1, rows) : null
  return { ...(exact ? { accuracy: exact } : {}), ...Object.fromEntries(known) }
}

/** Scores as those of `evaluate`, of rows that count so often each. */
export function weightedScores(
  probabilities: Probabilities,
  targets: Int32Array | readonly number[],
  labels: number,
): (counts: Uint16Array, withAuc: boolean) => Scores {
  const rows = targets.length
  const target = Int32Array.from(targets)
  const predicted = Int32Array.from(target, (_, row) => mostProbable(probabilities, row, labels))
  const losses = Float64Array.from(target, (label, row) => {
    const probability = probabilities[row * labels + label] ?? 0
    return -Math.log(Math.min(Math.max(probability, Number.EPSILON), 1 - Number.EPSILON))
  })
  let curves: readonly Curve[] | null = null
  const right = new Float64Array(labels)
  const carried = new Float64Array(labels)
  const chosen = new Float64Array(labels)
  return (counts, withAuc) => {
    for (const sums of [right, carried, chosen]) sums.fill(0)
    let loss = 0
    for (let row = 0; row < rows; row++) {
      const count = counts[row] ?? 0
      if (count === 0) continue
      const [own, other] = [target[row] ?? 0, predicted[row] ?? 0]
      carried[own] = (carried[own] ?? 0) + count
      chosen[other] = (chosen[other] ?? 0) + count
      if (own === other) right[own] = (right[own] ?? 0) + count
      loss += count * (losses[row] ?? 0)
    }
    let all = 0
    let macro = 0
    let weighted = 0
    let present = 0
    for (let label = 0; label < labels; label++) {
      const both = (carried[label] ?? 0) + (chosen[label] ?? 0)
      if (both === 0) continue
      present++
      const f1 = (2 * (right[label] ?? 0)) / both
      macro += f1
      weighted += f1 * (carried[label] ?? 0)
      all += right[label] ?? 0
    }
    curves = withAuc ? (curves ?? curvesOf(probabilities, target, labels)) : curves
    const areas = withAuc ? (curves ?? []).flatMap((curve) => curve.area(counts) ?? []) : []
    return {
      accuracy: all / rows,
      f1_macro: macro / present,
      f1_weighted: weighted / rows,
      auc: areas.length === 0 ? null : areas.reduce((sum, area) => sum + area, 0) / areas.length,
      log_loss: loss / rows,
    }
  }
}

/** Of two labels the second alone. */
const curvesOf = (probabilities: Probabilities, target: Int32Array, labels: number): readonly Curve[] =>
  Array.from({ length: labels }, (_, label) => label)
    .filter((label) => labels !== 2 || label === 1)
    .map((label) =>
      curveOf(
        Float64Array.from(target, (_, row) => probabilities[row * labels + label] ?? 0),
        Uint8Array.from(target, (own) => (own === label ? 1 : 0)),
      ),
    )
