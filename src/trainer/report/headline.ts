import { comparisonSentence } from '../../shared/comparison.ts'
import type { Scores } from '../../shared/evaluation.ts'
import { t } from '../../shared/l10n.ts'
import type { Interval } from '../../shared/trust.ts'
import type { LabelFacts } from './facts.ts'
import { type Html, html } from './html.ts'
import { number, table, text } from './table.ts'
import { between, percent, score } from './words.ts'

type Column = readonly [name: string, key: keyof Scores, better: 1 | -1]

/** The headline result, with its interval, beside the simpler models. */
export const headline = ({ evaluation, rows }: LabelFacts): Html => {
  const { before, test, intervals, paired, cut } = evaluation
  const models: readonly (readonly [name: string, scores: Scores])[] = [
    [t`Majority class`, before.majority],
    ...(before.ngram ? [[t`N-gram model`, before.ngram] as const] : []),
    ...(before.probe ? [[t`Linear probe`, before.probe] as const] : []),
    [before.ngram ? t`Fine-tuned` : t`N-gram model`, test],
  ]
  const columns: readonly Column[] = [
    [t`Accuracy`, 'accuracy', 1],
    [t`F1 macro`, 'f1_macro', 1],
    [t`F1 weighted`, 'f1_weighted', 1],
    ['AUC', 'auc', 1],
    [t`Log loss`, 'log_loss', -1],
  ]
  const best = columns.map(([, key, better]) => {
    const values = models.flatMap(([, scores]) => scores[key] ?? [])
    return values.length === 0 ? null : score(better * Math.max(...values.map((value) => better * value)))
  })
  const accuracy = intervals?.accuracy
  return html`<section><h2>${t`Result`}</h2>
<p class="headline"><b>${percent(test.accuracy)}</b> ${t`of ${rows.length} test rows are labelled rightly.`}${accuracy ? html` ${inWords(accuracy)}` : null}</p>
<p>${comparisonSentence(before, test, test.rows, paired)}</p>
${table(
  t`Scores on the test rows, before and after; the best of a column is bold`,
  [text(t`Model`), ...columns.map(([name]) => number(name))],
  [
    ...models.map(([name, scores]) => [
      text(name),
      ...columns.map(([, key], i) => {
        const value = score(scores[key])
        return number(value, value === best[i])
      }),
    ]),
    ...intervalLine(
      columns.map(([, key]) => key),
      intervals ?? {},
    ),
  ],
)}
${cut && cut.cut > 0 ? html`<p>${t`${cut.cut} of ${cut.texts} texts were longer than the model reads; ${percent(cut.share)} of all tokens were not read.`}</p>` : null}
</section>`
}

const inWords = ([low, high]: Interval): string =>
  t`On other rows of the same kind it may well be ${between(percent(low), percent(high))} (95 % interval).`

/** The ends of the intervals as the last line of the table, where there are any. */
export const intervalLine = (
  keys: readonly string[],
  intervals: Readonly<Record<string, Interval>>,
  written: (value: number) => string = score,
) => {
  const cells = keys.map((key) => {
    const interval = intervals[key]
    return number(interval ? `${written(interval[0])} – ${written(interval[1])}` : '')
  })
  return keys.some((key) => intervals[key]) ? [[text(t`95 % interval`), ...cells]] : []
}
