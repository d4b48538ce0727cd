import { calibrationSentence, unsureSentence } from '../../shared/calibration-words.ts'
import { comparisonSentence } from '../../shared/comparison.ts'
import type { RegressionRunEvaluation, RunEvaluation } from '../../shared/evaluation.ts'
import { numberComparisonSentence } from '../../shared/number-comparison.ts'
import { scoresTable } from './format.ts'
import { afterName, beforeName } from './names.ts'

/** The trained model below those it is compared with; which is best, and how far it can be believed, in sentences. */
export const compared = (evaluation: RunEvaluation | RegressionRunEvaluation): string => {
  const { before, test, intervals } = evaluation
  const table = scoresTable(
    [
      'mean' in before
        ? [beforeName('mean').row, before.mean]
        : [beforeName('majority').row, before.majority],
      ...(before.ngram ? [[beforeName('ngram').row, before.ngram] as const] : []),
      ...(before.probe ? [[beforeName('probe').row, before.probe] as const] : []),
      [afterName(Boolean(before.ngram)).row, test],
    ],
    intervals,
  )
  return `${table}${sentences(evaluation).join('\n')}`
}

const sentences = (evaluation: RunEvaluation | RegressionRunEvaluation): readonly string[] => {
  if (evaluation.schema === 2)
    return [numberComparisonSentence(evaluation.before, evaluation.test, evaluation.test.rows)]
  const { before, test, paired, calibration } = evaluation
  return [
    comparisonSentence(before, test, test.rows, paired),
    ...(calibration ? [calibrationSentence(calibration), unsureSentence(calibration.unsure)] : []),
  ]
}
