import { calibrationSentence, unsureSentence } from '../../shared/calibration-words.ts'
import { grouped, t } from '../../shared/l10n.ts'
import type { Calibration } from '../../shared/trust.ts'
import { at } from './chart.ts'
import type { LabelFacts } from './facts.ts'
import { type Html, html } from './html.ts'
import { number, table } from './table.ts'
import { between, percent } from './words.ts'

/** How far the probabilities can be believed. */
export const calibration = ({ evaluation }: LabelFacts): Html | null => {
  const found = evaluation.calibration
  if (found === undefined) return null
  const { bins } = found
  return html`<section><h2>${t`Probabilities`}</h2>
<p>${calibrationSentence(found)}</p>
<p>${unsureSentence(found.unsure)}</p>
<div class="beside">${diagram(bins)}
${table(
  t`Test rows by the probability of what was predicted`,
  [number(t`Probability`), number(t`Rows`), number(t`Its mean`), number(t`Right`)],
  bins.map(({ from, to, rows, confidence, accuracy }) => [
    number(between(percent(from, 0), percent(to, 0))),
    number(grouped(rows)),
    number(percent(confidence)),
    number(percent(accuracy)),
  ]),
)}</div></section>`
}

const SIZE = 320
const LEFT = 46
const TOP = 8
const SIDE = 252

/** The share of right answers by probability; on the diagonal they are equal. */
const diagram = (bins: Calibration['bins']): Html => {
  const x = (share: number): number => LEFT + share * SIDE
  const y = (share: number): number => TOP + (1 - share) * SIDE
  const ticks = [0, 0.5, 1]
  return html`<figure class="square"><figcaption>${t`Reliability`}</figcaption>
<svg viewBox="0 0 ${SIZE} ${SIZE}" role="img"><title>${t`Reliability`}</title><desc>${t`A bar for each range of probabilities is as high as the share of right answers in it; on the diagonal both are equal. The table beside it has the numbers.`}</desc>
${ticks.map((tick) => html`<line class="grid" x1="${LEFT}" x2="${LEFT + SIDE}" y1="${at(y(tick))}" y2="${at(y(tick))}"/><text class="tick end" x="${LEFT - 5}" y="${at(y(tick) + 4)}">${percent(tick, 0)}</text><text class="tick middle" x="${at(x(tick))}" y="${TOP + SIDE + 16}">${percent(tick, 0)}</text>`)}
${bins.map(
  ({ from, to, accuracy }) =>
    html`<rect class="bar" x="${at(x(from) + 1)}" y="${at(y(accuracy))}" width="${at(Math.max(1, (to - from) * SIDE - 2))}" height="${at(accuracy * SIDE)}"/>`,
)}
<line class="line b" x1="${at(x(0))}" y1="${at(y(0))}" x2="${at(x(1))}" y2="${at(y(1))}"/>
${bins.map(({ confidence, accuracy }) => html`<circle class="dot a" cx="${at(x(confidence))}" cy="${at(y(accuracy))}" r="3"/>`)}
<text class="tick middle" x="${LEFT + SIDE / 2}" y="${SIZE - 6}">${t`probability`}</text></svg></figure>`
}
