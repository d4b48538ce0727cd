import type { Dialect } from '../csv.ts'

/** How the beginning of a delimited file is written, where its meaning leaves a choice. */
export interface WrittenCells {
  /** For each column whether all its cells stand in quotes, the header's where there are no others. */
  readonly quoted: readonly boolean[]
  /** That of the first record; null: the sample ends before. */
  readonly lineEnd: LineEnd | null
}

export type LineEnd = '\n' | '\r\n' | '\r'

/** @param header whether the first record names the columns */
export function writtenCells(
  sample: string,
  { delimiter, carriageReturn }: Dialect,
  header: boolean,
): WrittenCells {
  const columns: { cells: number; quoted: number }[] = []
  let names: boolean[] = []
  let lineEnd: LineEnd | null = null
  let record: boolean[] = []
  let records = 0
  const endRecord = (isBlank: boolean): void => {
    if (!isBlank) {
      if (header && records === 0) names = record
      else
        for (const [i, quoted] of record.entries()) {
          const column = columns[i] ?? { cells: 0, quoted: 0 }
          columns[i] = { cells: column.cells + 1, quoted: column.quoted + (quoted ? 1 : 0) }
        }
      records++
    }
    record = []
  }
  for (let at = 0; at < sample.length; ) {
    const begin = at
    const quoted = sample[at] === '"'
    if (quoted) at = afterQuoted(sample, at)
    while (at < sample.length && sample[at] !== delimiter && !endsRecord(sample, at, carriageReturn)) at++
    // A cell that the sample cuts off says nothing.
    if (at >= sample.length && columns.length + names.length > 0) break
    record.push(quoted)
    if (sample[at] === delimiter) {
      at++
      continue
    }
    endRecord(record.length === 1 && !quoted && sample.slice(begin, at).trim() === '')
    if (at < sample.length) {
      const end = sample.startsWith('\r\n', at) ? '\r\n' : sample[at] === '\r' ? '\r' : '\n'
      lineEnd ??= end
      at += end.length
    }
  }
  const width = Math.max(names.length, columns.length)
  return {
    quoted: Array.from({ length: width }, (_, i) => {
      const column = columns[i]
      return column ? column.quoted === column.cells : names[i] === true
    }),
    lineEnd,
  }
}

const endsRecord = (sample: string, at: number, carriageReturn: boolean): boolean =>
  sample[at] === '\n' || (sample[at] === '\r' && (carriageReturn || sample[at + 1] === '\n'))

/** Behind the closing quote. */
function afterQuoted(sample: string, begin: number): number {
  for (let at = begin + 1; ; at += 2) {
    at = sample.indexOf('"', at)
    if (at < 0) return sample.length
    if (sample[at + 1] !== '"') return at + 1
  }
}
