import { UserError } from '../shared/error.ts'
import { t } from '../shared/l10n.ts'
import { createXmlParser } from './xml.ts'
import type { Zip, ZipEntry } from './zip.ts'

/** A row of a worksheet that holds a value. */
export interface SheetRow {
  /** 1-based, as the program shows it. */
  readonly line: number
  /** Up to the last cell with a value. */
  readonly cells: string[]
}

/** What the cells of a worksheet refer to. */
export interface SheetContext {
  readonly strings: readonly string[]
  /** By a cell's style: whether its number is a date. */
  readonly dates: readonly boolean[]
  /** Days are counted from 1904, as in workbooks of old Macintosh programs. */
  readonly from1904: boolean
}

/** Excel's own limits. */
const MOST_ROWS = 1_048_576
const MOST_COLUMNS = 16_384

/** The rows of a worksheet that hold a value, by stream (ECMA-376 part 1, 18.3). */
export async function* sheetRows(zip: Zip, entry: ZipEntry, context: SheetContext): AsyncGenerator<SheetRow> {
  const parser = createSheetParser(zip.path, entry.name, context)
  for await (const chunk of zip.read(entry)) yield* parser.push(chunk)
  parser.end()
}

function createSheetParser(path: string, part: string, context: SheetContext) {
  let rows: SheetRow[] = []
  let line = 0
  let cells: string[] = []
  let column = -1
  let type = 'n'
  let style = 0
  let value = ''
  // Inside <v>, or <t> of an inline string; not its phonetic reading.
  let taking = false
  let phonetic = false

  const damaged = () =>
    new UserError(t`${path} row ${line}: a cell that is no cell; save the workbook anew, or its table as CSV`)

  const parser = createXmlParser(path, part, {
    open(name, attributes) {
      switch (name) {
        case 'row': {
          line = attributes.r === undefined ? line + 1 : Number(attributes.r)
          if (!Number.isInteger(line) || line < 1 || line > MOST_ROWS) throw damaged()
          cells = []
          column = -1
          break
        }
        case 'c':
          column = attributes.r === undefined ? column + 1 : columnOf(attributes.r)
          if (column < 0 || column >= MOST_COLUMNS) throw damaged()
          type = attributes.t ?? 'n'
          style = Number(attributes.s ?? 0)
          value = ''
          break
        case 'v':
          taking = true
          break
        case 't':
          taking = !phonetic
          break
        case 'rPh':
          phonetic = true
      }
    },
    text(text) {
      if (taking) value += text
    },
    close(name) {
      switch (name) {
        case 'v':
        case 't':
          taking = false
          break
        case 'rPh':
          phonetic = false
          break
        case 'c': {
          const text = cellText(type, style, value, context)
          if (text === null) throw damaged()
          if (text === '') break
          while (cells.length < column) cells.push('')
          cells[column] = text
          break
        }
        case 'row':
          if (cells.length > 0) rows.push({ line, cells })
      }
    },
  })
  return {
    push(bytes: Uint8Array): SheetRow[] {
      parser.push(bytes)
      const done = rows
      rows = []
      return done
    },
    end: () => parser.end(),
  }
}

/** 0-based, of a reference such as B12; -1: it is none. */
function columnOf(reference: string): number {
  const letters = /^([A-Z]{1,3})\d+$/i.exec(reference)?.[1]?.toUpperCase()
  if (letters === undefined) return -1
  let column = 0
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64
  return column - 1
}

/** A value as a person sees it, but numbers in full; null: a reference to nothing. */
function cellText(type: string, style: number, value: string, context: SheetContext): string | null {
  switch (type) {
    case 's': {
      if (value === '') return ''
      return context.strings[Number(value)] ?? null
    }
    case 'inlineStr':
    case 'str':
      return unescaped(value)
    case 'b':
      return value === '' ? '' : value === '1' || value === 'true' ? 'TRUE' : 'FALSE'
    // #N/A and its like are no value.
    case 'e':
      return ''
    case 'd':
      return value.replace('T', ' ').replace(/ 00:00:00(\.0+)?Z?$/, '')
    default: {
      const number = Number(value)
      if (value.trim() === '') return ''
      if (!Number.isFinite(number)) return null
      // Written with 17 digits: 0.1 as 0.10000000000000001.
      return context.dates[style] === true ? dateText(number, context.from1904) : String(number)
    }
  }
}

/** `_x000D_` is how characters that XML can't hold are written. */
export const unescaped = (text: string): string =>
  text.includes('_x')
    ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text

/** Days since the end of 1899, their fraction the time of day; to the second. */
export function dateText(days: number, from1904: boolean): string {
  const MS = 86_400_000
  // 1900 counts as a leap year there, so days before 1 March 1900 lie one further on.
  const shift = from1904 ? 1462 : days < 60 ? 1 : 0
  const at = new Date(Date.UTC(1899, 11, 30) + Math.round((days + shift) * 86_400) * 1000)
  if (Number.isNaN(at.getTime())) return String(days)
  const iso = at.toISOString()
  const time = iso.slice(11, 19)
  if (days < 1 && days >= 0 && !from1904) return time
  return at.getTime() % MS === 0 ? iso.slice(0, 10) : `${iso.slice(0, 10)} ${time}`
}
