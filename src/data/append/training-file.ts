import { closeSync, existsSync, mkdirSync, openSync, statSync, writeFileSync } from 'node:fs'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import type { Appended } from '../../shared/labelling.ts'
import { findEncoding } from '../decode.ts'
import { encodeText } from '../encode-text.ts'
import { type Encoding, encodingName } from '../encoding.ts'
import { openTable } from '../table.ts'
import { delimitedRecord } from '../write-table.ts'
import { findRecordFormat, type LabelledColumns, type RecordFormat, recordText } from './record-format.ts'
import { appendBytes, journalOf, mendTail, readAt, takeBack } from './tail.ts'

/** A file of labelled texts that grows by one row at a time. */
export interface TrainingFile {
  readonly path: string
  /** The labels of its rows with the number of each, as it was looked at last. */
  readonly labels: ReadonlyMap<string, number>
  /** Adds a row, in the file's own way of writing. Nothing else of the file changes, and a part of a row never stays. */
  append(text: string, label: string): Promise<Appended>
  /** Takes the last row away again, where the file ends in it as it was written. */
  takeBack(appended: Appended): void
}

/** What was found when a file was read from beginning to end. */
interface Looked {
  readonly format: RecordFormat
  readonly labels: Map<string, number>
  readonly size: number
}

/** A new file of labelled texts without a row. */
export const createTrainingFile = (path: string, { text, label }: LabelledColumns): void =>
  writeFileSync(path, delimitedRecord([text, label], ','), { flag: 'wx' })

/**
 * Opens a file to add rows to it. It is read whole: a file that is damaged, or ends in a part of a row, is
 * refused, as what is added would be lost in it.
 *
 * @param journals the folder where a row stands while it is written
 */
export async function openTrainingFile(
  path: string,
  columns: LabelledColumns,
  journals: string,
): Promise<TrainingFile> {
  mkdirSync(journals, { recursive: true })
  const journal = journalOf(journals, path)
  mendTail(path, journal)
  let looked = await look(path, columns)
  return {
    path,
    get labels() {
      return looked.labels
    },
    async append(text, label) {
      for (;;) {
        const bytes = bytesOf(path, looked, text, label)
        const appended = appendBytes(path, looked.size, bytes, journal)
        if (appended !== 'changed') {
          await checkEncoding(path, looked.format.encoding, appended)
          looked.labels.set(label, (looked.labels.get(label) ?? 0) + 1)
          looked = { ...looked, size: appended.start + appended.bytes }
          return appended
        }
        // Somebody else wrote into it since.
        looked = await look(path, columns)
      }
    },
    takeBack(appended) {
      takeBack(path, appended)
      looked = { ...looked, size: appended.start }
    },
  }
}

function bytesOf(path: string, { format, size }: Looked, text: string, label: string): Buffer {
  // In JSON it is written as an escape.
  if (format.kind === 'delimited' && /\0/.test(text + label))
    throw new UserError(t`${path}: a zero character can't be written in this file; leave this text out`)
  const record = `${endsInLineBreak(path, size, format) ? '' : format.lineEnd}${recordText(format, text, label)}`
  const bytes = encodeText(record, format.encoding)
  if (bytes === null) throw lacking(path, format.encoding)
  return bytes
}

/** An encoding that is told by the letters alone must be told the same with the new ones. */
async function checkEncoding(path: string, encoding: Encoding, appended: Appended): Promise<void> {
  if (encoding !== 'gb18030' && encoding !== 'windows-1252') return
  if ((await findEncoding(path)).encoding === encoding) return
  takeBack(path, appended)
  throw lacking(path, encoding)
}

const lacking = (path: string, encoding: Encoding): UserError =>
  new UserError(
    t`${path}: the text has characters that do not go with ${encodingName(encoding)}; save the file as UTF-8, or leave this text out`,
  )

async function look(path: string, columns: LabelledColumns): Promise<Looked> {
  if (!existsSync(path)) throw new UserError(t`${path}: the file is gone; choose another`)
  const { size } = statSync(path)
  const table = await openTable(path)
  for (const column of [columns.text, columns.label])
    if (!table.columns.includes(column))
      throw new UserError(t`${path}: there is no column "${column}"; choose another file`)
  const format = await findRecordFormat(table, columns)
  const at = table.columns.indexOf(columns.label)
  const labels = new Map<string, number>()
  let last = { row: 0, width: table.columns.length }
  for await (const { row, width, cells } of table.rows()) {
    last = { row, width }
    const label = (cells[at] ?? '').trim()
    if (label !== '') labels.set(label, (labels.get(label) ?? 0) + 1)
  }
  const isCut = !endsInLineBreak(path, size, format) && last.width < table.columns.length
  if (isCut && format.kind === 'delimited')
    throw new UserError(
      t`${path} row ${last.row}: the last row is cut off (${last.width} of ${table.columns.length} cells); complete it or take it out, then go on`,
    )
  return { format, labels, size }
}

/** Also of an empty file. */
function endsInLineBreak(path: string, size: number, { encoding }: RecordFormat): boolean {
  const width = encoding === 'utf-16le' || encoding === 'utf-16be' ? 2 : 1
  if (size < width) return true
  const fd = openSync(path, 'r')
  try {
    const last = readAt(fd, size - width, width)
    // Shorter by now: what is written next finds out.
    if (last.length < width) return true
    const unit = width === 1 ? last[0] : encoding === 'utf-16le' ? last.readUInt16LE() : last.readUInt16BE()
    return unit === 0x0a || unit === 0x0d
  } finally {
    closeSync(fd)
  }
}
