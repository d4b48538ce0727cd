import type { RegressionBefore, RegressionScores } from './evaluation.ts'
import { t } from './l10n.ts'

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
    { name: t`mean of the training rows`, scores: before.mean },
    { name: t`n-gram model`, scores: before.ngram },
    { name: t`linear probe`, scores: before.probe },
    { name: t`fine-tuned model`, scores: tuned },
  ].sort((a, b) => a.scores.rmse - b.scores.rmse)
  const [best, next] = models
  if (!best || !next) throw new Error('nothing to compare with')
  const off = Number(best.scores.rmse.toPrecision(4)).toString()
  const on = rows === 1 ? t`1 test row` : t`${rows} test rows`
  const less = (100 * (1 - best.scores.rmse / next.scores.rmse)).toFixed(1)
  if (best.scores.rmse === next.scores.rmse || less === '0.0')
    return t`The ${best.name} and the ${next.name} are equally near: off by ${off} (RMSE) on ${on}.`
  return t`The ${best.name} is nearest: off by ${off} (RMSE) on ${on}, ${less} % less than the ${next.name}.`
}
