import { t } from '../../shared/l10n.ts'
import type { LabelFacts } from './facts.ts'
import { type Html, html } from './html.ts'
import { number, table, text } from './table.ts'
import { cut, labelText, percent } from './words.ts'

/** Beyond this many labels a matrix is wider than a page. */
const LARGEST = 16
const PAIRS = 20

/** Which labels are taken for which: a table with heat, or of many labels the pairs that are mistaken most. */
export const confusion = (facts: LabelFacts): Html =>
  html`<section><h2>${t`Confusion`}</h2>
${facts.evaluation.test.classes.length > LARGEST ? pairs(facts) : matrix(facts)}</section>`

const matrix = ({ evaluation: { test } }: LabelFacts): Html => {
  const { classes, confusion: counts } = test
  return html`<p>${t`A line is the given label, a column what was predicted; the stronger the shade, the larger the share of the line.`}</p>
<div class="wide"><table class="matrix"><caption>${t`Test rows by given and predicted label`}</caption>
<thead><tr><td></td>${classes.map(({ label }) => html`<th scope="col" class="n">${cut(label, 24)}</th>`)}</tr></thead>
<tbody>
${counts.map((line, truth) => {
  const sum = line.reduce((a, b) => a + b, 0)
  return html`<tr><th scope="row" class="t" dir="auto">${cut(classes[truth]?.label ?? '', 40)}</th>${line.map(
    (rows, guess) =>
      html`<td class="n ${truth === guess ? 'right' : 'wrong'} h${String(heat(rows, sum))}">${rows === 0 ? html`<span class="faint">0</span>` : rows}</td>`,
  )}</tr>
`
})}</tbody></table></div>`
}

/** From 0 to 9: of ten shades which one. */
const heat = (rows: number, sum: number): number =>
  sum === 0 || rows === 0 ? 0 : Math.max(1, Math.round((9 * rows) / sum))

const pairs = ({ evaluation: { test } }: LabelFacts): Html => {
  const { classes, confusion: counts } = test
  const mistaken = counts
    .flatMap((line, truth) => line.map((rows, guess) => ({ rows, truth, guess })))
    .filter(({ rows, truth, guess }) => rows > 0 && truth !== guess)
    .sort((a, b) => b.rows - a.rows || a.truth - b.truth || a.guess - b.guess)
  if (mistaken.length === 0) return html`<p>${t`No test row was mistaken.`}</p>`
  const name = (index: number): string => labelText(classes[index]?.label ?? '')
  return table(
    mistaken.length > PAIRS
      ? t`The ${PAIRS} pairs of labels that are mistaken most, of ${mistaken.length}`
      : t`Pairs of labels that are mistaken`,
    [text(t`Given label`), text(t`Predicted`), number(t`Rows`), number(t`Of its rows`)],
    mistaken
      .slice(0, PAIRS)
      .map(({ rows, truth, guess }) => [
        text(name(truth)),
        text(name(guess)),
        number(String(rows)),
        number(percent(rows / (classes[truth]?.support || 1), 0)),
      ]),
  )
}
