import type { FileHandle } from 'node:fs/promises'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { createCsvParser, type Dialect } from '../csv.ts'
import { decoded } from '../decode.ts'
import { encodeText } from '../encode-text.ts'
import { type Encoding, encodingName } from '../encoding.ts'
import { jsonCells } from '../jsonl.ts'
import type { Table } from '../table.ts'
import { recordSpan, writtenCell } from './cell-spans.ts'
import { valueSpan, writtenValue } from './json-value.ts'
import type { LocatedRow, RowBytes } from './locate.ts'
import { besideObject } from './object-comma.ts'
import type { Splice } from './splice-file.ts'
import { unitOffsets } from './unit-offsets.ts'

/** What changes a row's label, or takes the row out. Everything else of the file keeps its bytes. */
export type RowChange = { readonly label: string } | { readonly deleted: true }

/**
 * The bytes to replace for a change of a row.
 *
 * @param column of the label, as `table.columns` has it
 * @throws UserError in one line where the encoding can't hold the label, or the row has no place for one
 */
export async function rowSplice(
  file: FileHandle,
  table: Table,
  row: number,
  { bytes: place, cells }: LocatedRow,
  column: string,
  change: RowChange,
): Promise<Splice> {
  const { encoding, kind } = table.format
  if (encoding === null) throw new Error(`${table.path} is no text file`)
  const bytes = await bytesOf(file, place)
  const text = decoded(bytes, encoding)
  if (text === null) throw new Error(`${table.path} row ${row}: not ${encoding}`)
  const offsets = unitOffsets(bytes, encoding)
  const splice = (from: number, to: number, inserted: Buffer): Splice => {
    const [start = 0, end = 0] = [offsets[from], offsets[to]]
    return { offset: place.start + start, removed: Buffer.from(bytes.subarray(start, end)), inserted }
  }
  const begin = text.startsWith('\ufeff') && place.start === 0 ? 1 : 0

  if (kind === 'json' && 'deleted' in change) {
    const around = await besideObject(file, table.path, place, encoding)
    const removed = await bytesOf(file, around)
    return { offset: around.start, removed, inserted: Buffer.alloc(0) }
  }
  if (kind === 'json' || kind === 'jsonl') {
    const to = kind === 'json' ? text.length : lineEnd(text, begin)
    if ('deleted' in change) return splice(begin, to, Buffer.alloc(0))
    const object = text.slice(begin, to)
    const span = valueSpan(object, column)
    if (span === null)
      throw new UserError(t`${table.path} row ${row} has no "${column}": write it there by hand`)
    const written = writtenValue(change.label, object.slice(span.from, span.to), encoding)
    const inserted = bytesFor(written, encoding, table.path, row)
    const changed = object.slice(0, span.from) + written + object.slice(span.to)
    const read = jsonCells(table.path, 1, changed, table.columns).cells
    checkOnlyLabel(table, row, cells, read, column, change.label)
    return splice(begin + span.from, begin + span.to, inserted)
  }

  const { dialect } = table
  if (dialect === undefined) throw new Error(`${table.path} has no dialect`)
  const record = recordSpan(text, begin, dialect)
  if ('deleted' in change) return splice(begin, record.to, Buffer.alloc(0))
  const cell = record.cells[table.columns.indexOf(column)]
  if (cell === undefined)
    throw new UserError(t`${table.path} row ${row} has no cell for "${column}": write it there by hand`)
  const written = writtenCell(change.label, dialect.delimiter, cell.quoted)
  const inserted = bytesFor(written, encoding, table.path, row)
  const changed = text.slice(begin, cell.from) + written + text.slice(cell.to, record.to)
  checkOnlyLabel(table, row, cells, readRecord(changed, dialect, table.columns.length), column, change.label)
  return splice(cell.from, cell.to, inserted)
}

/** Behind the line's own break: blank lines behind it are of the place too, and stay. */
function lineEnd(text: string, from: number): number {
  const found = text.indexOf('\n', from)
  return found < 0 ? text.length : found + 1
}

function bytesFor(written: string, encoding: Encoding, path: string, row: number): Buffer {
  const bytes = encodeText(written, encoding)
  if (bytes !== null) return bytes
  throw new UserError(
    t`${path} row ${row}: ${encodingName(encoding)} text can't hold this label; save the file as UTF-8 and check its labels again`,
  )
}

function readRecord(text: string, dialect: Dialect, columns: number): readonly string[] {
  const parser = createCsvParser(dialect)
  const records = [...parser.push(text), ...parser.end().records]
  const [record] = records
  if (record === undefined || records.length > 1) return []
  return Array.from({ length: columns }, (_, i) => record.cells[i] ?? '')
}

/** The last guard before bytes are written: the changed row is read as the old one but for its label. */
function checkOnlyLabel(
  table: Table,
  row: number,
  before: readonly string[],
  after: readonly string[],
  column: string,
  label: string,
): void {
  const right = table.columns.every((name, i) => after[i] === (name === column ? label : before[i]))
  if (!right) throw new Error(`${table.path} row ${row}: the new label would change more than its cell`)
}

async function bytesOf(file: FileHandle, { start, end }: RowBytes): Promise<Buffer> {
  const bytes = Buffer.alloc(end - start)
  for (let at = 0; at < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, at, bytes.length - at, start + at)
    if (bytesRead === 0) return bytes.subarray(0, at)
    at += bytesRead
  }
  return bytes
}
