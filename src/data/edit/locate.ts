import { stat } from 'node:fs/promises'
import { createArraySplitter } from '../json-array.ts'
import { createLineOffsets } from '../line-offsets.ts'
import type { Row, Table } from '../table.ts'
import { maskedText, unitWidth } from './masked-text.ts'

/** A row of a text file: its bytes. Behind a record of a delimited file or a line, blank lines may belong to them. */
export interface RowBytes {
  readonly start: number
  readonly end: number
}

export interface LocatedRow {
  readonly bytes: RowBytes
  readonly cells: readonly string[]
}

/** Finds rows of a text file in one pass; those that it does not have are left out. Memory follows the rows asked for. */
export async function locateRows(
  table: Table,
  wanted: ReadonlySet<number>,
): Promise<ReadonlyMap<number, LocatedRow>> {
  return table.format.kind === 'json' ? locateObjects(table, wanted) : locateLines(table, wanted)
}

/** A row ends where the next one begins. */
async function locateLines(table: Table, wanted: ReadonlySet<number>): Promise<Map<number, LocatedRow>> {
  const { encoding, kind } = table.format
  if (encoding === null) throw new Error(`${table.path} is no text file`)
  const found = new Map<number, LocatedRow>()
  const offsets = await createLineOffsets(table.path, encoding, kind !== 'jsonl')
  const at = async (line: number): Promise<number> => {
    const offset = await offsets.at(line)
    if (offset === null) throw new Error(`${table.path} has no line ${line}`)
    return offset
  }
  try {
    let open: { row: Row; start: number } | null = null
    const close = (end: number): void => {
      if (open !== null) found.set(open.row.row, { bytes: { start: open.start, end }, cells: open.row.cells })
      open = null
    }
    for await (const row of table.rows()) {
      const isWanted = wanted.has(row.row)
      if (open === null && !isWanted) {
        if (found.size === wanted.size) break
        continue
      }
      const start = await at(row.line)
      close(start)
      if (isWanted) open = { row, start }
    }
    if (open !== null) close((await stat(table.path)).size)
    return found
  } finally {
    await offsets.close()
  }
}

async function locateObjects(table: Table, wanted: ReadonlySet<number>): Promise<Map<number, LocatedRow>> {
  const { encoding, bom } = table.format
  if (encoding === null) throw new Error(`${table.path} is no text file`)
  const cells = new Map<number, readonly string[]>()
  for await (const row of table.rows()) if (wanted.has(row.row)) cells.set(row.row, row.cells)
  const found = new Map<number, LocatedRow>()
  const splitter = createArraySplitter(table.path)
  const width = unitWidth(encoding)
  const mark = bom ? { 'utf-8': 3, 'utf-16le': 1, 'utf-16be': 1, gb18030: 4, 'windows-1252': 0 }[encoding] : 0
  let row = 0
  let first = true
  for await (const piece of maskedText(table.path, encoding)) {
    for (const { at, text } of splitter.push(first ? piece.slice(mark) : piece)) {
      const known = cells.get(++row)
      if (known === undefined) continue
      const start = (mark + at) * width
      found.set(row, { bytes: { start, end: start + text.length * width }, cells: known })
    }
    first = false
  }
  return found
}
