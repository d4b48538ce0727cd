import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { t } from '../../src/shared/l10n.ts'
import type { Role, ShownRow } from '../../src/shared/page.ts'
import { count } from '../parts/numbers.ts'
import { ColumnHead } from './column-head.tsx'
import { ROW_HEIGHT, scrollTo, windowOf } from './window.ts'

export interface RowsTableProps {
  readonly columns: readonly string[]
  readonly roleOf: (column: string) => Role | null
  readonly setRole: (column: string, role: Role | null) => void
  readonly rows: number
  /** The row that is chosen, from 1. */
  readonly active: number
  readonly row: (row: number) => ShownRow | null
  readonly want: (first: number, count: number) => void
  readonly activate: (row: number) => void
  readonly open: (row: number) => void
}

const HEAD_HEIGHT = 52

/** The rows of the file, of which those in view alone are elements. One row is chosen, and arrow keys move it. */
export const RowsTable = ({
  columns,
  roleOf,
  setRole,
  rows,
  active,
  row,
  want,
  activate,
  open,
}: RowsTableProps) => {
  const scroller = useRef<HTMLDivElement>(null)
  const [{ scrolled, viewport }, setView] = useState({ scrolled: 0, viewport: 480 })
  const measure = (): void => {
    const element = scroller.current
    if (!element || element.clientHeight === 0) return
    setView({
      scrolled: element.scrollTop,
      viewport: Math.max(ROW_HEIGHT, element.clientHeight - HEAD_HEIGHT),
    })
  }
  useLayoutEffect(() => {
    const element = scroller.current
    if (!element) return
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  const inView = windowOf(rows, scrolled, viewport)
  const shown = Array.from(
    { length: Math.max(0, inView.last - inView.first + 1) },
    (_, i) => inView.first + i,
  )
  const missing = shown.find((number) => row(number) === null)
  useEffect(() => {
    if (missing === undefined) return
    const timer = setTimeout(() => want(Math.max(1, inView.first - 50), 200), 16)
    return () => clearTimeout(timer)
  }, [missing, inView.first])

  useEffect(() => {
    const element = scroller.current
    if (element) element.scrollTop = scrollTo(rows, active, element.scrollTop, viewport)
  }, [active])

  const move = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget) return
    const page = Math.max(1, Math.floor(viewport / ROW_HEIGHT) - 1)
    const to = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 1,
      End: rows,
    }[event.key]
    if (to !== undefined) activate(Math.min(rows, Math.max(1, to)))
    else if (event.key === 'Enter') open(active)
    else return
    event.preventDefault()
  }

  const widths = columns.map((column) =>
    isLong(roleOf(column)) ? { least: columns.length > 3 ? 240 : 160, share: 4 } : { least: 96, share: 1 },
  )
  const least = widths.reduce((sum, width) => sum + width.least, 64)

  return (
    // biome-ignore lint/a11y/useSemanticElements: rows are placed by hand, which a table's elements can't be
    <div
      class="rows"
      ref={scroller}
      role="grid"
      tabIndex={0}
      aria-label={t`Rows of the file`}
      aria-rowcount={rows + 1}
      aria-colcount={columns.length + 1}
      aria-activedescendant={shown.includes(active) ? `row-${active}` : undefined}
      onScroll={measure}
      onKeyDown={move}
      style={{
        '--columns': widths.map(({ least, share }) => `minmax(${least}px, ${share}fr)`).join(' '),
        '--least': `${least}px`,
      }}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus */}
      <div class="row head" role="row" aria-rowindex={1}>
        {/* biome-ignore lint/a11y/useSemanticElements: as above */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: as above */}
        <div class="cell number" role="columnheader">
          {t`Row`}
        </div>
        {columns.map((column) => (
          <ColumnHead
            key={column}
            column={column}
            role={roleOf(column)}
            setRole={(role) => setRole(column, role)}
          />
        ))}
      </div>
      <div class="body" style={{ height: `${inView.height}px` }}>
        <div style={{ transform: `translateY(${inView.top}px)` }}>
          {shown.map((number) => (
            <TableRow
              key={number}
              number={number}
              row={row(number)}
              columns={columns}
              isActive={number === active}
              roleOf={roleOf}
              activate={() => activate(number)}
              open={() => open(number)}
            />
          ))}
        </div>
      </div>
    </div>
  )
}

const isLong = (role: Role | null): boolean => role === 'text' || role === 'text_pair'

const TableRow = ({
  number,
  row,
  columns,
  isActive,
  roleOf,
  activate,
  open,
}: {
  readonly number: number
  readonly row: ShownRow | null
  readonly columns: readonly string[]
  readonly isActive: boolean
  readonly roleOf: (column: string) => Role | null
  readonly activate: () => void
  readonly open: () => void
}) => (
  // biome-ignore lint/a11y/useSemanticElements: see the table
  // biome-ignore lint/a11y/useKeyWithClickEvents: the table has the keys
  // biome-ignore lint/a11y/useFocusableInteractive: the table has the focus
  <div
    class={isActive ? 'row active' : 'row'}
    id={`row-${number}`}
    role="row"
    aria-rowindex={number + 1}
    aria-selected={isActive}
    onClick={activate}
    onDblClick={open}
  >
    {/* biome-ignore lint/a11y/useSemanticElements: see the table */}
    {/* biome-ignore lint/a11y/useFocusableInteractive: see the table */}
    <div class="cell number" role="rowheader">
      {count(number)}
    </div>
    {columns.map((column, i) => (
      // biome-ignore lint/a11y/useSemanticElements: see the table
      // biome-ignore lint/a11y/useFocusableInteractive: see the table
      <div class={roleOf(column) === null ? 'cell unused' : 'cell'} role="gridcell" key={column}>
        {row?.cells[i] ?? ''}
      </div>
    ))}
  </div>
)
