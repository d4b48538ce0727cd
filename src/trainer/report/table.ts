import { type Html, html } from './html.ts'

/** A cell: a number stands to the right, a text to the left in the direction it is written in. */
export type Cell =
  | { readonly number: string; readonly isBest?: boolean }
  | { readonly text: string; readonly isProse?: boolean }

export const number = (value: string, isBest = false): Cell => ({ number: value, isBest })
export const text = (value: string): Cell => ({ text: value })
/** A text of several words, for which a column is wide. */
export const prose = (value: string): Cell => ({ text: value, isProse: true })

/** A table with a caption; the first cell of a line is its heading. */
export const table = (
  caption: string,
  heads: readonly Cell[],
  lines: readonly (readonly Cell[])[],
): Html => html`<div class="wide"><table><caption>${caption}</caption>
<thead><tr>${heads.map((cell) => html`<th scope="col" class="${kindOf(cell)}">${shown(cell)}</th>`)}</tr></thead>
<tbody>
${lines.map(
  ([
    first,
    ...rest
  ]) => html`<tr>${first ? html`<th scope="row" class="${kindOf(first)}" dir="auto">${shown(first)}</th>` : null}${rest.map(
    (cell) => html`<td class="${kindOf(cell)}" dir="auto">${shown(cell)}</td>`,
  )}</tr>
`,
)}</tbody></table></div>`

const kindOf = (cell: Cell): string => ('number' in cell ? 'n' : cell.isProse ? 't prose' : 't')

const shown = (cell: Cell): Html =>
  'text' in cell
    ? html`${cell.text}`
    : cell.isBest
      ? html`<strong>${cell.number}</strong>`
      : html`${cell.number}`
