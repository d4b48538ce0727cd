import type { RegressionScores } from '../../shared/evaluation.ts'
import { t } from '../../shared/l10n.ts'
import { numberComparisonSentence } from '../../shared/number-comparison.ts'
import type { NumberFacts } from './facts.ts'
import { intervalLine } from './headline.ts'
import { type Html, html } from './html.ts'
import { number, table, text } from './table.ts'
import { between, figure, score } from './words.ts'

type Key = 'rmse' | 'mae' | 'r2' | 'spearman' | 'mse'
type Column = readonly [name: string, key: Key, better: 1 | -1, written: (value: number | null) => string]

/** The headline result of a model of numbers, beside the simpler models. */
export const numberHeadline = ({ evaluation }: NumberFacts): Html => {
  const { before, test, intervals } = evaluation
  const models: readonly (readonly [name: string, scores: RegressionScores])[] = [
    [t`Mean of the rows`, before.mean],
    [t`N-gram model`, before.ngram],
    [t`Linear probe`, before.probe],
    [t`Fine-tuned`, test],
  ]
  const columns: readonly Column[] = [
    ['RMSE', 'rmse', -1, figure],
    ['MAE', 'mae', -1, figure],
    ['R²', 'r2', 1, score],
    ['Spearman', 'spearman', 1, score],
    ['MSE', 'mse', -1, figure],
  ]
  const best = columns.map(([, key, better, written]) => {
    const values = models.flatMap(([, scores]) => scores[key] ?? [])
    return values.length === 0 ? null : written(better * Math.max(...values.map((value) => better * value)))
  })
  const rmse = intervals?.rmse
  return html`<section><h2>${t`Result`}</h2>
<p class="headline"><b>${figure(test.rmse)}</b> ${t`is how far predictions are off (RMSE).`}${rmse ? html` ${t`On other rows of the same kind it may well be ${between(figure(rmse[0]), figure(rmse[1]))} (95 % interval).`}` : null}</p>
<p>${numberComparisonSentence(before, test, test.rows)} ${t`Half of the rows are off by at most ${figure(test.median_error)}, nine of ten by at most ${figure(test.p90_error)}, all by at most ${figure(test.max_error)}.`}</p>
${table(
  t`Scores on the test rows, before and after; the best of a column is bold`,
  [text(t`Model`), ...columns.map(([name]) => number(name))],
  [
    ...models.map(([name, scores]) => [
      text(name),
      ...columns.map(([, key, , written], i) => {
        const value = written(scores[key])
        return number(value, value === best[i])
      }),
    ]),
    ...intervalLine(
      columns.map(([, key]) => key),
      intervals ?? {},
      figure,
    ),
  ],
)}
</section>`
}
