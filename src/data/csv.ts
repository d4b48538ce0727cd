/** A record of a delimited file. */
export interface CsvRecord {
  /** 1-based line of the file on which the record begins. */
  readonly line: number
  readonly cells: string[]
  /** Only white space, unquoted. */
  readonly blank: boolean
  /** Text followed a closing quote (`"a" b`): how the record was meant is in doubt. */
  readonly stray: boolean
}

export interface CsvParser {
  /** The records that end in this piece of text. */
  push(text: string): CsvRecord[]
  /** The last record, where no line break ends it; the line of a quoted cell that nothing closed. */
  end(): { readonly records: CsvRecord[]; readonly unclosed: number | null }
  /** The cell that is not complete yet: where it begins, whether a quote opened it, its characters so far. */
  open(): { readonly line: number; readonly quoted: boolean; readonly length: number }
}

/** How a delimited file is written. */
export interface Dialect {
  /** null: one column. */
  readonly delimiter: string | null
  /** A lone carriage return ends a record too (files of old Macintosh programs). */
  readonly carriageReturn: boolean
}

const QUOTE = 0x22
const LF = 0x0a
const CR = 0x0d

/**
 * A parser of RFC 4180 that takes its text in pieces of any size.
 *
 * As widely done beyond the RFC: records may end in LF or CRLF, mixed; a quote inside an unquoted cell is
 * text; text after a closing quote is appended, and said (`stray`). CRLF, LF and a lone CR each count as one
 * line, as in an editor.
 */
export function createCsvParser({ delimiter, carriageReturn }: Dialect): CsvParser {
  const separator = delimiter?.charCodeAt(0)
  let state: 'start' | 'plain' | 'quoted' | 'closed' = 'start'
  // A quote or carriage return at the end of a piece means something only with the character that follows it.
  let held = ''
  let line = 1
  let recordLine = 1
  let cellLine = 1
  let cells: string[] = []
  let cell = ''
  let quoted = false
  let stray = false

  const endCell = () => {
    cells.push(cell)
    cell = ''
    cellLine = line
    state = 'start'
  }
  const endRecord = (records: CsvRecord[]) => {
    const blank = !quoted && cells.length === 0 && cell.trim() === ''
    line++
    endCell()
    records.push({ line: recordLine, cells, blank, stray })
    cells = []
    quoted = false
    stray = false
    recordLine = line
  }

  /** Reads `text` up to `limit`, looking at the character behind it where there is one. Returns how far it came. */
  const read = (text: string, limit: number, records: CsvRecord[]): number => {
    let i = 0
    while (i < limit) {
      if (state === 'quoted') {
        const found = text.indexOf('"', i)
        const stop = found < 0 || found > limit ? limit : found
        for (let j = i; j < stop; j++) {
          const code = text.charCodeAt(j)
          if (code === LF || (code === CR && text.charCodeAt(j + 1) !== LF)) line++
        }
        cell += text.slice(i, stop)
        i = stop
        if (i === limit) break
        if (text.charCodeAt(i + 1) === QUOTE) {
          cell += '"'
          i += 2
        } else {
          state = 'closed'
          i++
        }
        continue
      }
      if (state === 'start' && text.charCodeAt(i) === QUOTE) {
        state = 'quoted'
        quoted = true
        i++
        continue
      }
      let stop = i
      let code = 0
      while (stop < limit) {
        code = text.charCodeAt(stop)
        if (code === separator || code === LF || code === CR) break
        stop++
      }
      if (stop > i) {
        if (state === 'closed') stray = true
        state = 'plain'
        cell += text.slice(i, stop)
        i = stop
        if (i === limit) break
      }
      if (code === separator) {
        endCell()
        i++
      } else if (code === LF) {
        endRecord(records)
        i++
      } else {
        const behind = text.charCodeAt(i + 1)
        if (behind === LF || carriageReturn || Number.isNaN(behind)) {
          endRecord(records)
          i += behind === LF ? 2 : 1
        } else {
          if (state === 'closed') stray = true
          state = 'plain'
          cell += '\r'
          line++
          i++
        }
      }
    }
    return i
  }

  return {
    push(piece) {
      const text = held + piece
      const last = text.charCodeAt(text.length - 1)
      const records: CsvRecord[] = []
      const reached = read(text, last === QUOTE || last === CR ? text.length - 1 : text.length, records)
      held = text.slice(reached)
      return records
    },
    end() {
      const records: CsvRecord[] = []
      read(held, held.length, records)
      held = ''
      const unclosed = state === 'quoted' ? cellLine : null
      if (cells.length > 0 || cell !== '' || quoted) endRecord(records)
      return { records, unclosed }
    },
    open: () => ({ line: cellLine, quoted: state === 'quoted', length: cell.length }),
  }
}
