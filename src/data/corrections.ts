import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import * as v from 'valibot'
import { rowCount } from '../shared/counts.ts'
import { UserError } from '../shared/error.ts'
import { t } from '../shared/l10n.ts'
import { isSystemError } from './atomic-write.ts'
import { sha256 } from './sha256.ts'
import type { Row, Table } from './table.ts'

/*
 * Labels mended in a file that can't be changed byte by byte (Parquet, Excel) stand in `<file>.corrections.jsonl`
 * beside it: a line that names the data by its hash, then a line for each decision, of which the last for a row counts.
 */

const Head = v.object({ schema: v.literal(1), data: v.object({ sha256: v.string(), bytes: v.number() }) })

export const Correction = v.union([
  v.object({ row: v.number(), column: v.string(), label: v.string() }),
  v.object({ row: v.number(), deleted: v.literal(true) }),
])
export type Correction = v.InferOutput<typeof Correction>

export const correctionsPath = (path: string): string => `${path}.corrections.jsonl`

/** SHA-256 of the corrections beside a file; null: there are none. */
export const correctionsHash = async (path: string): Promise<string | null> =>
  existsSync(correctionsPath(path)) ? sha256(correctionsPath(path)) : null

/** The first line of a file of corrections. */
export const correctionsHead = async (path: string): Promise<string> =>
  jsonLine({ schema: 1, data: { sha256: await sha256(path), bytes: (await stat(path)).size } })

export const jsonLine = (value: object): string => `${JSON.stringify(value)}\n`

/**
 * The table with what was decided about its rows: another label, or no cell at all of a row that was deleted, so that
 * rows keep their numbers. A table without corrections is given back as it is.
 *
 * @throws UserError where the corrections are of other data, or are damaged
 */
export async function withCorrections(table: Table): Promise<Table> {
  const corrections = await readCorrections(table)
  if (corrections.size === 0) return table
  async function* rows(): AsyncGenerator<Row> {
    for await (const row of table.rows()) {
      const made = corrections.get(row.row)
      yield made === undefined ? row : { ...row, cells: corrected(row.cells, made) }
    }
  }
  const corrected = (cells: readonly string[], made: Correction): readonly string[] =>
    'deleted' in made
      ? cells.map(() => '')
      : cells.map((cell, i) => (table.columns[i] === made.column ? made.label : cell))
  return {
    ...table,
    said: [
      ...table.said,
      t`${table.path}: ${rowCount(corrections.size)} changed as ${correctionsPath(table.path)} says.`,
    ],
    rows,
  }
}

async function readCorrections(table: Table): Promise<ReadonlyMap<number, Correction>> {
  const path = correctionsPath(table.path)
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isSystemError(error) && error.code === 'ENOENT') return ''
    throw error
  })
  const found = new Map<number, Correction>()
  const [first, ...lines] = text.split('\n').filter((line) => line.trim() !== '')
  if (first === undefined) return found
  const head = v.safeParse(v.pipe(v.string(), v.parseJson(), Head), first)
  if (!head.success) throw damaged(path, 1)
  const { bytes, sha256: hash } = head.output.data
  if (bytes !== (await stat(table.path)).size || hash !== (await sha256(table.path)))
    throw new UserError(
      t`${path} was made for another version of ${table.path}: bring that version back, or remove the corrections`,
    )
  for (const [i, line] of lines.entries()) {
    const correction = v.safeParse(v.pipe(v.string(), v.parseJson(), Correction), line)
    if (!correction.success) throw damaged(path, i + 2)
    if ('column' in correction.output && !table.columns.includes(correction.output.column))
      throw damaged(path, i + 2)
    found.set(correction.output.row, correction.output)
  }
  return found
}

const damaged = (path: string, line: number): UserError =>
  new UserError(t`${path} line ${line}: no correction of this file; mend the line or remove it`)
