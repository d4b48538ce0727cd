import * as v from 'valibot'
import { ProgressEvent } from './events.ts'
import { LearningCurve } from './learning-curve.ts'
import { SomeOptions } from './page.ts'

/*
 * What the page of a learning curve and the extension tell each other. The extension says what is, whole: a page that
 * was hidden and is built anew needs nothing but the newest message.
 */

/** What a curve is drawn of. */
export const CurveRequest = v.object({
  /** Absolute paths of training rows. */
  files: v.pipe(v.array(v.string()), v.minLength(1)),
  /** As of a training; what is missing has its default. */
  options: SomeOptions,
})
export type CurveRequest = v.InferOutput<typeof CurveRequest>

export const ToCurve = v.variant('type', [
  v.object({ type: v.literal('begin'), name: v.string() }),
  /** null: its first phase has not begun. */
  v.object({ type: v.literal('computing'), progress: v.nullable(ProgressEvent) }),
  /** There is no curve; why, in a line. */
  v.object({ type: v.literal('problem'), message: v.string() }),
  v.object({ type: v.literal('curve'), curve: LearningCurve }),
])
export type ToCurve = v.InferOutput<typeof ToCurve>

export const FromCurve = v.variant('type', [
  v.object({ type: v.literal('ready') }),
  v.object({ type: v.literal('cancel') }),
  /** The curve is computed anew. */
  v.object({ type: v.literal('again') }),
])
export type FromCurve = v.InferOutput<typeof FromCurve>
