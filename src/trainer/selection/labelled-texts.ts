import { existsSync } from 'node:fs'
import { chooseColumns } from '../../data/columns.ts'
import type { ModelText } from '../../data/model-text.ts'
import { openTable } from '../../data/table.ts'
import type { RunRecord } from '../../shared/run.ts'
import { createSeenTexts } from './pool.ts'

export interface LabelledColumns {
  readonly text: string | null
  readonly pair: string | null
  readonly label: string | null
}

export interface LabelledTexts {
  has(text: ModelText): boolean
  /** Files of the run that are gone: their texts are not known. */
  readonly gone: readonly string[]
}

/**
 * The texts that have a label already: in the files of a run as they are now, and in one more.
 *
 * @param columns those of that file, where it has them; else they are found
 */
export async function labelledTexts(
  record: RunRecord | null,
  more: string | null,
  columns: LabelledColumns,
): Promise<LabelledTexts> {
  const seen = createSeenTexts()
  const gone: string[] = []
  for (const path of record === null ? [] : filesOf(record)) {
    if (existsSync(path)) await read(path, columns, seen.isNew)
    else gone.push(path)
  }
  if (more !== null) await read(more, columns, seen.isNew)
  return { has: seen.has, gone }
}

const filesOf = ({ data }: RunRecord): readonly string[] =>
  [data.train, ...data.more, data.valid, data.test].flatMap((file) => (file === null ? [] : [file.path]))

async function read(
  path: string,
  wanted: LabelledColumns,
  take: (text: ModelText) => unknown,
): Promise<void> {
  const table = await openTable(path)
  const at = (name: string | null | undefined): number =>
    name === null || name === undefined ? -1 : table.columns.indexOf(name)
  const isThere = at(wanted.text) >= 0 && at(wanted.label) >= 0
  const columns = isThere
    ? wanted
    : await chooseColumns(table, { text: null, label: null, pair: wanted.pair })
  const [text, pair, label] = [at(columns.text), at(columns.pair), at(columns.label)]
  for await (const { cells } of table.rows()) {
    // A row that waits for its label is one that may be chosen.
    if ((cells[label] ?? '').trim() === '') continue
    const first = cells[text] ?? ''
    take(pair < 0 ? first : [first, cells[pair] ?? ''])
  }
}
