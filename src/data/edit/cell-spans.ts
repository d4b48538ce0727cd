import type { Dialect } from '../csv.ts'

/** Where a cell stands in a text, its quotes with it. */
export interface CellSpan {
  readonly from: number
  readonly to: number
  readonly quoted: boolean
}

export interface RecordSpan {
  readonly cells: readonly CellSpan[]
  /** Behind the line break that ends the record. */
  readonly to: number
}

/**
 * Where the cells of the record stand that begins at a place of a text, by the rules of `createCsvParser`. The text
 * must hold the whole record, and behind it the beginning of the next one or nothing.
 */
export function recordSpan(text: string, from: number, { delimiter, carriageReturn }: Dialect): RecordSpan {
  const cells: CellSpan[] = []
  let at = from
  for (;;) {
    const begin = at
    const quoted = text[at] === '"'
    if (quoted) at = behindQuote(text, at + 1)
    for (; ; at++) {
      const char = text[at]
      const lineBreak = char === '\n' ? 1 : char === '\r' ? returnLength(text, at, carriageReturn) : 0
      if (char !== undefined && char !== delimiter && lineBreak === 0) continue
      cells.push({ from: begin, to: at, quoted })
      if (char === undefined || lineBreak > 0) return { cells, to: at + lineBreak }
      break
    }
    at++
  }
}

/** Behind the quote that closes a cell. */
function behindQuote(text: string, from: number): number {
  for (let at = from; ; at += 2) {
    at = text.indexOf('"', at)
    if (at < 0) return text.length
    if (text[at + 1] !== '"') return at + 1
  }
}

/** Characters of the line break that a carriage return begins; 0: it is text. */
function returnLength(text: string, at: number, carriageReturn: boolean): number {
  const behind = text[at + 1]
  if (behind === '\n') return 2
  return carriageReturn || behind === undefined ? 1 : 0
}

/** A label as it is written in place of another cell: quoted where it must be, or where that one was. */
export const writtenCell = (label: string, delimiter: string | null, quoted: boolean): string =>
  quoted || /["\r\n]/.test(label) || (delimiter !== null && label.includes(delimiter))
    ? `"${label.replaceAll('"', '""')}"`
    : label
