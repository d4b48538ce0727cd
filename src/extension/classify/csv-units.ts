import { extname } from 'node:path'
import { rankOf, TEXT_NAMES } from '../../data/column-names.ts'
import { type CsvRecord, createCsvParser, type Dialect } from '../../data/csv.ts'
import { findHeader } from '../../data/header.ts'
import { endsInCarriageReturn, sampleRecords, sniffDelimiter } from '../../data/sniff.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import type { Unit } from './units.ts'

const SAMPLE = 1 << 16

/** The column's name and its cells that are not blank, in a text with a delimiter. A column that is not there is a UserError. */
export function cellsOf(
  path: string,
  text: string,
  wanted: string | null,
): { readonly column: string; readonly units: readonly Unit[] } {
  const sample = text.slice(0, SAMPLE)
  const complete = sample.length === text.length
  const usual = /^\.(tsv|tab)$/i.test(extname(path)) ? '\t' : ','
  const dialect: Dialect = {
    delimiter: sniffDelimiter(sample, complete, usual),
    carriageReturn: endsInCarriageReturn(sample),
  }
  const head = sampleRecords(sample, complete, dialect).records.map(({ cells }) => cells)
  const { header, columns } = findHeader(path, head)
  const index = wanted === null ? textColumn(columns, header ? head.slice(1) : head) : columns.indexOf(wanted)
  const column = columns[index]
  if (column === undefined)
    throw new UserError(
      wanted === null
        ? t`${path}: no column of texts was found`
        : t`${path}: no column "${wanted}"; there are ${columns.join(', ')}`,
    )

  const parser = createCsvParser(dialect)
  const records: CsvRecord[] = [...parser.push(text), ...parser.end().records].filter(({ blank }) => !blank)
  const lines = lineStarts(text)
  const units: Unit[] = []
  for (const record of header ? records.slice(1) : records) {
    const cell = record.cells[index]
    if (cell === undefined || cell.trim() === '') continue
    const { start, end } = cellSpan(text, lines[record.line - 1] ?? 0, dialect, index)
    units.push({ start, end, text: cell })
  }
  return { column, units }
}

/** By its name, else the one with the longest cells; -1: there is none. */
function textColumn(columns: readonly string[], rows: readonly (readonly string[])[]): number {
  const known = columns
    .map((name, i) => ({ i, rank: rankOf(name, TEXT_NAMES) }))
    .filter(({ rank }) => rank >= 0)
    .sort((a, b) => a.rank - b.rank)[0]
  if (known !== undefined) return known.i
  const lengths = columns.map((_, i) => rows.reduce((sum, cells) => sum + (cells[i]?.length ?? 0), 0))
  return lengths.indexOf(Math.max(...lengths))
}

/** Where lines begin, as editor and parser count them: behind LF, CRLF and a lone CR. */
function lineStarts(text: string): number[] {
  const starts = [0]
  for (const { index, 0: found } of text.matchAll(/\r\n|\n|\r/g)) starts.push(index + found.length)
  return starts
}

/**
 * Where the cell of a record stands, without the white space around it.
 *
 * @param from where the record begins
 */
export function cellSpan(
  text: string,
  from: number,
  { delimiter, carriageReturn }: Dialect,
  index: number,
): { start: number; end: number } {
  let start = from
  let at = from
  for (let cell = 0; ; cell++) {
    start = at
    if (text[at] === '"') at = afterQuotes(text, at)
    while (at < text.length && text[at] !== delimiter && !endsRecord(text, at, carriageReturn)) at++
    if (cell === index || text[at] !== delimiter) break
    at++
  }
  const raw = text.slice(start, at)
  return { start: start + raw.length - raw.trimStart().length, end: start + raw.trimEnd().length }
}

function afterQuotes(text: string, open: number): number {
  let at = open + 1
  for (;;) {
    const close = text.indexOf('"', at)
    if (close < 0) return text.length
    if (text[close + 1] !== '"') return close + 1
    at = close + 2
  }
}

const endsRecord = (text: string, at: number, carriageReturn: boolean): boolean =>
  text[at] === '\n' ||
  (text[at] === '\r' && (carriageReturn || text[at + 1] === '\n' || at + 1 === text.length))
