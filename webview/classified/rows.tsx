import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { ClassifiedRow } from '../../src/shared/classified-page.ts'
import { t } from '../../src/shared/l10n.ts'
import { alike, percent } from '../parts/numbers.ts'
import { tell } from './host.ts'

/** As in classified.css. */
const HEIGHT = 24
/** Rows above and below what is seen. */
const MARGIN = 10

/**
 * The rows that are in view, of any number. One row's button has the focus: arrows, Page, Home and End move it,
 * Enter opens the line in the editor.
 */
export const Rows = ({ rows }: { readonly rows: readonly ClassifiedRow[] }) => {
  const scroller = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ top: 0, height: 600 })
  const [current, setCurrent] = useState(0)
  const isMoved = useRef(false)
  useEffect(() => {
    const element = scroller.current
    if (element === null) return
    const look = () => setView({ top: element.scrollTop, height: element.clientHeight })
    const observer = new ResizeObserver(look)
    observer.observe(element)
    element.addEventListener('scroll', look, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', look)
    }
  }, [])

  const at = Math.max(0, Math.min(current, rows.length - 1))
  useEffect(() => {
    if (!isMoved.current) return
    const button = scroller.current?.querySelector<HTMLElement>('button[tabindex="0"]')
    if (!button) return
    isMoved.current = false
    button.focus({ preventScroll: true })
  })

  const page = Math.max(1, Math.floor(view.height / HEIGHT) - 2)
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + page,
    PageUp: at - page,
    Home: 0,
    End: rows.length - 1,
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = moves[event.key]
    const element = scroller.current
    if (to === undefined || element === null) return
    event.preventDefault()
    const next = Math.max(0, Math.min(rows.length - 1, to))
    isMoved.current = true
    setCurrent(next)
    // The head stays at the top and covers a row.
    const top = next * HEIGHT
    if (top < element.scrollTop) element.scrollTop = top
    else if (top + 2 * HEIGHT > element.scrollTop + element.clientHeight)
      element.scrollTop = top + 2 * HEIGHT - element.clientHeight
  }

  const first = Math.max(0, Math.floor(view.top / HEIGHT) - MARGIN)
  const last = Math.min(rows.length, Math.ceil((view.top + view.height) / HEIGHT) + MARGIN)
  const isOfNumbers = rows.some(({ value }) => value !== null)
  const written = useMemo(() => alike(rows.map(({ value }) => value)), [rows])
  return (
    <div class="scroller" ref={scroller}>
      <table aria-rowcount={rows.length + 1} class={isOfNumbers ? 'of-numbers' : ''}>
        <thead>
          <tr>
            <th class="line" scope="col">{t`Line`}</th>
            {isOfNumbers ? null : <th class="label" scope="col">{t`Label`}</th>}
            <th class="number" scope="col">
              {isOfNumbers ? t`Value` : t`Probability`}
            </th>
            <th scope="col">{t`Text`}</th>
          </tr>
        </thead>
        <tbody onKeyDown={onKeyDown}>
          <Gap rows={first} />
          {rows.slice(first, last).map((row, i) => (
            <Row
              key={first + i}
              row={row}
              index={first + i}
              isCurrent={first + i === at}
              written={written}
              onPick={() => setCurrent(first + i)}
            />
          ))}
          <Gap rows={rows.length - last} />
        </tbody>
      </table>
    </div>
  )
}

/** In the place of rows that are out of view. */
const Gap = ({ rows }: { readonly rows: number }) =>
  rows > 0 ? <tr style={{ height: `${rows * HEIGHT}px` }} /> : null

const Row = ({
  row,
  index,
  isCurrent,
  written,
  onPick,
}: {
  readonly row: ClassifiedRow
  readonly index: number
  readonly isCurrent: boolean
  readonly written: (value: number | null) => string
  readonly onPick: () => void
}) => (
  <tr class={row.unsure ? 'unsure' : ''} aria-rowindex={index + 2}>
    <td class="line">
      <button
        type="button"
        tabIndex={isCurrent ? 0 : -1}
        title={t`Open line ${row.line}`}
        onClick={() => {
          onPick()
          tell({ type: 'open-line', line: row.line })
        }}
      >
        {row.line}
      </button>
    </td>
    {row.value === null ? <td class="label">{row.unsure ? t`unsure: ${row.label}` : row.label}</td> : null}
    <td class="number">{row.value === null ? percent(row.probability ?? 0) : written(row.value)}</td>
    <td class="text" title={row.text}>
      {row.text}
    </td>
  </tr>
)
