import {
  defaultOf,
  METRICS,
  type Metric,
  type ResolvedOptions,
  type RunOptions,
} from '../../shared/config.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'

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
        ? t`The metric ${options.metric} is of labels, and this run predicts numbers; use ${listed(known)}`
        : t`The metric ${options.metric} is of numbers, and this run predicts labels; use ${listed(known)}, or predict numbers`,
      'usage',
    )
  return { task, metric: options.metric }
}

/** Options of labels that are not as they are when nothing is said, and what can't measure numbers. */
const checkRegression = (options: RunOptions): void => {
  const ofLabels = [
    ['class_weights', t`Class weights`],
    ['focal_gamma', t`Focal loss`],
    ['label_smoothing', t`Label smoothing`],
    ['compress', t`Smaller files`],
  ] as const
  const given = ofLabels.find(([name]) => options[name] !== defaultOf(name))
  if (given !== undefined)
    throw new UserError(
      t`${given[1]}: that is of labels, and this run predicts numbers; leave it out`,
      'usage',
    )
}

const listed = (names: readonly string[]): string =>
  t`${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`
