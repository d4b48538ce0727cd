import { median } from '../median.ts'
import { type Course, ofCourse } from './examined.ts'
import { leastLoss, unlearntShare } from './loss-scale.ts'

/** Of the training rows so much is not learnt. */
const UNLEARNT = 0.15
/** Fewer steps are soon too few: by default at least 250 are planned. */
const FEW_STEPS = 100
/** In its last epoch the validation loss still fell by this share. */
const STILL_FALLING = 0.02
/** In all epochs together the training loss fell by less than this share of what it could fall. */
const UNMOVED = 0.03
/** While gradients of this norm asked for more. */
const PULL = 0.1

/** Training ended while it still got better, or at a rate at which nothing moves. */
export const underFitting = ofCourse((course, { train }) => {
  const { asked, options, epochs, steps } = course
  const [first, last] = [epochs[0], epochs.at(-1)]
  if (first === undefined || last === undefined || !('log_loss' in last.valid)) return null
  const unlearnt = unlearntShare(last.train_loss, train, course)
  const figures = { epochs: epochs.length, steps: steps.length, train_loss: last.train_loss, unlearnt }
  if (asked.lr !== 'auto' && isUnmoved(course, train.length))
    return { rule: 'under-fitting', figures: { ...figures, lr: options.lr }, change: { lr: 'auto' } }
  if (epochs.length < options.epochs || unlearnt < UNLEARNT) return null
  if (steps.length < FEW_STEPS && asked.epochs !== 'auto')
    return { rule: 'under-fitting', figures, change: { epochs: 'auto' } }
  const before = epochs.at(-2)
  const isFalling =
    last.best &&
    before !== undefined &&
    'log_loss' in before.valid &&
    last.valid.log_loss < (1 - STILL_FALLING) * before.valid.log_loss
  return isFalling ? { rule: 'under-fitting', figures, change: { epochs: 2 * options.epochs } } : null
})

const isUnmoved = ({ options, epochs, steps }: Course, labels: number): boolean => {
  const [first, last] = [epochs[0], epochs.at(-1)]
  if (first === undefined || last === undefined || epochs.length < 2) return false
  const least = leastLoss(labels, { options })
  return (
    Math.abs(first.train_loss - last.train_loss) < UNMOVED * (first.train_loss - least) &&
    median(steps.map(({ gradient_norm }) => gradient_norm)) > PULL
  )
}
