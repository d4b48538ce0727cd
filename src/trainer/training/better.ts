import type { Metric } from '../../shared/config.ts'
import type { Scores, TaskScores } from '../../shared/evaluation.ts'

/** By the metric; where that is equal, by log loss, or for numbers by mean squared error. */
export const isBetter = (a: TaskScores, b: TaskScores, metric: Metric): boolean => {
  const [first, second] = [goodness(a, metric), goodness(b, metric)]
  return first === second ? loss(a) < loss(b) : first > second
}

/**
 * Whether training did no harm that the validation rows could show: within one standard error of the untouched
 * model. Training mostly helps, so chance alone should not throw it away. Losses tell finely enough by themselves.
 */
export const isAsGood = (
  trained: TaskScores,
  untouched: TaskScores,
  metric: Metric,
  rows: number,
): boolean => {
  if (metric !== 'accuracy' && metric !== 'f1_macro') return false
  const share = goodness(untouched, metric)
  return goodness(trained, metric) >= share - Math.sqrt((share * (1 - share)) / rows)
}

/** More is better; a correlation that is not defined is worst. */
const goodness = (scores: TaskScores, metric: Metric): number => {
  const refuse = (): never => {
    throw new Error(`no ${metric} in the scores of this task`)
  }
  if (isOfLabels(scores)) {
    if (metric === 'accuracy' || metric === 'f1_macro') return scores[metric]
    return metric === 'log_loss' ? -scores.log_loss : refuse()
  }
  if (metric === 'mse' || metric === 'mae') return -scores[metric]
  if (metric === 'r2' || metric === 'spearman') return scores[metric] ?? Number.NEGATIVE_INFINITY
  return refuse()
}

const loss = (scores: TaskScores): number => (isOfLabels(scores) ? scores.log_loss : scores.mse)

const isOfLabels = (scores: TaskScores): scores is Scores => 'accuracy' in scores
