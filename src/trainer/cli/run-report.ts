import { rowCount } from '../../shared/counts.ts'
import { t } from '../../shared/l10n.ts'
import { unsureSentence } from '../report/calibration.ts'
import type { LabelFacts, RunFacts } from '../report/facts.ts'
import { changeText, ruleName } from '../report/findings.ts'
import { leakSentences } from '../report/leaks.ts'
import { sliceName } from '../report/slices.ts'
import { percent } from '../report/words.ts'
import { compared } from './compared.ts'
import { decimal, duration, evaluationText, figure, numbersEvaluationText, shorten, table } from './format.ts'
import { scoreName } from './names.ts'
import { fromHere } from './standard.ts'

const SLICES = 8
const MISTAKES = 8

/** What came out of a finished run, as the terminal shows it; the page has more of the same. */
export function runReport(facts: RunFacts): string {
  const { record, evaluation, path } = facts
  const { train, valid, test } = record.data.split
  const parts = [
    `${record.name}\n${t`${record.base.id}; ${rowCount(train)} to train on, ${valid} to validate, ${test} to test; seed ${String(record.options.seed)}`}\n`,
    `${compared(evaluation.before, evaluation.test, evaluation.test.rows)}\n${intervals(facts)}`,
    ...next(facts),
    ...(facts.task === 'classify'
      ? [evaluationText(facts.evaluation.test), ...labelParts(facts)]
      : [numbersEvaluationText(facts.evaluation.test)]),
    `${t`Run    ${fromHere(path)}`}\n${t`Took   ${duration(record.seconds)}, of which training ${duration(record.train_seconds)}; peak memory ${Math.round(record.peak_rss_mb)} MB`}\n`,
  ]
  return parts.join('\n')
}

const intervals = ({ evaluation, task }: RunFacts): string => {
  const written = task === 'classify' ? decimal : figure
  const found = Object.entries(evaluation.intervals ?? {})
  if (found.length === 0) return ''
  return table([
    [t`95 % interval`, t`from`, t`to`],
    ...found.map(([key, [low, high]]) => [scoreName(key), written(low), written(high)]),
  ])
}

const next = ({ evaluation }: RunFacts): readonly string[] => {
  const found = evaluation.findings ?? []
  if (found.length === 0) return []
  return [
    `${t`What to do next`}\n${found
      .map(({ rule, change }) => {
        const changes = changeText(change)
        return `- ${ruleName(rule)}${changes === '' ? '' : ` ${t`In the next run, set:`} ${changes}`}\n`
      })
      .join('')}`,
  ]
}

const labelParts = ({ evaluation, rows }: LabelFacts): readonly string[] => {
  const { calibration, leaks, slices = [], test } = evaluation
  const mistakes = rows
    .filter(({ label, predicted }) => label !== predicted)
    .map((row) => ({ ...row, probability: row.probabilities[row.predicted] ?? 0 }))
    .sort((a, b) => b.probability - a.probability || a.row - b.row)
    .slice(0, MISTAKES)
  return [
    ...(calibration ? [`${unsureSentence(calibration.unsure)}\n`] : []),
    ...(leaks ? [`${leakSentences(leaks, test.accuracy).join(' ')}\n`] : []),
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
