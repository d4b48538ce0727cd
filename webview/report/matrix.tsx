import './matrix.css'
import { useRef, useState } from 'preact/hooks'
import { rowCount } from '../../src/shared/counts.ts'
import type { Evaluation } from '../../src/shared/evaluation.ts'
import { t } from '../../src/shared/l10n.ts'
import { count } from '../parts/numbers.ts'
import { moved, type Place } from './grid-keys.ts'

/** Numbers stay readable on this much of the colour in every theme. */
const DARKEST = 40

export interface Cell {
  readonly label: string
  readonly predicted: string
}

/** The confusion matrix as a grid: arrow keys move, Enter or a click opens a cell's rows. */
export const Matrix = ({
  test: { classes, confusion },
  chosen,
  choose,
}: {
  readonly test: Evaluation
  readonly chosen: Cell | null
  readonly choose: (cell: Cell) => void
}) => {
  const [at, setAt] = useState<Place>({ row: 0, column: 0 })
  const table = useRef<HTMLTableElement>(null)
  const size = classes.length
  const name = (index: number): string => classes[index]?.label ?? ''
  const open = ({ row, column }: Place): void => {
    setAt({ row, column })
    if (confusion[row]?.[column]) choose({ label: name(row), predicted: name(column) })
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = moved(at, event.key, event.ctrlKey || event.metaKey, size)
    if (!next) return
    event.preventDefault()
    setAt(next)
    table.current?.rows[next.row + 1]?.cells[next.column + 1]?.querySelector('button')?.focus()
  }
  return (
    <div class="scroll matrix">
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a grid that is a table needs no roles of rows and heads. */}
      <table ref={table} role="grid" aria-label={t`Confusion matrix`} onKeyDown={onKeyDown}>
        <thead>
          <tr>
            <td class="corner" />
            {classes.map(({ label }) => (
              <th key={label} scope="col" title={label}>
                <span>{label}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {confusion.map((counts, row) => (
            <tr key={name(row)}>
              <th scope="row" title={name(row)}>
                {name(row)}
              </th>
              {counts.map((rows, column) => {
                const heat = Math.round((DARKEST * rows) / (classes[row]?.support || 1))
                const isChosen = chosen?.label === name(row) && chosen.predicted === name(column)
                return (
                  <td key={name(column)}>
                    <button
                      type="button"
                      class={rows === 0 ? 'none' : row === column ? 'right' : 'wrong'}
                      aria-pressed={isChosen}
                      tabIndex={row === at.row && column === at.column ? 0 : -1}
                      aria-label={t`${name(row)}, predicted ${name(column)}: ${rowCount(rows)}`}
                      style={{ '--heat': `${heat}%` }}
                      onClick={() => open({ row, column })}
                      onFocus={() => setAt({ row, column })}
                    >
                      {rows === 0 ? '·' : count(rows)}
                    </button>
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
