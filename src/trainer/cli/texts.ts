import { extname } from 'node:path'
import { rankOf, TEXT_NAMES } from '../../data/column-names.ts'
import { readText } from '../../data/decode.ts'
import { createLineSplitter } from '../../data/lines.ts'
import { nearest } from '../../data/nearest.ts'
import { openTable, type Table } from '../../data/table.ts'
import { UserError } from '../../shared/error.ts'

/** Texts a model is asked about at once, at most. */
const BATCH = 64

/** Texts to predict, in batches, as they come. */
export interface Texts {
  readonly batches: AsyncIterable<readonly string[]>
  /** How they are read, where it was not said; null: as asked. */
  readonly found: string | null
  /** Rows or lines without a text so far: they are passed over. */
  readonly blank: () => number
}

/** Whether a file holds a table, by its extension; any other is a text a line. */
const isTable = (path: string): boolean =>
  ['.csv', '.tsv', '.tab', '.jsonl', '.ndjson'].includes(extname(path).toLowerCase())

/**
 * The texts of a table's column, or of the lines of a text file, or of standard input (null).
 * `column` is the one asked for, `trained` the one that the model was trained on.
 */
export async function openTexts(
  path: string | null,
  column: string | null,
  trained: string | null,
): Promise<Texts> {
  let blank = 0
  const batched = async function* (texts: AsyncIterable<string | null>): AsyncGenerator<string[]> {
    let batch: string[] = []
    for await (const text of texts) {
      if (text !== null && text.trim() === '') blank++
      else if (text !== null) batch.push(text)
      // null: what follows may take a while, so what is there is answered.
      if (batch.length === BATCH || (text === null && batch.length > 0)) {
        yield batch
        batch = []
      }
    }
    if (batch.length > 0) yield batch
  }
  if (path !== null && isTable(path)) {
    const table = await openTable(path)
    const { name, found } = textColumn(table, column, trained)
    return { batches: batched(cells(table, name)), found, blank: () => blank }
  }
  if (column !== null)
    throw new UserError(`--text ${column}: only a CSV, TSV or JSONL file has columns; leave it out`, 'usage')
  return {
    batches: batched(lines(path === null ? standardInput() : readText(path))),
    found: null,
    blank: () => blank,
  }
}

async function* cells(table: Table, column: string): AsyncGenerator<string> {
  const at = table.columns.indexOf(column)
  for await (const row of table.rows()) yield row.cells[at] ?? ''
}

async function* lines(pieces: AsyncIterable<string>): AsyncGenerator<string | null> {
  const splitter = createLineSplitter()
  let first = true
  for await (const piece of pieces) {
    const text = first && piece.startsWith('\ufeff') ? piece.slice(1) : piece
    first = false
    for (const line of splitter.push(text)) yield line.text
    yield null
  }
  for (const line of splitter.end()) yield line.text
}

async function* standardInput(): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  for await (const chunk of process.stdin) yield decoder.decode(chunk, { stream: true })
  yield decoder.decode()
}

function textColumn(
  table: Table,
  asked: string | null,
  trained: string | null,
): { name: string; found: string | null } {
  const { columns, path } = table
  if (asked !== null) {
    if (columns.includes(asked)) return { name: asked, found: null }
    const near = nearest(asked, columns)
    throw new UserError(
      `--text ${asked}: ${path} has no such column; ${near === null ? '' : `did you mean "${near}"? `}it has ${quoted(columns)}`,
      'usage',
    )
  }
  if (trained !== null && columns.includes(trained)) return { name: trained, found: null }
  const [only] = columns
  if (columns.length === 1 && only !== undefined) return { name: only, found: null }
  const ranked = columns
    .map((name) => ({ name, rank: rankOf(name, TEXT_NAMES) }))
    .filter(({ rank }) => rank >= 0)
    .sort((a, b) => a.rank - b.rank)
  const [best, second] = ranked
  if (best === undefined || best.rank === second?.rank)
    throw new UserError(
      `${path}: which column holds the texts? Say it with --text; it has ${quoted(columns)}`,
    )
  return { name: best.name, found: `Text from column "${best.name}" (by its name).` }
}

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ')
