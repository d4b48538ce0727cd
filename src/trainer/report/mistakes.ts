import { grouped, t } from '../../shared/l10n.ts'
import type { LabelFacts, NumberFacts } from './facts.ts'
import { type Html, html } from './html.ts'
import { number, prose, table, text } from './table.ts'
import { cut, figure, labelText, percent } from './words.ts'

const MOST = 25
const TEXT = 300

interface Texts {
  readonly text: string
  readonly text_pair?: string | undefined
}

const shownText = ({ text: first, text_pair: second }: Texts): string =>
  second === undefined ? cut(first, TEXT) : `${cut(first, TEXT)} ¦ ${cut(second, TEXT)}`

const place = ({ row, file }: { readonly row: number; readonly file?: number | undefined }): string =>
  file === undefined ? grouped(row) : t`${row} of file ${file}`

/** Where it is sure and wrong. */
export const mistakes = ({ rows }: LabelFacts): Html => {
  const sure = rows
    .filter(({ label, predicted }) => label !== predicted)
    .map((row) => ({ row, probability: row.probabilities[row.predicted] ?? 0 }))
    .sort((a, b) => b.probability - a.probability || a.row.row - b.row.row)
  return html`<section><h2>${t`Most certain mistakes`}</h2>
${
  sure.length === 0
    ? html`<p>${t`No test row was mistaken.`}</p>`
    : html`<p>${t`Where the model is sure and wrong, look at the given label too.`}</p>
${table(
  sure.length > MOST
    ? t`The ${MOST} most certain of ${sure.length} mistakes`
    : t`Mistakes, the most certain first`,
  [number(t`Row`), text(t`Text`), text(t`Given label`), text(t`Predicted`), number(t`Probability`)],
  sure
    .slice(0, MOST)
    .map(({ row, probability }) => [
      number(place(row)),
      prose(shownText(row)),
      text(labelText(row.label)),
      text(labelText(row.predicted)),
      number(percent(probability)),
    ]),
)}`
}</section>`
}

/** What it is furthest off. */
export const furthest = ({ rows }: NumberFacts): Html => {
  const sorted = rows
    .map((row) => ({ row, off: Math.abs(row.value - row.target) }))
    .sort((a, b) => b.off - a.off || a.row.row - b.row.row)
  return html`<section><h2>${t`Furthest off`}</h2>
${table(
  sorted.length > MOST ? t`The ${MOST} rows that are furthest off` : t`Test rows, the furthest off first`,
  [number(t`Row`), text(t`Text`), number(t`True`), number(t`Predicted`), number(t`Off by`)],
  sorted
    .slice(0, MOST)
    .map(({ row, off }) => [
      number(place(row)),
      prose(shownText(row)),
      number(figure(row.target)),
      number(figure(row.value)),
      number(figure(off)),
    ]),
)}</section>`
}
