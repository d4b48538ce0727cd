import { type FileHandle, open, realpath } from 'node:fs/promises'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { sha256 } from '../sha256.ts'
import type { Table } from '../table.ts'
import { correctionEdits } from './correction-edits.ts'
import { type Entry, entryOf, readJournal, spliceOf, writeJournal } from './journal.ts'
import { removeLeftovers } from './leftovers.ts'
import { type LocatedRow, locateRows } from './locate.ts'
import { checkReadAlike } from './read-alike.ts'
import { type RowChange, rowSplice } from './row-splice.ts'
import { changedMeanwhile, inverse, type Splice, spliceFile } from './splice-file.ts'

/** An edit that was taken back. */
export type Undone = Pick<Entry, 'row' | 'from' | 'to'>

/**
 * Changes of a data file, one at a time, each in the file when its promise resolves. Rows are named by their number
 * in the file as it is now.
 */
export interface FileEdits {
  /** Whether the rows behind a deleted one move up by one. */
  readonly renumbers: boolean
  /** The cells of the rows that were asked for, as they were when the file was opened. */
  readonly cells: ReadonlyMap<number, readonly string[]>
  /** By hash: the same as long as nothing but these edits changes what the rows say. */
  readonly version: string
  change(row: number, change: RowChange): Promise<void>
  /** Takes back the newest edit, also one of an earlier session; null: there is none. */
  undo(): Promise<Undone | null>
}

/**
 * Opens a file to mend labels of some rows: a text file by its own bytes, any other by corrections beside it.
 *
 * @param column of the label, as `table.columns` has it
 */
export async function openEdits(table: Table, column: string, rows: ReadonlySet<number>): Promise<FileEdits> {
  return table.format.encoding === null
    ? correctionEdits(table, column, rows)
    : textEdits(table, column, rows)
}

async function textEdits(table: Table, column: string, rows: ReadonlySet<number>): Promise<FileEdits> {
  const path = await realpath(table.path)
  removeLeftovers(path)
  let hash = await sha256(path)
  const located = await locateRows(table, rows)
  const labelAt = table.columns.indexOf(column)
  let places = located
  /** Where the rows were before each edit of this session, the newest last. */
  const before: ReadonlyMap<number, LocatedRow>[] = []

  const apply = async (splice: Splice, ready: (after: string) => void): Promise<void> => {
    hash = await spliceFile(path, splice, hash, async (temporary, after) => {
      await checkReadAlike(table, temporary)
      ready(after)
    })
  }
  return {
    renumbers: true,
    cells: new Map([...located].map(([row, { cells }]) => [row, cells])),
    get version() {
      return hash
    },
    async change(row, change) {
      const place = places.get(row)
      if (place === undefined) throw new UserError(t`${path} has no row ${row}: check its labels again`)
      const splice = await withFile(path, (file) => rowSplice(file, table, row, place, column, change)).catch(
        async (error: unknown) => {
          // Where the file is another by now, anything may stand in the row's place.
          throw (await sha256(path).catch(() => null)) === hash ? error : changedMeanwhile(path)
        },
      )
      const entries = readJournal(path, hash)
      await apply(splice, (after) => {
        const to = 'label' in change ? change.label : null
        const what = { row, from: (place.cells[labelAt] ?? '').trim(), to, before: hash, after }
        writeJournal(path, [...entries, entryOf(what, splice)])
      })
      before.push(places)
      places = moved(places, splice, row, change, labelAt)
    },
    async undo() {
      const entries = readJournal(path, hash)
      const last = entries.at(-1)
      if (last === undefined) return null
      const splice = inverse(spliceOf(last))
      await apply(splice, (after) => {
        if (after !== last.before) throw new Error(`${path}: the edit of row ${last.row} can't be taken back`)
      })
      writeJournal(path, entries.slice(0, -1))
      const known = before.pop()
      // An edit of an earlier session: where its row stands was never known here.
      places = known ?? (await locateRows(table, new Set(rowsAfterUndo([...places.keys()], last))))
      return { row: last.row, from: last.from, to: last.to }
    },
  }
}

/** Where the rows stand after a splice at one of them. */
function moved(
  places: ReadonlyMap<number, LocatedRow>,
  { offset, removed, inserted }: Splice,
  row: number,
  change: RowChange,
  labelAt: number,
): ReadonlyMap<number, LocatedRow> {
  const by = inserted.length - removed.length
  const next = new Map<number, LocatedRow>()
  for (const [number, { bytes, cells }] of places) {
    if (number === row) {
      if ('deleted' in change) continue
      const { label } = change
      const end = bytes.end + by
      next.set(row, { bytes: { start: bytes.start, end }, cells: cells.with(labelAt, label) })
      continue
    }
    // Of a place that ends where the splice begins nothing moves.
    const shift = bytes.start >= offset + removed.length ? by : 0
    const now = 'deleted' in change && number > row ? number - 1 : number
    next.set(now, { bytes: { start: bytes.start + shift, end: bytes.end + shift }, cells })
  }
  return next
}

const rowsAfterUndo = (rows: readonly number[], { row, to }: Entry): readonly number[] =>
  to === null ? [row, ...rows.map((one) => (one >= row ? one + 1 : one))] : rows

async function withFile<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path)
  try {
    return await use(file)
  } finally {
    await file.close()
  }
}
