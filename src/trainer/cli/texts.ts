import { extname } from 'node:path'
import { rankOf, TEXT_NAMES } from '../../data/column-names.ts'
import { encodingSentence, findEncoding, readText } from '../../data/decode.ts'
import { parseObject } from '../../data/jsonl.ts'
import { createLineSplitter } from '../../data/lines.ts'
import type { ModelText } from '../../data/model-text.ts'
import { nearest } from '../../data/nearest.ts'
import { openTable, type Table } from '../../data/table.ts'
import { listed } from '../../shared/counts.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'

/** Texts a model is asked about at once, at most. */
const BATCH = 64

/** Texts to predict, in batches, as they come. */
export interface Texts {
  readonly batches: AsyncIterable<readonly ModelText[]>
  /** How they are read, where it was not said; null: as asked. */
  readonly found: string | null
  /** Rows or lines without a text so far: they are passed over. */
  readonly blank: () => number
}

/** Whether a file holds a table, by its extension; any other is a text a line. */
const isTable = (path: string): boolean =>
  ['.csv', '.tsv', '.tab', '.jsonl', '.ndjson', '.json', '.xlsx', '.parquet'].includes(
    extname(path).toLowerCase(),
  )

const sentences = (said: readonly (string | null)[]): string | null =>
  said.filter((sentence) => sentence !== null).join(' ') || null

/** Columns of a text and, for a model of pairs, of the second one. */
export interface TextColumns {
  readonly text: string | null
  readonly pair: string | null
}

/**
 * The texts of a table's column, or of the lines of a text file, or of standard input (null).
 * `asked` are the columns that the command names, `trained` those that the model was trained on.
 *
 * @param paired whether the model reads two texts: of two columns, or of a JSON object a line
 */
export async function openTexts(
  path: string | null,
  asked: TextColumns,
  trained: TextColumns,
  paired: boolean,
): Promise<Texts> {
  const each = await openEachText(path, asked, trained, paired)
  let blank = 0
  const batched = async function* (texts: AsyncIterable<ModelText | null>): AsyncGenerator<ModelText[]> {
    let batch: ModelText[] = []
    for await (const text of texts) {
      if (text !== null && isBlank(text)) blank++
      else if (text !== null) batch.push(text)
      // null: what follows may take a while, so what is there is answered.
      if (batch.length === BATCH || (text === null && batch.length > 0)) {
        yield batch
        batch = []
      }
    }
    if (batch.length > 0) yield batch
  }
  return { batches: batched(each.texts), found: each.found, blank: () => blank }
}

/** Texts one after another, blank ones too, so that their places tell their rows; null: what follows may take a while. */
export interface EachText {
  readonly texts: AsyncIterable<ModelText | null>
  readonly found: string | null
  /** The column of a table that is read; null: the lines are. */
  readonly column: string | null
}

/** As `openTexts`, one by one. */
export async function openEachText(
  path: string | null,
  asked: TextColumns,
  trained: TextColumns,
  paired: boolean,
): Promise<EachText> {
  if (asked.pair !== null && !paired)
    throw new UserError(t`--text-pair ${asked.pair}: this model reads one text; leave it out`, 'usage')
  if (path !== null && isTable(path)) {
    const table = await openTable(path)
    const pair = paired ? pairColumn(table, asked.pair, trained.pair) : null
    const { name, found } = textColumn(table, asked.text, trained.text, pair)
    return { texts: cells(table, name, pair), found: sentences([...table.said, found]), column: name }
  }
  for (const [option, column] of [
    ['--text', asked.text],
    ['--text-pair', asked.pair],
  ] as const)
    if (column !== null)
      throw new UserError(t`${option} ${column}: only a table has columns; leave it out`, 'usage')
  const encoding = path === null ? null : await findEncoding(path)
  const pieces = path === null ? standardInput() : readText(path, undefined, encoding?.encoding)
  return {
    texts: paired ? pairs(lines(pieces), path, trained) : lines(pieces),
    found: sentences([path === null || encoding === null ? null : encodingSentence(path, encoding)]),
    column: null,
  }
}

export const isBlank = (text: ModelText): boolean =>
  typeof text === 'string' ? text.trim() === '' : text.some((one) => one.trim() === '')

async function* cells(table: Table, column: string, pair: string | null): AsyncGenerator<ModelText> {
  const at = table.columns.indexOf(column)
  const second = pair === null ? -1 : table.columns.indexOf(pair)
  for await (const { cells } of table.rows())
    yield second < 0 ? (cells[at] ?? '') : [cells[at] ?? '', cells[second] ?? '']
}

/** Pairs as JSON, an object a line: by the names of the columns trained on, or `text` and `text_pair`. */
async function* pairs(
  lines: AsyncIterable<string | null>,
  path: string | null,
  trained: TextColumns,
): AsyncGenerator<ModelText | null> {
  let number = 0
  for await (const line of lines) {
    if (line === null) {
      yield null
      continue
    }
    number++
    if (line.trim() === '') yield line
    else
      yield pairFrom(
        line,
        path === null ? t`standard input line ${number}` : t`${path} line ${number}`,
        trained,
      )
  }
}

function pairFrom(line: string, where: string, { text, pair }: TextColumns): ModelText {
  const object = parseObject(line)
  const first = object?.[text ?? 'text'] ?? object?.text
  const second = object?.[pair ?? 'text_pair'] ?? object?.text_pair
  if (typeof first === 'string' && typeof second === 'string') return [first, second]
  throw new UserError(
    t`${where}: this model reads two texts; write them as {${JSON.stringify(text ?? 'text')}: "...", ${JSON.stringify(pair ?? 'text_pair')}: "..."}`,
  )
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

function named({ columns, path }: Table, option: string, asked: string): string {
  if (columns.includes(asked)) return asked
  const near = nearest(asked, columns)
  throw new UserError(
    near === null
      ? t`${option} ${asked}: ${path} has no such column; it has ${quoted(columns)}`
      : t`${option} ${asked}: ${path} has no such column; did you mean "${near}"? it has ${quoted(columns)}`,
    'usage',
  )
}

function pairColumn(table: Table, asked: string | null, trained: string | null): string {
  if (asked !== null) return named(table, '--text-pair', asked)
  for (const name of [trained, 'text_pair']) if (name !== null && table.columns.includes(name)) return name
  throw new UserError(
    t`${table.path}: which column holds the second text? Say it with --text-pair; it has ${quoted(table.columns)}`,
  )
}

function textColumn(
  table: Table,
  asked: string | null,
  trained: string | null,
  taken: string | null,
): { name: string; found: string | null } {
  const { path } = table
  if (asked !== null) return { name: named(table, '--text', asked), found: null }
  const columns = table.columns.filter((name) => name !== taken)
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
      t`${path}: which column holds the texts? Say it with --text; it has ${quoted(columns)}`,
    )
  return { name: best.name, found: t`Text from column "${best.name}" (by its name).` }
}

const quoted = (names: readonly string[]): string => listed(names.map((name) => `"${name}"`))
