import { comparisonSentence } from '../../shared/comparison.ts'
import type { TaskBefore, TaskScores } from '../../shared/evaluation.ts'
import { numberComparisonSentence } from '../../shared/number-comparison.ts'
import { scoresTable } from './format.ts'
import { afterName, beforeName } from './names.ts'

/** The trained model below those it is compared with, and which is best, in a sentence. */
export const compared = (before: TaskBefore, test: TaskScores, rows: number): string =>
  `${scoresTable([
    'mean' in before ? [beforeName('mean').row, before.mean] : [beforeName('majority').row, before.majority],
    ...(before.ngram ? [[beforeName('ngram').row, before.ngram] as const] : []),
    ...(before.probe ? [[beforeName('probe').row, before.probe] as const] : []),
    [afterName(Boolean(before.ngram)).row, test],
  ])}${sentence(before, test, rows)}`

const sentence = (before: TaskBefore, test: TaskScores, rows: number): string => {
  if ('mean' in before && 'mse' in test) return numberComparisonSentence(before, test, rows)
  if ('majority' in before && 'accuracy' in test) return comparisonSentence(before, test, rows)
  throw new Error('scores of two tasks')
}
