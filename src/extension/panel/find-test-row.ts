import { statSync } from 'node:fs'
import { basename } from 'node:path'
import { openTable } from '../../data/table.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { EDITOR_BYTES } from '../data/editor-bytes.ts'

/** A row that a run was tested on. */
export interface TestRow {
  /** Absolute path of its file. */
  readonly path: string
  /** From 1. */
  readonly row: number
  /** The column of texts, and what stood there when the run read it. */
  readonly column: string
  readonly text: string
}

export interface FoundRow {
  /** Where the row begins; null: VS Code can't open the file as text. */
  readonly line: number | null
  /** What a person should know before they rely on it; null: the row is the one that was tested. */
  readonly warning: string | null
}

/**
 * Finds a test row in its file, which may be another by now.
 *
 * @throws UserError where file or row are not there any more
 */
export async function findTestRow({ path, row, column, text }: TestRow): Promise<FoundRow> {
  const name = basename(path)
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) throw new UserError(t`${path}: the file is not there any more`)
  // Too large to look through for a click.
  if (stats.size > EDITOR_BYTES) return { line: null, warning: null }
  const table = await openTable(path)
  const at = table.columns.indexOf(column)
  for await (const { row: number, line, cells } of table.rows()) {
    if (number !== row) continue
    const isSame = at >= 0 && cells[at] === text
    return {
      line: table.format.encoding === null ? null : line,
      warning: isSame ? null : t`${name} was changed since the run: row ${row} has another text now.`,
    }
  }
  throw new UserError(t`${name} has no row ${row} any more: it was changed since the run`)
}
