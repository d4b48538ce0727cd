import { realpath, rm, stat } from 'node:fs/promises'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { isSystemError } from '../atomic-write.ts'
import { type Correction, correctionsHead, correctionsPath, jsonLine } from '../corrections.ts'
import { sha256 } from '../sha256.ts'
import type { Table } from '../table.ts'
import { entryOf, readJournal, spliceOf, writeJournal } from './journal.ts'
import type { FileEdits } from './open-edits.ts'
import { changedMeanwhile, inverse, NO_BYTES, spliceFile } from './splice-file.ts'

/** Changes of a file that has no text to change: lines at the end of the corrections beside it. */
export async function correctionEdits(
  table: Table,
  column: string,
  rows: ReadonlySet<number>,
): Promise<FileEdits> {
  const path = await realpath(table.path)
  const target = correctionsPath(path)
  const data = await sha256(path)
  const cells = new Map<number, readonly string[]>()
  for await (const row of table.rows()) if (rows.has(row.row)) cells.set(row.row, [...row.cells])
  const labelAt = table.columns.indexOf(column)
  const labels = new Map([...cells].map(([row, known]) => [row, (known[labelAt] ?? '').trim()]))
  let { hash, bytes } = await stateOf(target)
  const checkData = async (): Promise<void> => {
    if ((await sha256(path)) !== data) throw changedMeanwhile(path)
  }
  return {
    renumbers: false,
    cells,
    get version() {
      return `${data} ${hash}`
    },
    async change(row, change) {
      const from = labels.get(row)
      if (from === undefined) throw new UserError(t`${path} has no row ${row}: check its labels again`)
      await checkData()
      const correction: Correction =
        'deleted' in change ? { row, deleted: true } : { row, column, label: change.label }
      const head = bytes === 0 ? await correctionsHead(path) : ''
      const inserted = Buffer.from(head + jsonLine(correction))
      const splice = { offset: bytes, removed: Buffer.alloc(0), inserted }
      const entries = readJournal(target, hash)
      const to = 'label' in change ? change.label : null
      hash = await spliceFile(target, splice, hash, (_, after) =>
        writeJournal(target, [...entries, entryOf({ row, from, to, before: hash, after }, splice)]),
      )
      bytes += inserted.length
      labels.set(row, to ?? '')
    },
    async undo() {
      await checkData()
      const entries = readJournal(target, hash)
      const last = entries.at(-1)
      if (last === undefined) return null
      const splice = inverse(spliceOf(last))
      hash = await spliceFile(target, splice, hash, (_, after) => {
        if (after !== last.before)
          throw new Error(`${target}: the edit of row ${last.row} can't be taken back`)
      })
      bytes -= splice.removed.length
      // There was no file of corrections before the first one.
      if (hash === NO_BYTES) await rm(target, { force: true })
      writeJournal(target, entries.slice(0, -1))
      labels.set(last.row, last.from)
      return { row: last.row, from: last.from, to: last.to }
    },
  }
}

async function stateOf(path: string): Promise<{ hash: string; bytes: number }> {
  try {
    return { hash: await sha256(path), bytes: (await stat(path)).size }
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return { hash: NO_BYTES, bytes: 0 }
    throw error
  }
}
