import { ofCourse } from './examined.ts'
import { unlearntLoss } from './loss-scale.ts'

/** An epoch on average this many times worse than knowing nothing: measured at 1.6 at most with the default rate. */
const TIMES = 2

/** Steps threw away what the model knew: the mean loss of an epoch is far above that of knowing nothing. */
export const rateTooHigh = ofCourse(({ asked, options, epochs }, { train }) => {
  const unlearnt = unlearntLoss(train, { options })
  const worst = Math.max(...epochs.map(({ train_loss }) => train_loss))
  if (unlearnt === 0 || worst < TIMES * unlearnt) return null
  return {
    rule: 'rate-too-high',
    figures: { lr: options.lr, train_loss: worst, unlearnt_loss: unlearnt },
    change: { lr: asked.lr === 'auto' ? Number((options.lr / 4).toPrecision(2)) : 'auto' },
  }
})
