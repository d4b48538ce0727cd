import type { ResolvedOptions, RunOptions } from '../../../shared/config.ts'
import type { Evaluation } from '../../../shared/evaluation.ts'
import type { RunEvent } from '../../../shared/events.ts'
import type { Finding } from '../../../shared/trust.ts'

export type Step = Extract<RunEvent, { event: 'step' }>
export type Epoch = Extract<RunEvent, { event: 'epoch' }>

/** How the weights were trained. */
export interface Course {
  readonly asked: RunOptions
  readonly options: ResolvedOptions
  readonly steps: readonly Step[]
  readonly epochs: readonly Epoch[]
}

/** What the rules judge a finished run by. */
export interface Examined {
  /** null where no steps are taken: the n-gram model, and a head alone. */
  readonly course: Course | null
  /** Training rows of each label. */
  readonly train: readonly number[]
  readonly valid: Evaluation
  readonly test: Evaluation
  /**
   * Of the validation and the test rows what the probe, or the n-gram model, says: whether that is the row's label, and
   * its probability. Neither can know its training rows by heart, so where they are sure they have a reason.
   */
  readonly held: readonly { readonly isRight: boolean; readonly probability: number }[]
}

/** A rule of docs/evaluation/doctor.md: null where it has nothing to say. */
export type Rule = (examined: Examined) => Finding | null

/** A rule about how the weights were trained. */
export const ofCourse =
  (rule: (course: Course, examined: Examined) => Finding | null): Rule =>
  (examined) =>
    examined.course === null || examined.course.epochs.length === 0 ? null : rule(examined.course, examined)

/** The epoch whose weights are kept; null: none was as good as the untouched model. */
export const keptEpoch = ({ epochs }: Course): Epoch | null => epochs.findLast(({ best }) => best) ?? null
