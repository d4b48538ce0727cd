import { type Html, html } from './html.ts'
import { figure } from './words.ts'

export interface Line {
  readonly name: string
  /** Which colour and dash of the style sheet. */
  readonly style: 'a' | 'b'
  /** Sorted by x. */
  readonly points: readonly (readonly [x: number, y: number])[]
}

export const WIDTH = 640
const HEIGHT = 240
const LEFT = 52
const RIGHT = 12
const TOP = 10
const BOTTOM = 36

/** Lines over common axes as a drawing, or null where there is nothing to draw. Points that are no numbers are left out. */
export const lineChart = (
  title: string,
  description: string,
  xName: string,
  lines: readonly Line[],
): Html | null => {
  const finite = lines.map((line) => ({
    ...line,
    points: line.points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y)),
  }))
  const all = finite.flatMap(({ points }) => points)
  if (all.length < 2) return null
  const x = scale(
    all.map(([value]) => value),
    LEFT,
    WIDTH - RIGHT,
  )
  const y = scale(
    all.map(([, value]) => value),
    HEIGHT - BOTTOM,
    TOP,
  )
  return html`<figure><figcaption>${title} ${finite.map(({ name, style }) => html`<span class="key"><svg width="28" height="8" aria-hidden="true"><line class="line ${style}" x1="0" x2="28" y1="4" y2="4"/></svg> ${name}</span> `)}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img"><title>${title}</title><desc>${description}</desc>
${y.ticks.map((tick) => html`<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at(y.place(tick))}" y2="${at(y.place(tick))}"/><text class="tick end" x="${LEFT - 6}" y="${at(y.place(tick) + 4)}">${figure(tick)}</text>`)}
${x.ticks.map((tick) => html`<text class="tick middle" x="${at(x.place(tick))}" y="${HEIGHT - BOTTOM + 16}">${figure(tick)}</text>`)}
<text class="tick middle" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 4}">${xName}</text>
${finite.map(
  ({
    points,
    style,
  }) => html`<polyline class="line ${style}" points="${points.map(([a, b]) => `${at(x.place(a))},${at(y.place(b))}`).join(' ')}"/>
${points.length <= 40 ? points.map(([a, b]) => html`<circle class="dot ${style}" cx="${at(x.place(a))}" cy="${at(y.place(b))}" r="2.5"/>`) : null}`,
)}
</svg></figure>`
}

/** A coordinate, to a tenth of a pixel. */
export const at = (value: number): string => String(Math.round(value * 10) / 10)

interface Scale {
  readonly place: (value: number) => number
  /** Round values within the range. */
  readonly ticks: readonly number[]
}

/** Values from the least to the most, between two pixels. */
export const scale = (values: readonly number[], from: number, to: number): Scale => {
  const low = values.reduce((a, b) => Math.min(a, b))
  const high = values.reduce((a, b) => Math.max(a, b))
  const range = high - low || Math.abs(high) || 1
  const start = high === low ? low - range / 2 : low
  const step = roundStep(range / 4)
  const first = Math.ceil(start / step)
  const ticks = Array.from({ length: Math.floor((start + range) / step) - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  )
  return { place: (value) => from + ((value - start) / range) * (to - from), ticks }
}

/** 1, 2 or 5 times a power of ten, the next above. */
const roundStep = (least: number): number => {
  const power = 10 ** Math.floor(Math.log10(least))
  return power * ([1, 2, 5, 10].find((step) => step * power >= least) ?? 10)
}
