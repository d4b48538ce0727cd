import type { RegressionBefore, RegressionScores } from '../../shared/evaluation.ts'

/**
 * Which model of numbers is nearest, and by how much, in a sentence. Unlike a share of right answers, a mean
 * squared error does not tell by itself what chance could do, so nothing is said of it.
 */
export function numberComparisonSentence(
  before: RegressionBefore,
  tuned: RegressionScores,
  rows: number,
): string {
  const models = [
    { name: 'mean of the training rows', scores: before.mean },
    { name: 'n-gram model', scores: before.ngram },
    { name: 'linear probe', scores: before.probe },
    { name: 'fine-tuned model', scores: tuned },
  ].sort((a, b) => a.scores.rmse - b.scores.rmse)
  const [best, next] = models
  if (!best || !next) throw new Error('nothing to compare with')
  const off = (scores: RegressionScores): string => Number(scores.rmse.toPrecision(4)).toString()
  const rowsSaid = `${rows.toLocaleString('en-US')} test row${rows === 1 ? '' : 's'}`
  if (best.scores.rmse === next.scores.rmse)
    return `The ${best.name} and the ${next.name} are equally near: off by ${off(best.scores)} (RMSE) on ${rowsSaid}.`
  const share = 1 - best.scores.rmse / next.scores.rmse
  return `The ${best.name} is nearest: off by ${off(best.scores)} (RMSE) on ${rowsSaid}, ${(100 * share).toFixed(1)} % less than the ${next.name}.`
}
