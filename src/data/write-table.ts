import { extname } from 'node:path'
import { UserError } from '../shared/error.ts'
import { t } from '../shared/l10n.ts'
import type { TableFormat } from './table.ts'

/** How a table is written: a delimited text, or an object a line. */
export type OutputFormat =
  | {
      readonly kind: 'delimited'
      readonly delimiter: string
      readonly header: boolean
      readonly bom: boolean
    }
  | { readonly kind: 'jsonl' }

/** By the extension of the new file, else as the file that was read. A file without a header gets none. */
export const outputFormat = (path: string, read: TableFormat): OutputFormat => {
  const delimited = (delimiter: string): OutputFormat => ({
    kind: 'delimited',
    delimiter,
    header: read.header || (read.kind !== 'csv' && read.kind !== 'tsv'),
    // Spreadsheets tell UTF-8 by it; what was in another encoding is written in UTF-8.
    bom: read.bom,
  })
  const extension = extname(path).toLowerCase()
  if (extension === '.csv') return delimited(read.kind === 'csv' ? (read.delimiter ?? ',') : ',')
  if (extension === '.tsv' || extension === '.tab') return delimited('\t')
  if (extension === '.jsonl' || extension === '.ndjson') return { kind: 'jsonl' }
  if (extension === '' || extension === '.txt') {
    if (read.kind === 'csv' || read.kind === 'tsv') return delimited(read.delimiter ?? ',')
    if (read.kind === 'jsonl') return { kind: 'jsonl' }
  }
  throw new UserError(
    t`${path}: only CSV, TSV and JSONL can be written; name a file that ends in .csv, .tsv or .jsonl`,
    'usage',
  )
}

/** A record of RFC 4180 with its line break; cells that would be read otherwise are quoted. */
export const delimitedRecord = (cells: readonly string[], delimiter: string): string => {
  const written = cells.map((cell) =>
    cell.includes(delimiter) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell,
  )
  // A record of one blank cell would be a blank line, which is no record.
  const line = written.join(delimiter)
  return `${line.trim() === '' && cells.length === 1 ? `"${cells[0] ?? ''}"` : line}\n`
}
