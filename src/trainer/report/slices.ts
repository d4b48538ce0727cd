import { grouped, t } from '../../shared/l10n.ts'
import type { Slice } from '../../shared/trust.ts'
import type { LabelFacts } from './facts.ts'
import { type Html, html } from './html.ts'
import { number, table, text } from './table.ts'
import { cut, percent } from './words.ts'

const MOST = 20

/** Where it fails: parts of the test rows, the weakest first. */
export const slices = ({ evaluation }: LabelFacts): Html | null => {
  const found = evaluation.slices ?? []
  if (found.length === 0) return null
  return html`<section><h2>${t`Where it fails`}</h2>
${table(
  found.length > MOST
    ? t`The ${MOST} weakest parts of the test rows, of ${found.length}`
    : t`Parts of the test rows, the weakest first`,
  [
    text(t`Rows with`),
    number(t`Rows`),
    number(t`Accuracy`),
    number(t`Against the others`),
    number(t`p, corrected`),
  ],
  found
    .slice(0, MOST)
    .map((slice) => [
      text(sliceName(slice)),
      number(grouped(slice.rows)),
      number(percent(slice.accuracy)),
      number(percent(slice.difference)),
      number(slice.p < 0.001 ? '< 0.001' : slice.p.toFixed(3)),
    ]),
)}
<p class="faint">${t`p is how often chance alone would make such a difference or a larger one; it is corrected for how many parts were tried.`}</p></section>`
}

export const sliceName = ({ kind, column, value }: Slice): string => {
  const short = cut(value, 80)
  switch (kind) {
    case 'length':
      return t`${short} words`
    case 'language':
      return t`language ${short}`
    case 'column':
      return `${cut(column ?? '', 40)}: ${short}`
    case 'word':
      return t`the word ${short}`
    case 'cut':
      return value === 'cut' ? t`texts that are cut` : t`texts that are read whole`
  }
}
