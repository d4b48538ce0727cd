import { statSync } from 'node:fs'
import { basename } from 'node:path'
import { openTable } from '../../data/table.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { openLine } from './open-line.ts'

/** VS Code opens no larger file as text for an extension. */
const EDITOR_BYTES = 50 * 2 ** 20

/** Opens a row of a data file that no panel shows, in the text editor at its line. */
export async function openRowOfFile(path: string, row: number): Promise<void> {
  const name = basename(path)
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) throw new UserError(t`${path}: the file is not there any more`)
  const table = await openTable(path)
  if (table.format.encoding === null || stats.size > EDITOR_BYTES)
    throw new UserError(
      t`${name}: row ${row} cannot be shown, as VS Code opens this file as no text; run Finesse: Fine-tune on This File to see its rows`,
    )
  for await (const { row: number, line } of table.rows()) if (number === row) return openLine(path, line)
  throw new UserError(t`${name} has no row ${row} any more: it was changed since the run`)
}
