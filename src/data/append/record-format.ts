import { extname } from 'node:path'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { readText } from '../decode.ts'
import type { Encoding } from '../encoding.ts'
import { parseObject } from '../jsonl.ts'
import { endsInCarriageReturn } from '../sniff.ts'
import { partOf } from '../split-column.ts'
import type { Table } from '../table.ts'
import { type LineEnd, writtenCells } from './written-cells.ts'

/** The columns of a training file that a labelled text goes into. */
export interface LabelledColumns {
  readonly text: string
  readonly label: string
  /** The column that says which part a row belongs to; a new row is one to train on. */
  readonly split?: string | null
}

/** How a file writes a record: a new one is written alike. */
export type RecordFormat = Common &
  (
    | {
        readonly kind: 'delimited'
        readonly delimiter: string
        /** A cell for each column: what stands in it where it is neither text nor label, and whether in quotes. */
        readonly cells: readonly { readonly fill: string; readonly quoted: boolean }[]
        readonly text: number
        readonly label: number
      }
    | {
        readonly kind: 'jsonl'
        /** The keys of text, label and part, in the file's order, with what the part is. */
        readonly keys: readonly { readonly key: string; readonly is: JsonPart }[]
        /** `{"a": 1, "b": 2}` as Python writes it, rather than `{"a":1,"b":2}`. */
        readonly spaced: boolean
        /** Letters beyond ASCII as \uXXXX. */
        readonly escaped: boolean
        /** Labels are numbers or truth values, without quotes. */
        readonly bare: boolean
      }
  )

type JsonPart = 'text' | 'label' | { readonly fill: string }

interface Common {
  readonly encoding: Encoding
  readonly lineEnd: LineEnd
}

const SAMPLE_CHARS = 64 * 1024

/**
 * How the records of a table's file are written, from its beginning.
 *
 * @throws UserError where records can't be added behind the last one, with what to do instead
 */
export async function findRecordFormat(table: Table, columns: LabelledColumns): Promise<RecordFormat> {
  const { path, format } = table
  const { encoding } = format
  if (encoding === null || format.kind === 'json') throw notAppendable(table)
  const sample = await beginning(path, encoding)
  const split = columns.split ?? null
  const fill = split === null ? '' : await trainingPart(table, split)
  if (format.kind === 'jsonl') {
    const first = /\S.*/.exec(sample)?.[0] ?? ''
    const object = parseObject(first)
    const is = (key: string): JsonPart | null =>
      key === columns.text ? 'text' : key === columns.label ? 'label' : key === split ? { fill } : null
    const keys = table.columns.flatMap((key) => {
      const part = is(key)
      return part === null ? [] : [{ key, is: part }]
    })
    return {
      kind: 'jsonl',
      encoding,
      lineEnd: sample.includes('\r\n') ? '\r\n' : '\n',
      keys,
      spaced: object !== null && first.trim() !== JSON.stringify(object),
      // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what is asked.
      escaped: /\\u(?!00[0-7])[0-9a-f]{4}/i.test(sample) && !/[^\x00-\x7f]/.test(sample),
      bare: ['number', 'boolean'].includes(typeof object?.[columns.label]),
    }
  }
  const { delimiter, header } = format
  if (delimiter === null)
    throw new UserError(
      t`${path}: it has one column, and no place for a label; choose another file, or a new one`,
    )
  const written = writtenCells(sample, { delimiter, carriageReturn: endsInCarriageReturn(sample) }, header)
  return {
    kind: 'delimited',
    encoding,
    lineEnd: written.lineEnd ?? '\n',
    delimiter,
    cells: table.columns.map((column, i) => ({
      fill: column === split ? fill : '',
      quoted: written.quoted[i] === true,
    })),
    text: table.columns.indexOf(columns.text),
    label: table.columns.indexOf(columns.label),
  }
}

/** The text of a record with its line end. */
export function recordText(format: RecordFormat, text: string, label: string): string {
  if (format.kind === 'jsonl') {
    const [colon, comma] = format.spaced ? [': ', ', '] : [':', ',']
    const parts = format.keys.map(({ key, is }) => {
      const value = is === 'text' ? text : is === 'label' ? label : is.fill
      const isBare = is === 'label' && format.bare && /^(true|false|-?\d{1,15}(\.\d{1,9})?)$/.test(label)
      return `${JSON.stringify(key)}${colon}${isBare ? label : JSON.stringify(value)}`
    })
    const line = `{${parts.join(comma)}}${format.lineEnd}`
    return format.escaped ? line.replace(/[^\0-\x7f]/g, escaped) : line
  }
  const { delimiter } = format
  const cells = format.cells.map(({ fill, quoted }, i) => {
    const cell = i === format.text ? text : i === format.label ? label : fill
    return quoted || cell.includes(delimiter) || /["\r\n]/.test(cell)
      ? `"${cell.replaceAll('"', '""')}"`
      : cell
  })
  return `${cells.join(delimiter)}${format.lineEnd}`
}

const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`

async function beginning(path: string, encoding: Encoding): Promise<string> {
  let sample = ''
  for await (const piece of readText(path, undefined, encoding)) {
    sample += piece
    if (sample.length >= SAMPLE_CHARS) break
  }
  return sample.startsWith('\ufeff') ? sample.slice(1) : sample
}

/** The word by which the file calls the rows to train on. */
async function trainingPart(table: Table, split: string): Promise<string> {
  const at = table.columns.indexOf(split)
  for await (const { cells } of table.rows()) if (partOf(cells[at] ?? '') === 'train') return cells[at] ?? ''
  return 'train'
}

function notAppendable({ path, format }: Table): UserError {
  const name = extname(path)
  return format.kind === 'json'
    ? new UserError(
        t`${path}: a JSON array has no place for another row at its end; save it as JSON lines, or choose a new file`,
      )
    : new UserError(
        t`${path}: rows can't be added to a file of kind ${name}; save it as CSV, or choose a new file and train on both`,
      )
}
