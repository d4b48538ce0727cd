import type { RunOptions } from '../../shared/config.ts'
import { rowCount } from '../../shared/counts.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import type { CurvePoint, LearningCurve } from '../../shared/learning-curve.ts'
import { evaluate } from '../evaluation/metrics.ts'
import { sum } from '../evaluation/sum.ts'
import type { Report } from '../training/journal.ts'
import { gainOf, verdictOf } from './gain.ts'
import { nestedOrder } from './nested-order.ts'
import { openLearner } from './open-learner.ts'

const SHARES = [0.1, 0.25, 0.5, 1] as const
/** Of a share so many selections of rows are tried, of all rows there is but one. */
const SELECTIONS = 3

/** Trains on growing shares of the training rows and measures each on the same validation rows. */
export const learningCurve = async (
  files: readonly string[],
  options: RunOptions,
  report: Report,
  stop: AbortSignal,
): Promise<LearningCurve> => {
  const { data, kind, learn } = await openLearner(files, options, report, stop)
  const train = data.parts.train.slice(0, data.parts.train.length - data.added)
  const { valid } = data.parts
  const of = (rows: readonly number[]): Int32Array => Int32Array.from(rows, (row) => data.targets[row] ?? 0)
  const shares = SHARES.filter((share) => share * train.length >= 2 * data.labels.length)
  if (!shares.includes(0.5))
    throw new UserError(
      t`${rowCount(train.length)} to train on are too few for ${data.labels.length} labels: half of them must have two rows of each`,
    )
  const fits = shares.reduce((total, share) => total + (share === 1 ? 1 : SELECTIONS) * share, 0)
  let done = 0
  const points: CurvePoint[] = []
  const rightBy = new Map<number, readonly number[]>()
  for (const share of shares) {
    const rights: number[][] = []
    const scores = []
    for (let selection = 0; selection < (share === 1 ? 1 : SELECTIONS); selection++) {
      const order = nestedOrder(of(train), options.seed + selection)
      const rows = order
        .slice(0, Math.round(share * train.length))
        .map((at) => train[at] ?? 0)
        .sort((a, b) => a - b)
      const probabilities = await learn(rows, (part) =>
        report({ event: 'progress', phase: kind, done: done + part * share, total: fits, detail: null }),
      )
      done += share
      scores.push(evaluate(probabilities, of(valid), data.labels))
      rights.push(rightRows(probabilities, of(valid)))
    }
    const mean = (values: readonly number[]): number => sum(values) / values.length
    const accuracies = scores.map(({ accuracy }) => accuracy)
    points.push({
      share,
      rows: Math.round(share * train.length),
      accuracy: mean(accuracies),
      accuracy_range: [Math.min(...accuracies), Math.max(...accuracies)],
      f1_macro: mean(scores.map(({ f1_macro }) => f1_macro)),
      log_loss: mean(scores.map(({ log_loss }) => log_loss)),
    })
    rightBy.set(
      share,
      valid.map((_, row) => mean(rights.map((right) => right[row] ?? 0))),
    )
  }
  const gain = gainOf(rightBy.get(0.5) ?? [], rightBy.get(1) ?? [])
  return { learner: kind, valid: valid.length, points, gain, verdict: verdictOf(gain) }
}

/** Of each row 1 where the most probable label is its own, else 0. */
const rightRows = (probabilities: Float64Array, targets: Int32Array): number[] => {
  const labels = probabilities.length / targets.length
  return [...targets].map((target, row) => {
    const ofRow = probabilities.subarray(row * labels, (row + 1) * labels)
    return ofRow.indexOf(Math.max(...ofRow)) === target ? 1 : 0
  })
}
