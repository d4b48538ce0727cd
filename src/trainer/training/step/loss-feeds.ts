import type { ResolvedOptions } from '../../../shared/config.ts'
import { lossFeeds } from '../../tasks/classification.ts'
import { squaredErrorFeeds } from '../../tasks/regression.ts'
import type { Data } from '../prepare.ts'
import { standardised } from '../standardised.ts'
import type { Differentiable } from './batch-gradient.ts'
import { classWeights } from './class-weights.ts'

/** What the loss of the task reads of the rows of a batch. */
export const lossFeedsOf = (data: Data, options: ResolvedOptions): Differentiable['lossFeeds'] => {
  const { numbers } = data
  if (numbers) {
    return (part, batch, size) => squaredErrorFeeds([...standardised(numbers, part)], batch.length, size)
  }
  const targetOf = (row: number): number => data.targets[row] ?? 0
  const wanted = {
    labels: data.labels.length,
    weights: classWeights(options, data.parts.train.map(targetOf), data.labels.length),
    smoothing: options.label_smoothing,
  }
  return (part, batch, size) => lossFeeds(wanted, part.map(targetOf), batch.map(targetOf), size)
}
