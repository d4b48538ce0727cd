import { grouped, t } from '../../shared/l10n.ts'
import { sliceName } from '../../shared/slices/slice-words.ts'
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
      text(cut(sliceName(slice), 120)),
      number(grouped(slice.rows)),
      number(percent(slice.accuracy)),
      number(percent(slice.difference)),
      number(slice.p < 0.001 ? '< 0.001' : slice.p.toFixed(3)),
    ]),
)}
<p class="faint">${t`p is how often chance alone would make such a difference or a larger one; it is corrected for how many parts were tried.`}</p></section>`
}
