import { defaultOf, type ResolvedOptions } from '../../../shared/config.ts'
import type { Finding } from '../../../shared/trust.ts'
import { keptEpoch, ofCourse } from './examined.ts'
import { unlearntLoss, unlearntShare } from './loss-scale.ts'

const LEAST_ROWS = 20
/** By so much, in proportion and in nats, the validation loss has risen again at the kept epoch. */
const RISEN = 1.25
const RISEN_NATS = 0.15
/** So little of the training rows is not learnt when they are known by heart. */
const BY_HEART = 0.1

/**
 * The kept weights know the training rows by heart and are worse on the validation rows than knowing nothing, or than
 * they were some epochs before.
 */
export const overFitting = ofCourse((course, { train, valid }) => {
  const kept = keptEpoch(course)
  if (kept === null || !('log_loss' in kept.valid) || valid.rows < LEAST_ROWS) return null
  const losses = course.epochs.flatMap(({ epoch, valid: scores }) =>
    'log_loss' in scores && epoch <= kept.epoch ? [{ epoch, loss: scores.log_loss }] : [],
  )
  const lowest = losses.reduce((best, one) => (one.loss < best.loss ? one : best))
  const { log_loss: loss } = kept.valid
  const isPast = loss >= RISEN * lowest.loss && loss - lowest.loss >= RISEN_NATS
  const unlearnt = unlearntShare(kept.train_loss, train, course)
  const isByHeart = unlearnt <= BY_HEART && loss > unlearntLoss(train, course)
  if (!isPast && !isByHeart) return null
  return {
    rule: 'over-fitting',
    figures: {
      epoch: kept.epoch,
      train_loss: kept.train_loss,
      valid_loss: loss,
      best_epoch: lowest.epoch,
      best_valid_loss: lowest.loss,
    },
    change: restrained(course.options),
  }
})

/** Weights chosen by the loss, and every guard that was switched off back at what is usual. */
const restrained = (options: ResolvedOptions): Finding['change'] => {
  const change: Finding['change'] = options.metric === 'log_loss' ? {} : { metric: 'log_loss' }
  for (const name of ['label_smoothing', 'average'] as const) {
    const usual = defaultOf(name)
    if (typeof usual === 'number' && options[name] < usual) change[name] = usual
  }
  const patience = defaultOf('patience')
  if (typeof patience === 'number' && options.patience > patience) change.patience = patience
  return Object.keys(change).length === 0 && options.head_dropout < 0.1 ? { head_dropout: 0.1 } : change
}
