import { type CsvRecord, createCsvParser, type Dialect } from './csv.ts'

const DELIMITERS = [',', '\t', ';', '|'] as const
const SAMPLED_RECORDS = 1000

/** Whether the first line break outside quotes is a lone carriage return. */
export function endsInCarriageReturn(sample: string): boolean {
  let quoted = false
  for (let i = 0; i < sample.length; i++) {
    const char = sample[i]
    if (char === '"') quoted = !quoted
    else if (!quoted && char === '\n') return false
    else if (!quoted && char === '\r') return sample[i + 1] !== '\n'
  }
  return false
}

/**
 * The records at the beginning of a file, blank ones left out. `complete`: the sample is the whole file. `unclosed`: a
 * quoted cell is open at the end of the whole file.
 */
export function sampleRecords(sample: string, complete: boolean, dialect: Dialect) {
  const parser = createCsvParser(dialect)
  const records: CsvRecord[] = parser.push(sample)
  const last = parser.end()
  if (complete || records.length === 0) records.push(...last.records)
  return {
    records: records.filter((record) => !record.blank).slice(0, SAMPLED_RECORDS),
    unclosed: complete && last.unclosed !== null,
  }
}

/**
 * The delimiter under which the records of the sample agree best on their number of cells. The first record, which
 * is mostly the header, has half as much weight as all others together; of equals the one usual for the file's
 * extension wins, then the order of `DELIMITERS`.
 */
export function sniffDelimiter(sample: string, complete: boolean, usual: string): string | null {
  const carriageReturn = endsInCarriageReturn(sample)
  let best: { delimiter: string; score: number } | null = null
  const order = [usual, ...DELIMITERS.filter((delimiter) => delimiter !== usual)]
  for (const delimiter of order) {
    const { records, unclosed } = sampleRecords(sample, complete, { delimiter, carriageReturn })
    const first = records[0]?.cells.length ?? 0
    const counts = new Map<number, number>()
    for (const { cells } of records) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1)
    const usualWidth = [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 0
    const width = usualWidth > 1 ? usualWidth : first
    // A header of one name over prose that happens to hold commas is one column.
    if (first < 2 || width < 2) continue
    // Most records without the delimiter: only a first record of plain names is proof of it.
    if (usualWidth < 2 && !records[0]?.cells.every((cell) => /^\S{1,32}$/.test(cell))) continue
    const share = (counts.get(width) ?? 0) / records.length
    const strays = records.filter((record) => record.stray).length / records.length
    const score = share + (first === width ? 0.5 : 0) - strays - (unclosed ? 1 : 0)
    if (best === null || score > best.score + 1e-9) best = { delimiter, score }
  }
  return best?.delimiter ?? null
}

const NUMBER = /^[-+]?(\d+([.,]\d*)?|[.,]\d+)([eE][-+]?\d+)?%?$/
const DATE = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}.*)?$/

/**
 * Whether the first record names the columns. It does unless it looks like data, and it looks like data when
 *
 * - a cell of it is a number, a date or a web address, and the cells are not just 0, 1, 2 ... as pandas writes
 *   for unnamed columns; or
 * - a cell of it occurs again in its own column (a label does, a name hardly ever);
 *
 * but a record with a cell that `isName` knows as a column's name is a header in any case.
 */
export function sniffHeader(
  records: readonly (readonly string[])[],
  isName: (cell: string) => boolean,
): boolean {
  const first = records[0]?.map((cell) => cell.trim()) ?? []
  if (first.some(isName)) return true
  const named = first.filter((cell) => cell !== '')
  if (named.length > 0 && named.every((cell, i) => cell === String(i))) return true
  for (const [column, cell] of first.entries()) {
    if (cell === '') continue
    if (NUMBER.test(cell) || DATE.test(cell) || /^https?:\/\//.test(cell)) return false
    if (records.some((record, i) => i > 0 && record[column]?.trim() === cell)) return false
  }
  return true
}
