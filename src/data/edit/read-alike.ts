import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { openTable, type Table } from '../table.ts'

/**
 * Refuses a changed file that would be read in another way than the table was: encoding, delimiter and header are
 * found by content, and in a small file a single cell may tip the scale.
 */
export async function checkReadAlike(table: Table, changed: string): Promise<void> {
  const now = await openTable(changed).catch((error: unknown) => {
    if (error instanceof UserError) return null
    throw error
  })
  const { kind, encoding, delimiter, header } = table.format
  const isAlike =
    now !== null &&
    now.format.kind === kind &&
    now.format.encoding === encoding &&
    now.format.delimiter === delimiter &&
    now.format.header === header &&
    now.dialect?.carriageReturn === table.dialect?.carriageReturn &&
    // The keys of JSON are those that occur; a deleted row may have been the only one with some.
    (kind === 'json' || kind === 'jsonl' || now.columns.join('\n') === table.columns.join('\n'))
  if (!isAlike)
    throw new UserError(
      t`${table.path}: with this change the file would no longer be read as the same table; change it by hand`,
    )
}
