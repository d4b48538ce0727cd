import { rowCount } from '../../shared/counts.ts'
import { t } from '../../shared/l10n.ts'
import { isWeak, sliceName } from '../../shared/slices/slice-words.ts'
import { remarks } from '../evaluation/remarks.ts'
import type { LabelFacts, RunFacts } from '../report/facts.ts'
import { percent } from '../report/words.ts'
import { compared } from './compared.ts'
import { duration, evaluationText, numbersEvaluationText, shorten, table } from './format.ts'
import { fromHere } from './standard.ts'

const SLICES = 8
const MISTAKES = 8

/** What came out of a finished run, as the terminal shows it; the page has more of the same. */
export function runReport(facts: RunFacts): string {
  const { record, path } = facts
  const { train, valid, test } = record.data.split
  const parts = [
    `${record.name}\n${t`${record.base.id}; ${rowCount(train)} to train on, ${valid} to validate, ${test} to test; seed ${String(record.options.seed)}`}\n`,
    ...(facts.task === 'classify'
      ? [
          `${[compared(facts.evaluation), ...remarks(facts.evaluation)].join('\n')}\n`,
          evaluationText(facts.evaluation.test),
          ...labelParts(facts),
        ]
      : [`${compared(facts.evaluation)}\n`, numbersEvaluationText(facts.evaluation.test)]),
    `${t`Run    ${fromHere(path)}`}\n${t`Took   ${duration(record.seconds)}, of which training ${duration(record.train_seconds)}; peak memory ${Math.round(record.peak_rss_mb)} MB`}\n`,
  ]
  return parts.join('\n')
}

const labelParts = ({ evaluation, rows }: LabelFacts): readonly string[] => {
  const slices = (evaluation.slices ?? []).filter(isWeak)
  const mistakes = rows
    .filter(({ label, predicted }) => label !== predicted)
    .map((row) => ({ ...row, probability: row.probabilities[row.predicted] ?? 0 }))
    .sort((a, b) => b.probability - a.probability || a.row - b.row)
    .slice(0, MISTAKES)
  return [
    ...(slices.length > 0
      ? [
          table([
            [t`Where it fails`, t`rows`, t`accuracy`, t`against the others`],
            ...slices
              .slice(0, SLICES)
              .map((slice) => [
                shorten(sliceName(slice), 40),
                String(slice.rows),
                percent(slice.accuracy),
                percent(slice.difference),
              ]),
          ]),
        ]
      : []),
    ...(mistakes.length > 0
      ? [
          table(
            [
              [t`Most certain mistakes`, t`true label`, t`predicted`, t`probability`],
              ...mistakes.map(({ text, label, predicted, probability }) => [
                shorten(text, 50),
                shorten(label, 20),
                shorten(predicted, 20),
                percent(probability),
              ]),
            ],
            [1, 2],
          ),
        ]
      : []),
  ]
}
