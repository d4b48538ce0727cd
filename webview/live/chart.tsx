import { useEffect, useRef, useState } from 'preact/hooks'
import { t } from '../../src/shared/l10n.ts'
import { score } from '../parts/numbers.ts'
import { onThemeChange } from '../parts/theme.ts'
import type { Aligned } from './align.ts'
import { Legend } from './legend.tsx'
import { createPlot, type LineStyle, type Plot } from './plot.ts'

interface ChartProps {
  readonly title: string
  readonly lines: readonly LineStyle[]
  /** Makes the points for a width; called when `version` changes. */
  readonly points: (width: number) => Aligned
  readonly version: number
  /** What is said instead of a drawing; null: there is something to draw. */
  readonly empty: string | null
  /** Of the lines of all charts that stand above each other: they get the same room. */
  readonly names: readonly string[]
}

/** Lines over the steps. Arrow keys move along them; the values at the cursor stand in the chart's head. */
export const Chart = ({ title, lines, points, version, empty, names }: ChartProps) => {
  const host = useRef<HTMLDivElement>(null)
  const plot = useRef<Plot | null>(null)
  const data = useRef<Aligned>([[]])
  const width = useRef(0)
  const [at, setAt] = useState<number | null>(null)

  const draw = (): void => {
    if (!host.current || host.current.clientWidth === 0) return
    width.current = host.current.clientWidth
    data.current = points(width.current)
    if (data.current[0].length === 0) return
    if (plot.current) plot.current.set(data.current)
    else plot.current = createPlot(host.current, lines, names, width.current, data.current, setAt)
  }
  const latest = useRef(draw)
  latest.current = draw
  useEffect(draw, [version])
  useEffect(() => {
    const element = host.current
    if (!element) return
    const resize = new ResizeObserver(() => {
      // Hidden it has no width, and shown again it is as it was.
      if (element.clientWidth === 0 || element.clientWidth === width.current) return
      plot.current?.resize(element.clientWidth)
      latest.current()
    })
    resize.observe(element)
    const noTheme = onThemeChange(() => plot.current?.repaint())
    return () => {
      resize.disconnect()
      noTheme()
      plot.current?.destroy()
      plot.current = null
    }
  }, [])

  const move = (event: KeyboardEvent): void => {
    const last = data.current[0].length - 1
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, PageUp: -20, PageDown: 20 }
    const by = event.key === 'Home' ? -last : event.key === 'End' ? last : steps[event.key]
    if (by === undefined || last < 0) return
    event.preventDefault()
    const next = Math.min(last, Math.max(0, (at ?? last) + by))
    plot.current?.point(next)
    setAt(next)
  }
  const read = at === null ? null : reading(data.current, lines, at)
  return (
    <figure class="chart">
      <figcaption>
        <span class="chart-title">{title}</span>
        <span class="chart-reading">{read}</span>
      </figcaption>
      <Legend lines={lines} />
      <div
        class="chart-plot"
        role="slider"
        tabIndex={0}
        aria-label={t`${title}: arrow keys move along the lines`}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, data.current[0].length - 1)}
        aria-valuenow={at ?? 0}
        aria-valuetext={read ?? t`no point chosen`}
        onKeyDown={move}
        ref={host}
      >
        {empty !== null && <p class="chart-empty">{empty}</p>}
      </div>
    </figure>
  )
}

/** The values at a place of the cursor, those of lines without a point there left out. */
const reading = (data: Aligned, lines: readonly LineStyle[], at: number): string => {
  const values = lines.flatMap(({ name }, i) => {
    const value = data[i + 1]?.[at]
    return typeof value === 'number' ? [`${name ?? t`this step`} ${score(value)}`] : []
  })
  return [t`step ${data[0][at] ?? 0}`, ...values].join(' · ')
}
