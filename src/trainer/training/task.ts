import { METRICS, type Metric, type ResolvedOptions, type RunOptions } from '../../shared/config.ts'
import { UserError } from '../../shared/error.ts'

type Metrics = Pick<ResolvedOptions, 'task' | 'metric'>

/** What is predicted, and what the best weights are chosen by. Refuses options that belong to the other task. */
export const resolveTask = (options: RunOptions): Metrics => {
  const task = options.task === 'regress' ? 'regress' : 'classify'
  if (task === 'regress') checkRegression(options)
  if (options.metric === 'auto') return { task, metric: METRICS[task][0] }
  const known: readonly Metric[] = METRICS[task]
  if (!known.includes(options.metric))
    throw new UserError(
      task === 'regress'
        ? `--metric ${options.metric} is of labels, and --task regress predicts numbers; use ${listed(known)}`
        : `--metric ${options.metric} is of numbers; use ${listed(known)}, or --task regress to predict numbers`,
      'usage',
    )
  return { task, metric: options.metric }
}

const checkRegression = (options: RunOptions): void => {
  const refuse = (flag: string): never => {
    throw new UserError(
      `${flag} is of labels, and --task regress predicts numbers; leave one of the two out`,
      'usage',
    )
  }
  if (options.class_weights !== 'none') refuse('--class-weights')
  if (options.focal_gamma !== 0) refuse('--focal-gamma')
  if (options.label_smoothing !== 0) refuse('--label-smoothing')
}

const listed = (names: readonly string[]): string => `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
