import { UserError } from '../../shared/error.ts'
import type { RegressionEvaluation, RegressionScores } from '../../shared/evaluation.ts'
import { t } from '../../shared/l10n.ts'

/**
 * Every number of an evaluation of predicted numbers, equal to scikit-learn's and SciPy's: mean squared error,
 * mean absolute error, R2 (of a set whose numbers are all equal, where scikit-learn says 0 or 1, null), Spearman's
 * correlation (average ranks for equal numbers; null where it is not defined), and quantiles of the absolute
 * error, between two rows linearly.
 *
 * `values` and `targets` are [rows].
 */
export function evaluateNumbers(values: Float64Array, targets: Float64Array): RegressionEvaluation {
  const rows = targets.length
  if (rows === 0) throw new Error('no rows to evaluate')
  if (values.length !== rows) throw new Error(`${values.length} values are not ${rows} rows`)
  const wrong = values.findIndex((value) => !Number.isFinite(value))
  if (wrong >= 0)
    throw new UserError(
      t`the model's answer for evaluated row ${wrong + 1} is not a number: training diverged; use a lower learning rate`,
    )
  const errors = values.map((value, row) => Math.abs(value - (targets[row] ?? 0)))
  const squares = errors.reduce((sum, error) => sum + error * error, 0)
  const mean = targets.reduce((sum, target) => sum + target, 0) / rows
  const spread = targets.reduce((sum, target) => sum + (target - mean) ** 2, 0)
  const mse = squares / rows
  const sorted = errors.toSorted()
  return {
    rows,
    mse,
    rmse: Math.sqrt(mse),
    mae: errors.reduce((sum, error) => sum + error, 0) / rows,
    r2: targets.every((target) => target === targets[0]) ? null : 1 - squares / spread,
    spearman: correlation(ranks(values), ranks(targets)),
    median_error: quantile(sorted, 0.5),
    p90_error: quantile(sorted, 0.9),
    max_error: sorted.at(-1) ?? 0,
  }
}

/** The few numbers by which models are compared. */
export function regressionScoresOf({ mse, rmse, mae, r2, spearman }: RegressionEvaluation): RegressionScores {
  return { mse, rmse, mae, r2, spearman }
}

/** From 1; equal numbers share the mean of their ranks. */
function ranks(values: Float64Array): Float64Array {
  const order = Array.from(values, (_, i) => i).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0))
  const result = new Float64Array(values.length)
  let from = 0
  while (from < order.length) {
    let to = from + 1
    while (to < order.length && values[order[to] ?? 0] === values[order[from] ?? 0]) to++
    for (let at = from; at < to; at++) result[order[at] ?? 0] = (from + to + 1) / 2
    from = to
  }
  return result
}

/** Pearson's; null where one of the two is constant. */
function correlation(a: Float64Array, b: Float64Array): number | null {
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const [meanA, meanB] = [mean(a), mean(b)]
  let both = 0
  let squaresA = 0
  let squaresB = 0
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [(a[i] ?? 0) - meanA, (b[i] ?? 0) - meanB]
    both += x * y
    squaresA += x * x
    squaresB += y * y
  }
  if (squaresA === 0 || squaresB === 0) return null
  return Math.min(1, Math.max(-1, both / Math.sqrt(squaresA * squaresB)))
}

function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1)
  const low = sorted[Math.floor(at)] ?? 0
  const high = sorted[Math.ceil(at)] ?? 0
  return low + (high - low) * (at - Math.floor(at))
}
