import { defaultOf, loraRank, type ResolvedOptions } from '../../shared/config.ts'
import { t } from '../../shared/l10n.ts'

/** Options that say how steps are taken: strategy `head` takes none. */
const OF_STEPS = [
  'unfreeze',
  'accumulate',
  'optimiser',
  'momentum',
  'schedule',
  'layer_decay',
  'weight_decay',
  'clip',
  'average',
  'class_weights',
  'focal_gamma',
  'label_smoothing',
  'dropout',
  'head_dropout',
] as const

const OF_LABELS = ['class_weights', 'focal_gamma', 'label_smoothing'] as const

/**
 * What a person should know of options that will not do what they may be meant to, a sentence each.
 *
 * @param layers of the model
 */
export const optionWarnings = (
  options: ResolvedOptions,
  layers: number,
  trainRows: number,
): readonly string[] => {
  const { strategy, embeddings, optimiser, accumulate, batch, unfreeze, epochs, warmup_steps, task } = options
  const changed = <T extends (typeof OF_STEPS)[number]>(names: readonly T[]): readonly T[] =>
    names.filter((name) => options[name] !== defaultOf(name))
  const warnings: string[] = []
  if (strategy === 'head') {
    const idle = changed(OF_STEPS)
    if (idle.length > 0)
      warnings.push(t`With strategy head the linear probe is the result; without effect: ${idle.join(', ')}.`)
    return warnings
  }
  const steps = Math.ceil(trainRows / batch) * epochs
  // The head comes first, the embeddings last.
  const below = strategy.startsWith('last:') ? Number(strategy.slice('last:'.length)) : layers + 1
  if (warmup_steps >= steps && steps > 1)
    warnings.push(
      t`The warm-up takes all ${steps} steps, so the rate reaches its peak at the last one. Use fewer, or a share of the steps, as 0.1.`,
    )
  if (unfreeze > 0 && unfreeze * below >= epochs)
    warnings.push(
      t`With gradual unfreezing by ${unfreeze} the lowest layer joins after ${unfreeze * below} epochs, and there are ${epochs} at most. Use less, or more epochs.`,
    )
  if (loraRank(strategy) !== null && embeddings === 'touched')
    warnings.push(t`With strategy lora the embeddings stay as they are; without effect: embeddings.`)
  if (accumulate !== 'auto' && accumulate > batch)
    warnings.push(t`A batch of ${batch} rows has no ${accumulate} parts; each row is a part of its own.`)
  if (optimiser !== 'sgd' && changed(['momentum']).length > 0)
    warnings.push(t`Momentum is for sgd; ${optimiser} has its own, so it is without effect.`)
  const ofLabels = changed(OF_LABELS)
  if (task === 'regress' && ofLabels.length > 0)
    warnings.push(t`Numbers have no labels; without effect: ${ofLabels.join(', ')}.`)
  return warnings
}
