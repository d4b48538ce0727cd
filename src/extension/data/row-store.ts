import { createRowIndex } from '../../data/row-index.ts'
import type { Row, Table } from '../../data/table.ts'
import { createSpill } from './spill.ts'

/** The rows of a table that were met so far, any of which can be had again. */
export interface RowStore {
  readonly rows: number
  /** Bytes of the file read; null: not known. */
  readonly bytes: number | null
  /** Takes rows in order; those that it has are ignored, so that a table may be read from the start again. */
  add(row: Row): Promise<void> | undefined
  read(first: number, count: number): Promise<Row[]>
  close(): Promise<void>
}

/** Text files are read again where the row is; the rows of other files are kept beside, in a file of their own. */
export async function createRowStore(table: Table): Promise<RowStore> {
  const { rowsFrom } = table
  if (rowsFrom === undefined) return createSpill()
  const index = await createRowIndex(table)
  return {
    get rows() {
      return index.rows
    },
    get bytes() {
      return index.bytes
    },
    add: (row) => (row.row <= index.rows ? undefined : index.add(row)),
    async read(first, count) {
      const rows: Row[] = []
      if (first > index.rows || count < 1) return rows
      for await (const row of rowsFrom(index.before(first))) {
        if (row.row >= first) rows.push(row)
        if (rows.length >= count) break
      }
      return rows
    },
    close: () => index.close(),
  }
}
