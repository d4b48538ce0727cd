import type { TaskScores } from '../../src/shared/evaluation.ts'
import { t } from '../../src/shared/l10n.ts'
import type { RunRecord } from '../../src/shared/run.ts'
import { type Aligned, align, type Points } from './align.ts'
import { decimate } from './decimate.ts'
import type { History } from './history.ts'
import type { LineStyle } from './plot.ts'
import { smoothed, smoothingWindow } from './smooth.ts'

const plain = { width: 2, dash: [], opacity: 1, points: false }

/** The lines of the loss: each step faintly, their running mean, and the loss on the validation rows. */
export const lossLines = (): readonly LineStyle[] => [
  { ...plain, name: null, colour: 0, width: 1, opacity: 0.35 },
  { ...plain, name: t`training rows`, colour: 0 },
  { ...plain, name: t`validation rows`, colour: 1, dash: [6, 4], points: true },
]

/** Points of the loss, as many as a width in pixels can show. */
export const lossPoints = (history: History, record: RunRecord | null, width: number): Aligned => {
  const { step, loss } = history.steps.columns()
  const means = smoothed(loss, smoothingWindow(record?.progress.steps ?? step.length))
  const places = decimate(step, loss, Math.max(64, Math.round(width / 2)))
  const xs = places.map((place) => step[place] ?? 0)
  const deviation = record?.data.target?.deviation ?? 1
  return align([
    { xs, ys: places.map((place) => loss[place] ?? 0) },
    { xs, ys: places.map((place) => means[place] ?? 0) },
    byEpoch(history, (valid) => validLoss(valid, deviation)),
  ])
}

/** What a step's loss is to be compared with: numbers are learnt in units of their deviation. */
export const validLoss = (valid: TaskScores, deviation: number): number =>
  'log_loss' in valid ? valid.log_loss : valid.mse / deviation ** 2

/** The lines of the scores on the validation rows. */
export const scoreLines = (numbers: boolean): readonly LineStyle[] => [
  { ...plain, name: numbers ? 'R²' : t`accuracy`, colour: 0, points: true },
  { ...plain, name: numbers ? 'Spearman' : 'F1', colour: 1, dash: [6, 4], points: true },
]

/** A point for each epoch, as wide as the loss, so that one stands above the other. */
export const scorePoints = (history: History): Aligned => {
  const { step, length } = history.steps.columns()
  const both = history.epochs.length === 0 ? [] : [step[0] ?? 0, step[length - 1] ?? 0]
  return align(
    [
      byEpoch(history, (valid) => ('accuracy' in valid ? valid.accuracy : valid.r2)),
      byEpoch(history, (valid) => ('accuracy' in valid ? valid.f1_macro : valid.spearman)),
    ],
    both,
  )
}

const byEpoch = ({ epochs }: History, value: (valid: TaskScores) => number | null): Points => {
  const points = epochs.flatMap(({ step, valid }) => {
    const y = value(valid)
    return y === null ? [] : [{ step, y }]
  })
  return { xs: points.map(({ step }) => step), ys: points.map(({ y }) => y) }
}
