import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import * as v from 'valibot'
import { atomicWrite, isSystemError } from '../atomic-write.ts'
import { ownFolder } from '../own-folder.ts'
import type { Splice } from './splice-file.ts'

const Base64 = v.pipe(v.string(), v.base64())

/** An edit of a file, with all that takes it back. */
export const Entry = v.object({
  schema: v.literal(1),
  /** Of the data file, 1-based, at the time of the edit. */
  row: v.number(),
  /** The label before, and the one written; null: the row was deleted. */
  from: v.string(),
  to: v.nullable(v.string()),
  offset: v.number(),
  removed: Base64,
  inserted: Base64,
  /** SHA-256 of the file before and after. */
  before: v.string(),
  after: v.string(),
})
export type Entry = v.InferOutput<typeof Entry>

const Line = v.pipe(v.string(), v.parseJson(), Entry)

export const entryOf = (
  what: Pick<Entry, 'row' | 'from' | 'to' | 'before' | 'after'>,
  { offset, removed, inserted }: Splice,
): Entry => ({
  schema: 1,
  ...what,
  offset,
  removed: removed.toString('base64'),
  inserted: inserted.toString('base64'),
})

export const spliceOf = ({ offset, removed, inserted }: Entry): Splice => ({
  offset,
  removed: Buffer.from(removed, 'base64'),
  inserted: Buffer.from(inserted, 'base64'),
})

/** Where the edits of a file are kept: beside it, so that they outlive editor and machine, and move with the folder. */
export const journalPath = (path: string): string =>
  join(dirname(path), '.finesse', 'edits', `${basename(path)}.jsonl`)

/**
 * The edits that made a file what it is now, the oldest first. An entry is written before the file is replaced: one
 * whose file never came, or that was taken back, is left out by its hash, and so are edits of a file that something
 * else has changed since.
 */
export function readJournal(path: string, now: string): readonly Entry[] {
  const entries = readText(journalPath(path))
    .split('\n')
    .flatMap((line) => {
      const entry = v.safeParse(Line, line)
      return entry.success ? [entry.output] : []
    })
  const chain: Entry[] = []
  let hash = now
  for (const entry of entries.toReversed()) {
    if (entry.after !== hash) {
      if (chain.length === 0) continue
      break
    }
    chain.unshift(entry)
    hash = entry.before
  }
  return chain
}

/** Keeps the edits, all of them: a journal is never cut off in the middle. */
export function writeJournal(path: string, entries: readonly Entry[]): void {
  const journal = journalPath(path)
  ownFolder(dirname(dirname(journal)))
  ownFolder(dirname(journal))
  atomicWrite(journal, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''))
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return ''
    throw error
  }
}
