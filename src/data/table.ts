import { UserError } from '../shared/error.ts'
import { isKnownName } from './column-names.ts'
import { type CsvRecord, createCsvParser, type Dialect } from './csv.ts'
import { CHUNK_BYTES, readText } from './decode.ts'
import { jsonCells, jsonColumns, parseObject } from './jsonl.ts'
import { createLineSplitter, type Line } from './lines.ts'
import { endsInCarriageReturn, sampleRecords, sniffDelimiter, sniffHeader } from './sniff.ts'

export interface TableFormat {
  readonly kind: 'csv' | 'tsv' | 'jsonl'
  /** null: a file of one column, or JSONL. */
  readonly delimiter: string | null
  readonly header: boolean
  readonly bom: boolean
}

export interface Row {
  /** 1-based; the header and blank lines are not counted. */
  readonly row: number
  /** 1-based line of the file on which the record begins. */
  readonly line: number
  /** One for each column; '' where the record is shorter. Cells beyond the last column are left out. */
  readonly cells: readonly string[]
  /** Cells that stand in the record. */
  readonly width: number
  /** Text followed a closing quote, so how the record was meant is in doubt. */
  readonly stray: boolean
}

export interface Table {
  readonly path: string
  readonly format: TableFormat
  /** Distinct, none empty: an unnamed column is `column3`, a second `text` is `text_2`. */
  readonly columns: readonly string[]
  /** All rows, read from the file anew and by stream. */
  rows(): AsyncIterable<Row>
}

export interface TableOptions {
  /** Bytes read at a time. */
  readonly chunkBytes?: number
}

/** Characters of the file that decide its format. */
const SAMPLE_CHARS = 256 * 1024
/** A cell or line beyond this many characters is taken for a quote that was never closed, or no table at all. */
const LONGEST_CELL = 16 * 1024 * 1024

/**
 * Opens a CSV, TSV or JSONL file and finds its format, by its extension and its beginning: see `sniffDelimiter`
 * and `sniffHeader`. Throws a UserError, one line, for what is not such a file.
 */
export async function openTable(path: string, options: TableOptions = {}): Promise<Table> {
  const chunkBytes = options.chunkBytes ?? CHUNK_BYTES
  const { text, complete, bom } = await readSample(path, chunkBytes)
  if (text.trim() === '')
    throw new UserError(`${path} is empty: it needs a header and rows of text and label`)

  const extension = /\.([^./\\]+)$/.exec(path)?.[1]?.toLowerCase() ?? ''
  const json = extension === 'jsonl' || extension === 'ndjson' || extension === 'json'
  if (json || parseObject(/\S.*/.exec(text)?.[0] ?? '') !== null) {
    const columns = jsonColumns(path, text, complete)
    return {
      path,
      format: { kind: 'jsonl', delimiter: null, header: false, bom },
      columns,
      rows: () => jsonRows(path, columns, chunkBytes),
    }
  }

  const delimiter = sniffDelimiter(text, complete, extension === 'tsv' || extension === 'tab' ? '\t' : ',')
  const dialect: Dialect = { delimiter, carriageReturn: endsInCarriageReturn(text) }
  const sampled = sampleRecords(text, complete, dialect).records.map((record) => record.cells)
  const header = sniffHeader(sampled, isKnownName)
  const columns = columnNames(header ? (sampled[0] ?? []) : new Array<string>(usualWidth(sampled)).fill(''))
  return {
    path,
    format: { kind: delimiter === '\t' ? 'tsv' : 'csv', delimiter, header, bom },
    columns,
    rows: () => csvRows(path, dialect, header, columns.length, chunkBytes),
  }
}

async function* csvRows(
  path: string,
  dialect: Dialect,
  header: boolean,
  columns: number,
  chunkBytes: number,
): AsyncGenerator<Row> {
  const parser = createCsvParser(dialect)
  let row = header ? -1 : 0
  const take = (record: CsvRecord): Row | null => {
    if (record.blank || ++row === 0) return null
    const { line, cells, stray } = record
    const width = cells.length
    while (cells.length < columns) cells.push('')
    if (width > columns) cells.length = columns
    return { row, line, cells, width, stray }
  }
  for await (const piece of readPieces(path, chunkBytes)) {
    for (const record of parser.push(piece)) {
      const taken = take(record)
      if (taken) yield taken
    }
    const open = parser.open()
    if (open.length > LONGEST_CELL) throw tooLong(path, open)
  }
  const { records, unclosed } = parser.end()
  // Nothing closed the quote: all that follows it went into one cell.
  if (unclosed !== null) throw neverClosed(path, unclosed)
  for (const record of records) {
    const taken = take(record)
    if (taken) yield taken
  }
}

async function* jsonRows(path: string, columns: readonly string[], chunkBytes: number): AsyncGenerator<Row> {
  const splitter = createLineSplitter()
  let row = 0
  const take = ({ line, text }: Line): Row | null => {
    if (text.trim() === '') return null
    return { row: ++row, line, stray: false, ...jsonCells(path, line, text, columns) }
  }
  for await (const piece of readPieces(path, chunkBytes)) {
    for (const line of splitter.push(piece)) {
      const taken = take(line)
      if (taken) yield taken
    }
    if (splitter.pending() > LONGEST_CELL) {
      throw new UserError(
        `${path} row ${row + 1}: a line of over 16 million characters; write one JSON object a line`,
      )
    }
  }
  for (const line of splitter.end()) {
    const taken = take(line)
    if (taken) yield taken
  }
}

function neverClosed(path: string, line: number): UserError {
  return new UserError(
    `${path} line ${line}: the quoted cell that begins here is never closed; close it, or write the quote twice inside quotes`,
  )
}

function tooLong(path: string, open: { line: number; quoted: boolean }): UserError {
  return open.quoted
    ? neverClosed(path, open.line)
    : new UserError(
        `${path} line ${open.line}: a cell of over 16 million characters; check that this is a table`,
      )
}

/** The file's text without its byte order mark. */
async function* readPieces(path: string, chunkBytes: number): AsyncGenerator<string> {
  let first = true
  for await (const piece of readText(path, chunkBytes)) {
    yield first && piece.startsWith('\ufeff') ? piece.slice(1) : piece
    first = false
  }
}

async function readSample(path: string, chunkBytes: number) {
  let text = ''
  const done = (complete: boolean) => {
    const bom = text.startsWith('\ufeff')
    return { text: bom ? text.slice(1) : text, complete, bom }
  }
  for await (const piece of readText(path, chunkBytes)) {
    text += piece
    if (text.length >= SAMPLE_CHARS) return done(false)
  }
  return done(true)
}

function usualWidth(records: readonly (readonly string[])[]): number {
  const counts = new Map<number, number>()
  for (const cells of records) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 1
}

function columnNames(names: readonly string[]): string[] {
  const taken = new Set<string>()
  return names.map((name, i) => {
    const base = name.trim() === '' ? `column${i + 1}` : name.trim()
    let distinct = base
    for (let n = 2; taken.has(distinct); n++) distinct = `${base}_${n}`
    taken.add(distinct)
    return distinct
  })
}
