import { t } from '../../src/shared/l10n.ts'
import type { ReportRow } from '../../src/shared/page-run.ts'
import { Breakable } from '../parts/breakable.tsx'
import { percent } from '../parts/numbers.ts'

type OpenRow = (row: number, file: number | null) => void

/** Test rows with what was predicted of them; each opens where it came from. */
export const Rows = ({
  rows,
  labels,
  open,
}: {
  readonly rows: readonly ReportRow[]
  /** Whether each says its labels, where they differ from row to row. */
  readonly labels: boolean
  readonly open: OpenRow
}) => (
  <ul class={labels ? 'row-list with-labels' : 'row-list'}>
    {rows.map(({ row, file, text, label, predicted, probability }) => (
      <li key={`${file} ${row}`}>
        <RowLink row={row} file={file} open={open} />
        <span class="row-probability" title={t`Probability of what was predicted`}>
          {percent(probability)}
        </span>
        {labels && (
          <span class="row-labels">
            <Breakable text={predicted} />
            {label !== predicted && (
              <>
                {' '}
                <span class="faint">{t`instead of`}</span> <Breakable text={label} />
              </>
            )}
          </span>
        )}
        <span class="row-text">{text}</span>
      </li>
    ))}
  </ul>
)

/** The number of a row, which opens it. */
export const RowLink = ({
  row,
  file,
  open,
}: {
  readonly row: number
  readonly file: number | null
  readonly open: OpenRow
}) => (
  <button
    type="button"
    class="link row-link"
    title={t`Open the row in its file`}
    onClick={() => open(row, file)}
  >
    {file === null ? t`row ${row}` : t`file ${file}, row ${row}`}
  </button>
)
