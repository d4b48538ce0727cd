import uPlot from 'uplot'
import { figure } from '../parts/numbers.ts'
import { themeColours } from '../parts/theme.ts'
import type { Aligned } from './align.ts'
import { spread } from './end-labels.ts'

/** How a line is told apart: by its colour, by its dashes, and by its name at its end. */
export interface LineStyle {
  /** At the line's end; null: it goes with the next one. */
  readonly name: string | null
  /** Of the theme's colours for lines, which. */
  readonly colour: number
  readonly width: number
  readonly dash: readonly number[]
  readonly opacity: number
  /** A mark at each point, where they are few. */
  readonly points: boolean
}

export interface Plot {
  set(data: Aligned): void
  resize(width: number): void
  /** Reads the theme's colours again. */
  repaint(): void
  /** Puts the cursor on a point. */
  point(index: number): void
  destroy(): void
}

const HEIGHT = 224
const LABEL_ROOM = 16
/** Narrower charts have no names at their lines' ends, but a legend; as in live.css. */
const NARROW = 360
/** A bit of the line before its name. */
const SAMPLE = 16
/** Steps are whole. */
const STEPS = Array.from({ length: 9 }, (_, power) => [1, 2, 5].map((digit) => digit * 10 ** power)).flat()

/** Draws lines into an element, with room beside them for `names`. `onPoint` is told the place under the cursor, null when it left. */
export const createPlot = (
  host: HTMLElement,
  lines: readonly LineStyle[],
  names: readonly string[],
  width: number,
  data: Aligned,
  onPoint: (index: number | null) => void,
): Plot => {
  let colours = themeColours()
  const family = getComputedStyle(host).fontFamily
  const font = `12px ${family}`
  const axis = (size: number): uPlot.Axis => ({
    size,
    font,
    gap: 4,
    stroke: () => colours.faint,
    grid: { stroke: () => colours.grid, width: 1 },
    ticks: { show: false },
  })
  const labelWidth = (): number => {
    const context = document.createElement('canvas').getContext('2d')
    if (!context) return 0
    context.font = font
    return Math.max(0, ...names.map((name) => context.measureText(name).width))
  }
  const room = Math.ceil(labelWidth()) + SAMPLE + 16
  const plot = new uPlot(
    {
      width,
      height: HEIGHT,
      padding: [8, ({ width }) => (width <= NARROW ? 8 : room), 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
      scales: {
        x: { time: false },
        y: { range: (_, least, greatest) => yRange(least, greatest) },
      },
      axes: [
        { ...axis(24), incrs: STEPS, space: 48, values: (_, marks) => marks.map(figure) },
        { ...axis(44), space: 36, values: (_, marks) => marks.map(figure) },
      ],
      series: [
        {},
        ...lines.map((line): uPlot.Series => {
          const stroke = (): string => colours.lines[line.colour] ?? colours.text
          return {
            stroke,
            width: line.width,
            dash: [...line.dash],
            alpha: line.opacity,
            spanGaps: true,
            points: { show: line.points, size: 5, width: 1.5, stroke, fill: stroke },
          }
        }),
      ],
      hooks: {
        setCursor: [(self) => onPoint(self.cursor.idx ?? null)],
        draw: [
          (self) => {
            if (self.width > NARROW) drawLabels(self, lines, font, () => colours.lines, colours.text)
          },
        ],
      },
    },
    data,
    host,
  )
  return {
    set: (next) => plot.setData(next),
    resize: (next) => plot.setSize({ width: next, height: HEIGHT }),
    repaint: () => {
      colours = themeColours()
      plot.redraw(false)
    },
    point: (index) => plot.setCursor({ left: plot.valToPos(plot.data[0]?.[index] ?? 0, 'x'), top: 0 }),
    destroy: () => plot.destroy(),
  }
}

/** A little air above and below; never so near that a row more or less of a hundred looks like a cliff. */
const yRange = (least: number, greatest: number): [number, number] => {
  if (!Number.isFinite(least) || !Number.isFinite(greatest)) return [0, 1]
  const span = Math.max(Math.abs(least), Math.abs(greatest)) * 0.1 || 1
  const air = Math.max((greatest - least) * 0.06, (span - (greatest - least)) / 2)
  return [least >= 0 ? Math.max(0, least - air) : least - air, greatest + air]
}

const drawLabels = (
  plot: uPlot,
  lines: readonly LineStyle[],
  font: string,
  colours: () => readonly string[],
  text: string,
): void => {
  const { ctx, bbox } = plot
  const scale = uPlot.pxRatio
  const labels = lines.flatMap(({ name, colour, dash, width }, i) => {
    const last = Array.from(plot.data[i + 1] ?? []).findLast((value) => typeof value === 'number')
    return name === null || typeof last !== 'number'
      ? []
      : [{ name, dash, width, colour: colours()[colour] ?? text, y: plot.valToPos(last, 'y', true) }]
  })
  const places = spread(
    labels.map(({ y }) => y),
    LABEL_ROOM * scale,
    bbox.top + (LABEL_ROOM / 2) * scale,
    bbox.top + bbox.height - (LABEL_ROOM / 2) * scale,
  )
  ctx.save()
  ctx.font = font.replace('12px', `${12 * scale}px`)
  ctx.textBaseline = 'middle'
  ctx.textAlign = 'left'
  ctx.fillStyle = text
  const left = bbox.left + bbox.width + 8 * scale
  for (const [i, { name, colour, dash, width }] of labels.entries()) {
    const y = places[i] ?? 0
    ctx.strokeStyle = colour
    ctx.lineWidth = width * scale
    ctx.setLineDash(dash.map((length) => length * scale))
    ctx.beginPath()
    ctx.moveTo(left, y)
    ctx.lineTo(left + SAMPLE * scale, y)
    ctx.stroke()
    ctx.fillText(name, left + (SAMPLE + 4) * scale, y)
  }
  ctx.restore()
}
