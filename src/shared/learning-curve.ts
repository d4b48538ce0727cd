import * as v from 'valibot'
import { t } from './l10n.ts'
import { Interval } from './trust.ts'

export const CurvePoint = v.object({
  share: v.number(),
  /** Training rows. */
  rows: v.number(),
  /** On the validation rows: means over the selections, and the least and most accurate of them. */
  accuracy: v.number(),
  accuracy_range: v.tuple([v.number(), v.number()]),
  f1_macro: v.number(),
  log_loss: v.number(),
})
export type CurvePoint = v.InferOutput<typeof CurvePoint>

/** By how much more often one model is right than another on the same rows, with the ends of its 95 % interval. */
export const Gain = v.object({ difference: v.number(), interval: Interval })
export type Gain = v.InferOutput<typeof Gain>

/** Whether more labels would help: `unsure` where the rows are too few to tell. */
export const Verdict = v.picklist(['more', 'enough', 'unsure'])
export type Verdict = v.InferOutput<typeof Verdict>

export const LearningCurve = v.object({
  /** What was trained on each share. */
  learner: v.picklist(['ngram', 'probe']),
  /** Validation rows. */
  valid: v.number(),
  /** By rising share; the last is all rows. */
  points: v.array(CurvePoint),
  /** From half of the rows to all. */
  gain: Gain,
  verdict: Verdict,
})
export type LearningCurve = v.InferOutput<typeof LearningCurve>

export const learnerName = ({ learner }: LearningCurve): string =>
  learner === 'ngram' ? t`N-gram model` : t`Linear probe on the untouched base model`

/** As `+1.2` of a hundred. */
const signedPoints = (value: number): string => {
  const points = Number((100 * value).toFixed(1))
  return `${points > 0 ? '+' : ''}${(points === 0 ? 0 : points).toFixed(1)}`
}

/** What the last doubling gave. */
export const gainSentence = ({ points, gain, valid }: LearningCurve): string => {
  const half = points.find(({ share }) => share === 0.5)?.rows ?? 0
  const all = points.at(-1)?.rows ?? 0
  const [low, high] = gain.interval
  return t`From ${half} to ${all} rows the accuracy changed by ${signedPoints(gain.difference)} points (95 %: ${signedPoints(low)} to ${signedPoints(high)}, ${valid} validation rows).`
}

export const verdictSentence = ({ verdict }: LearningCurve): string =>
  ({
    more: t`More labels would help.`,
    enough: t`More labels of the same kind would hardly help: look at labels, texts or the base model instead.`,
    unsure: t`Whether more labels would help can't be told from so few validation rows.`,
  })[verdict]
