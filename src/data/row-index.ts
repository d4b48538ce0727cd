import type { Encoding } from './encoding.ts'
import { createLineOffsets, type LineOffsets } from './line-offsets.ts'
import type { Row, RowPlace, Table } from './table.ts'

/** One in so many rows is kept: what lies between is read again. */
const EVERY = 256

export interface RowIndex {
  /** Rows added so far. */
  readonly rows: number
  /** Bytes of the file up to the last kept row. */
  readonly bytes: number
  /** Takes the rows of the table one after another, from the first. */
  add(row: Row): Promise<void> | undefined
  /** The last kept place at or before a row. */
  before(row: number): RowPlace
  close(): Promise<void>
}

/** Finds where rows begin in a text file while they are read once, so that any of them can be read again alone. */
export async function createRowIndex(table: Table): Promise<RowIndex> {
  const { encoding, kind } = table.format
  const offsets = await offsetsOf(table.path, encoding, kind === 'csv' || kind === 'tsv')
  const places: RowPlace[] = []
  let rows = 0
  const keep = async (row: Row): Promise<void> => {
    const offset = await offsets.at(row.line)
    if (offset !== null) places.push({ row: row.row, line: row.line, offset })
  }
  return {
    get rows() {
      return rows
    },
    get bytes() {
      return places.at(-1)?.offset ?? 0
    },
    add(row) {
      rows = row.row
      return row.row % EVERY === 1 ? keep(row) : undefined
    },
    before(row) {
      const place = places[Math.min(places.length - 1, Math.floor((row - 1) / EVERY))]
      if (place === undefined) throw new Error('no row was added')
      return place
    },
    close: () => offsets.close(),
  }
}

const offsetsOf = (path: string, encoding: Encoding | null, loneReturns: boolean): Promise<LineOffsets> => {
  if (encoding === null) throw new Error(`${path} is no text file`)
  return createLineOffsets(path, encoding, loneReturns)
}
