import { deadHead } from './dead-head.ts'
import { keptEpoch, ofCourse } from './examined.ts'
import { isProbeInformed } from './informed-probe.ts'
import { unlearntLoss } from './loss-scale.ts'

/*
 * Measured with the default rate, on texts that the model can read: 1.6 at most of either.
 */

/** An epoch on average this many times worse than knowing nothing. */
const TIMES = 2
/** The first epoch on average this many times worse than its first step. */
const RISEN = 2

/**
 * Steps threw away what the model knew: the mean loss of an epoch is far above that of knowing nothing; or that of the
 * first is far above the one it began with, which is the probe's, and of several epochs none was as good as the untouched
 * model: a single one has had no time to recover. A head that died has such a course too, and is the nearer cause.
 */
export const rateTooHigh = ofCourse((course, examined) => {
  const { asked, options, epochs, steps } = course
  const { train } = examined
  const unlearnt = unlearntLoss(train, { options })
  if (unlearnt === 0) return null
  const worst = Math.max(...epochs.map(({ train_loss }) => train_loss))
  const [first, begun] = [epochs[0]?.train_loss ?? 0, steps[0]?.loss ?? Number.POSITIVE_INFINITY]
  const figures =
    worst >= TIMES * unlearnt
      ? { lr: options.lr, train_loss: worst, unlearnt_loss: unlearnt }
      : epochs.length > 1 &&
          keptEpoch(course) === null &&
          first >= RISEN * begun &&
          deadHead(examined) === null
        ? { lr: options.lr, train_loss: first, first_loss: begun }
        : null
  // Where it knew nothing there is nothing to throw away, and a lower rate learns no more.
  if (figures === null || !isProbeInformed(examined)) return null
  return {
    rule: 'rate-too-high',
    figures,
    change: { lr: asked.lr === 'auto' ? Number((options.lr / 4).toPrecision(2)) : 'auto' },
  }
})
