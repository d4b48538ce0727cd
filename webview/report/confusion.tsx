import { confusedPairs } from '../../src/shared/confused-pairs.ts'
import { rowCount } from '../../src/shared/counts.ts'
import type { Evaluation } from '../../src/shared/evaluation.ts'
import { t } from '../../src/shared/l10n.ts'
import { Breakable } from '../parts/breakable.tsx'
import { count, percent } from '../parts/numbers.ts'
import { type Cell, Matrix } from './matrix.tsx'
import type { CellRows } from './report-store.ts'
import { Rows } from './rows.tsx'

/** Beyond this many labels the pairs that are mistaken most come first, and the matrix on demand. */
const LARGEST = 16
const PAIRS = 12

/** Which labels are taken for which, and the rows of the cell that was chosen. */
export const Confusion = ({
  test,
  cell,
  ask,
  open,
}: {
  readonly test: Evaluation
  readonly cell: CellRows | null
  /** For rows of a cell, from a number of them on. */
  readonly ask: (cell: Cell, from: number) => void
  readonly open: (row: number, file: number | null) => void
}) => {
  const size = test.classes.length
  const matrix = (
    <>
      <p class="faint hint">{t`A row is the given label, a column what was predicted. A cell opens its rows.`}</p>
      <Matrix test={test} chosen={cell} choose={(chosen) => ask(chosen, 0)} />
    </>
  )
  return (
    <section>
      <h4>{t`Confusion`}</h4>
      {size > LARGEST ? (
        <>
          <Pairs test={test} choose={(chosen) => ask(chosen, 0)} />
          <details>
            <summary>{t`Whole matrix of ${size} labels`}</summary>
            {matrix}
          </details>
        </>
      ) : (
        matrix
      )}
      <div role="status">
        {cell && (
          <p class="cell-head">
            {cell.label === cell.predicted
              ? t`${cell.label}, predicted rightly: ${rowCount(cell.total)}`
              : t`${cell.label}, predicted ${cell.predicted}: ${rowCount(cell.total)}`}
          </p>
        )}
      </div>
      {cell && (
        <>
          <Rows rows={cell.rows} labels={false} open={open} />
          {cell.rows.length < cell.total && (
            <button type="button" class="button secondary" onClick={() => ask(cell, cell.rows.length)}>
              {t`Show More`}
            </button>
          )}
        </>
      )}
    </section>
  )
}

const Pairs = ({ test, choose }: { readonly test: Evaluation; readonly choose: (cell: Cell) => void }) => {
  const pairs = confusedPairs(test, PAIRS)
  if (pairs.length === 0) return <p>{t`No test row was mistaken.`}</p>
  return (
    <div class="scroll">
      <table class="numbers wide texts">
        <thead>
          <tr>
            <th scope="col">{t`Given label`}</th>
            <th scope="col">{t`Predicted`}</th>
            <th scope="col">{t`Rows`}</th>
            <th scope="col">{t`Of its rows`}</th>
          </tr>
        </thead>
        <tbody>
          {pairs.map(({ label, predicted, rows, share }) => (
            <tr key={`${label}\n${predicted}`}>
              <td>
                <Breakable text={label} />
              </td>
              <td>
                <Breakable text={predicted} />
              </td>
              <td>
                <button
                  type="button"
                  class="link"
                  aria-label={t`${label}, predicted ${predicted}: ${rowCount(rows)}`}
                  onClick={() => choose({ label, predicted })}
                >
                  {count(rows)}
                </button>
              </td>
              <td>{percent(share, 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
