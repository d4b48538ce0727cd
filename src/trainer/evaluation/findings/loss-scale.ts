import { sum } from '../sum.ts'
import type { Course } from './examined.ts'

/**
 * The training loss that knowing nothing gives but how frequent each label is: the entropy of the labels, in nats; with
 * balanced weights each label counts the same.
 */
export const unlearntLoss = (train: readonly number[], { options }: Pick<Course, 'options'>): number => {
  if (options.class_weights === 'balanced') return Math.log(train.length)
  const rows = sum(train)
  return -sum(train.map((count) => (count === 0 ? 0 : (count / rows) * Math.log(count / rows))))
}

/** The least that the training loss can be: with label smoothing the entropy of what is to be learnt. */
export const leastLoss = (labels: number, { options }: Pick<Course, 'options'>): number => {
  const rest = options.label_smoothing / labels
  const own = 1 - options.label_smoothing + rest
  return rest === 0 ? 0 : -own * Math.log(own) - (labels - 1) * rest * Math.log(rest)
}

/** How much of the training rows is not learnt: 0 at the least loss, 1 where nothing is known but the frequencies. */
export const unlearntShare = (
  loss: number,
  train: readonly number[],
  course: Pick<Course, 'options'>,
): number => {
  const least = leastLoss(train.length, course)
  return (loss - least) / Math.max(1e-6, unlearntLoss(train, course) - least)
}
