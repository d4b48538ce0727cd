import { extname } from 'node:path'
import { UserError } from '../shared/error.ts'
import { t } from '../shared/l10n.ts'
import { withCorrections } from './corrections.ts'
import { type CsvRecord, createCsvParser, type Dialect } from './csv.ts'
import { CHUNK_BYTES, encodingSentence, findEncoding, readHead, readText } from './decode.ts'
import type { Encoding } from './encoding.ts'
import { findHeader } from './header.ts'
import { createArraySplitter } from './json-array.ts'
import { arrayColumns, beginsArray, jsonCells, lineColumns, parseObject } from './jsonl.ts'
import { createLineSplitter, type Line } from './lines.ts'
import { endsInCarriageReturn, sampleRecords, sniffDelimiter } from './sniff.ts'

export interface TableFormat {
  readonly kind: 'csv' | 'tsv' | 'jsonl' | 'json' | 'xlsx' | 'parquet'
  /** null: a file of one column, or no delimited file. */
  readonly delimiter: string | null
  /** Whether the first record names the columns; false where columns have names of their own. */
  readonly header: boolean
  readonly bom: boolean
  /** Of a text file; null: the format has its own. */
  readonly encoding: Encoding | null
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
  /** What a person should know of how the file is read, a sentence each. */
  readonly said: readonly string[]
  /** All rows, read from the file anew and by stream. */
  rows(): AsyncIterable<Row>
  /** The rows from a place on; only of files whose rows can be read from the middle. */
  readonly rowsFrom?: (place: RowPlace) => AsyncIterable<Row>
  /** Of a delimited file. */
  readonly dialect?: Dialect
}

/** Where a row begins in a text file; see `row-index.ts`. */
export interface RowPlace {
  readonly row: number
  readonly line: number
  /** In bytes. */
  readonly offset: number
}

export interface TableOptions {
  /** Bytes read at a time. */
  readonly chunkBytes?: number
  /** Bytes by which the encoding is judged: for who can't wait and checks it later. All unless said. */
  readonly encodingBytes?: number
}

/** Characters of the file that decide its format. */
const SAMPLE_CHARS = 256 * 1024
/** A cell or line beyond this many characters is taken for a quote that was never closed, or no table at all. */
const LONGEST_CELL = 16 * 1024 * 1024

/**
 * Opens a CSV, TSV, JSONL, JSON, Excel or Parquet file and finds its format by its content, and by its extension where that leaves a
 * doubt: see `findEncoding`, `sniffDelimiter` and `sniffHeader`. Throws a UserError, one line, for what is not such a
 * file.
 */
export async function openTable(path: string, options: TableOptions = {}): Promise<Table> {
  const head = await readHead(path)
  if (head.subarray(0, 4).equals(ZIP)) {
    const { openWorkbook } = await import('./xlsx.ts')
    return withCorrections(await openWorkbook(path))
  }
  if (head.subarray(0, 4).equals(PARQUET)) {
    const { openParquet } = await import('./parquet.ts')
    return withCorrections(await openParquet(path))
  }
  const found = await findEncoding(path, options.encodingBytes)
  const source: Source = { path, chunkBytes: options.chunkBytes ?? CHUNK_BYTES, encoding: found.encoding }
  const sentence = encodingSentence(path, found)
  const said = sentence === null ? [] : [sentence]
  const { text, complete, bom } = await readSample(source)
  if (text.trim() === '')
    throw new UserError(t`${path} is empty: it needs a header and rows of text and label`)

  const common = { delimiter: null, header: false, bom, encoding: found.encoding }
  const extension = extname(path).toLowerCase()
  if (beginsArray(text)) {
    const columns = arrayColumns(path, text, complete)
    return {
      path,
      format: { kind: 'json', ...common },
      columns,
      said,
      rows: () => arrayRows(source, columns),
    }
  }
  if (
    ['.jsonl', '.ndjson', '.json'].includes(extension) ||
    parseObject(/\S.*/.exec(text)?.[0] ?? '') !== null
  ) {
    const columns = lineColumns(path, text, complete)
    return {
      path,
      format: { kind: 'jsonl', ...common },
      columns,
      said,
      rows: () => lineRows(source, columns),
      rowsFrom: (place) => lineRows(source, columns, place),
    }
  }

  const delimiter = sniffDelimiter(text, complete, extension === '.tsv' || extension === '.tab' ? '\t' : ',')
  const dialect: Dialect = { delimiter, carriageReturn: endsInCarriageReturn(text) }
  const sampled = sampleRecords(text, complete, dialect).records.map((record) => record.cells)
  const { header, columns, said: named } = findHeader(path, sampled)
  return {
    path,
    format: { ...common, kind: delimiter === '\t' ? 'tsv' : 'csv', delimiter, header },
    columns,
    said: [...said, ...named],
    rows: () => csvRows(source, dialect, header, columns.length),
    rowsFrom: (place) => csvRows(source, dialect, header, columns.length, place),
    dialect,
  }
}

const ZIP = Buffer.from('PK\x03\x04', 'latin1')
const PARQUET = Buffer.from('PAR1', 'latin1')

/** A text file and how it is read. */
interface Source {
  readonly path: string
  readonly chunkBytes: number
  readonly encoding: Encoding
}

async function* csvRows(
  source: Source,
  dialect: Dialect,
  header: boolean,
  columns: number,
  from?: RowPlace,
): AsyncGenerator<Row> {
  const { path } = source
  const parser = createCsvParser(dialect)
  const before = (from?.line ?? 1) - 1
  let row = from ? from.row - 1 : header ? -1 : 0
  const take = (record: CsvRecord): Row | null => {
    if (record.blank || ++row === 0) return null
    const { line, cells, stray } = record
    const width = cells.length
    while (cells.length < columns) cells.push('')
    if (width > columns) cells.length = columns
    return { row, line: before + line, cells, width, stray }
  }
  for await (const piece of readPieces(source, from?.offset)) {
    for (const record of parser.push(piece)) {
      const taken = take(record)
      if (taken) yield taken
    }
    const open = parser.open()
    if (open.length > LONGEST_CELL) throw tooLong(path, { ...open, line: before + open.line })
  }
  const { records, unclosed } = parser.end()
  // Nothing closed the quote: all that follows it went into one cell.
  if (unclosed !== null) throw neverClosed(path, before + unclosed)
  for (const record of records) {
    const taken = take(record)
    if (taken) yield taken
  }
}

async function* lineRows(source: Source, columns: readonly string[], from?: RowPlace): AsyncGenerator<Row> {
  const { path } = source
  const splitter = createLineSplitter()
  const before = (from?.line ?? 1) - 1
  let row = (from?.row ?? 1) - 1
  const take = (lines: readonly Line[]): Row[] =>
    lines
      .filter(({ text }) => text.trim() !== '')
      .map(({ line: counted, text }) => {
        const line = before + counted
        return { row: ++row, line, stray: false, ...jsonCells(path, line, text, columns) }
      })
  for await (const piece of readPieces(source, from?.offset)) {
    yield* take(splitter.push(piece))
    if (splitter.pending() > LONGEST_CELL)
      throw new UserError(
        t`${path} row ${row + 1}: a line of over 16 million characters; write one JSON object a line`,
      )
  }
  yield* take(splitter.end())
}

async function* arrayRows(source: Source, columns: readonly string[]): AsyncGenerator<Row> {
  const { path } = source
  const splitter = createArraySplitter(path)
  let row = 0
  for await (const piece of readPieces(source)) {
    for (const { line, text } of splitter.push(piece))
      yield { row: ++row, line, stray: false, ...jsonCells(path, line, text, columns) }
    if (splitter.pending() > LONGEST_CELL)
      throw new UserError(
        t`${path} row ${row + 1}: an object of over 16 million characters; make an array of smaller ones`,
      )
  }
  splitter.end()
}

function neverClosed(path: string, line: number): UserError {
  return new UserError(
    t`${path} line ${line}: the quoted cell that begins here is never closed; close it, or write the quote twice inside quotes`,
  )
}

function tooLong(path: string, open: { line: number; quoted: boolean }): UserError {
  return open.quoted
    ? neverClosed(path, open.line)
    : new UserError(
        t`${path} line ${open.line}: a cell of over 16 million characters; check that this is a table`,
      )
}

/** The file's text without its byte order mark. */
async function* readPieces({ path, chunkBytes, encoding }: Source, start = 0): AsyncGenerator<string> {
  let first = start === 0
  for await (const piece of readText(path, chunkBytes, encoding, start)) {
    yield first && piece.startsWith('\ufeff') ? piece.slice(1) : piece
    first = false
  }
}

async function readSample({ path, chunkBytes, encoding }: Source) {
  let text = ''
  let wanted = SAMPLE_CHARS
  const done = (complete: boolean) => {
    const bom = text.startsWith('\ufeff')
    return { text: bom ? text.slice(1) : text, complete, bom }
  }
  for await (const piece of readText(path, chunkBytes, encoding)) {
    text += piece
    if (text.length < wanted) continue
    if (holdsRow(path, text.trimStart()) || text.length > LONGEST_CELL) return done(false)
    wanted *= 2
  }
  return done(true)
}

/** Whether the beginning of a JSON file holds a whole object: one may be longer than the sample. */
function holdsRow(path: string, text: string): boolean {
  if (text.startsWith('{')) return text.includes('\n')
  return !beginsArray(text) || createArraySplitter(path).push(text).length > 0
}
