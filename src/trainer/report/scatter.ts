import { t } from '../../shared/l10n.ts'
import { at, scale } from './chart.ts'
import type { NumberFacts } from './facts.ts'
import { type Html, html } from './html.ts'
import { figure } from './words.ts'

const DOTS = 1000
const SIZE = 320
const LEFT = 56
const SIDE = 248
const TOP = 8

/** Predicted numbers against true ones; on the diagonal both are equal. */
export const scatter = ({ rows }: NumberFacts): Html | null => {
  const every = Math.ceil(rows.length / DOTS)
  const dots = rows.filter((_, i) => i % every === 0)
  const values = dots.flatMap(({ target, value }) => [target, value]).filter(Number.isFinite)
  if (values.length === 0) return null
  const x = scale(values, LEFT, LEFT + SIDE)
  const y = scale(values, TOP + SIDE, TOP)
  return html`<section><h2>${t`Predicted against true`}</h2>
<figure class="square"><figcaption>${t`A dot is a test row; on the line it is predicted exactly.`}</figcaption>
<svg viewBox="0 0 ${SIZE} ${SIZE}" role="img"><title>${t`Predicted against true`}</title><desc>${t`To the right the true number, upwards the predicted one; the table of the furthest rows has numbers.`}</desc>
${y.ticks.map((tick) => html`<line class="grid" x1="${LEFT}" x2="${LEFT + SIDE}" y1="${at(y.place(tick))}" y2="${at(y.place(tick))}"/><text class="tick end" x="${LEFT - 5}" y="${at(y.place(tick) + 4)}">${figure(tick)}</text>`)}
${x.ticks.map((tick) => html`<text class="tick middle" x="${at(x.place(tick))}" y="${TOP + SIDE + 16}">${figure(tick)}</text>`)}
<line class="line b" x1="${LEFT}" y1="${TOP + SIDE}" x2="${LEFT + SIDE}" y2="${TOP}"/>
${dots.map(({ target, value }) => html`<circle class="dot a faded" cx="${at(x.place(target))}" cy="${at(y.place(value))}" r="2.5"/>`)}
<text class="tick middle" x="${LEFT + SIDE / 2}" y="${SIZE - 6}">${t`true`}</text></svg></figure></section>`
}
