import type { RegressionScores } from '../../../shared/evaluation.ts'
import type { Interval } from '../../../shared/trust.ts'
import { resample } from './resample.ts'

const NAMES = ['rmse', 'mae', 'r2', 'spearman', 'mse'] as const

/** 95 % intervals of the scores of `evaluateNumbers`, by their names; without those that resampling can't tell. */
export function numberIntervals(
  values: Float64Array,
  targets: Float64Array,
  seed: number,
): Record<string, Interval> {
  const scores = weightedNumberScores(values, targets)
  const ends = resample(targets.length, seed, (counts) => {
    const of = scores(counts)
    return NAMES.map((name) => of[name])
  })
  return Object.fromEntries(
    NAMES.flatMap((name, i) => {
      const interval = ends[i]
      return interval ? [[name, interval] as const] : []
    }),
  )
}

/** Scores as those of `evaluateNumbers`, of rows that count so often each. `values` and `targets` are [rows]. */
export function weightedNumberScores(
  values: Float64Array,
  targets: Float64Array,
): (counts: Uint16Array) => RegressionScores {
  const rows = targets.length
  const errors = values.map((value, row) => Math.abs(value - (targets[row] ?? 0)))
  const middle = targets.reduce((sum, target) => sum + target, 0) / rows
  const centred = targets.map((target) => target - middle)
  const [rankValues, rankTargets] = [rankerOf(values), rankerOf(targets)]
  return (counts) => {
    let squares = 0
    let absolute = 0
    let sum = 0
    let spread = 0
    for (let row = 0; row < rows; row++) {
      const count = counts[row] ?? 0
      const [error, target] = [errors[row] ?? 0, centred[row] ?? 0]
      squares += count * error * error
      absolute += count * error
      sum += count * target
      spread += count * target * target
    }
    const variance = spread - (sum * sum) / rows
    const mse = squares / rows
    return {
      mse,
      rmse: Math.sqrt(mse),
      mae: absolute / rows,
      // A draw of one number alone leaves rounding.
      r2: variance <= 1e-12 * spread ? null : 1 - squares / variance,
      spearman: correlation(rankValues(counts), rankTargets(counts), counts),
    }
  }
}

/** Ranks of rows that count so often each, from values sorted once; equal values share the mean of their ranks. */
function rankerOf(values: Float64Array): (counts: Uint16Array) => Float64Array {
  const order = Int32Array.from(values, (_, row) => row).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0))
  const ranks = new Float64Array(values.length)
  return (counts) => {
    let below = 0
    let from = 0
    while (from < order.length) {
      let to = from
      let count = 0
      const value = values[order[from] ?? 0]
      while (to < order.length && values[order[to] ?? 0] === value) count += counts[order[to++] ?? 0] ?? 0
      for (let at = from; at < to; at++) ranks[order[at] ?? 0] = below + (count + 1) / 2
      below += count
      from = to
    }
    return ranks
  }
}

/** Pearson's of ranks, which have the mean (rows + 1) / 2; null where one of the two is constant. */
function correlation(a: Float64Array, b: Float64Array, counts: Uint16Array): number | null {
  const mean = (a.length + 1) / 2
  let both = 0
  let squaresA = 0
  let squaresB = 0
  for (let row = 0; row < a.length; row++) {
    const count = counts[row] ?? 0
    const [x, y] = [(a[row] ?? 0) - mean, (b[row] ?? 0) - mean]
    both += count * x * y
    squaresA += count * x * x
    squaresB += count * y * y
  }
  return squaresA === 0 || squaresB === 0 ? null : both / Math.sqrt(squaresA * squaresB)
}
