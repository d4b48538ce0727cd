import { type SliceRow, writtenIn } from '../../../shared/slices/rows-of-slice.ts'
import { scriptOf } from '../../../shared/slices/script.ts'
import { lengthOf, wordsOf } from '../../../shared/slices/words.ts'
import type { Slice } from '../../../shared/trust.ts'

/** A slice to be tried: what its rows have in common, and which they are. */
export interface Candidate extends Pick<Slice, 'kind' | 'column' | 'value'> {
  readonly rows: readonly number[]
}

/** Fewer rows say nothing, neither in a slice nor outside of it. */
const LEAST_ROWS = 10
const LENGTH_BINS = 5
/** The most frequent: each word that is tried makes chance more likely to be met somewhere. */
const WORDS_TRIED = 200

/** Every slice of the rows that is worth a test. */
export const candidates = (rows: readonly SliceRow[]): readonly Candidate[] => {
  const isWorth = ({ rows: own }: Candidate): boolean =>
    own.length >= LEAST_ROWS && rows.length - own.length >= LEAST_ROWS
  const ofColumn = (column: string): readonly Candidate[] =>
    grouped(rows, (row) => (row.columns?.[column] === undefined ? [] : [row.columns[column]])).map(
      ([value, own]) => ({ kind: 'column', column, value, rows: own }),
    )
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row.columns ?? {})))]
  const words = frequentWords(rows)
  return [
    ...byLength(rows),
    ...grouped(rows, (row) => [scriptOf(writtenIn(row))]).map(
      ([value, own]): Candidate => ({ kind: 'language', column: null, value, rows: own }),
    ),
    ...grouped(rows, (row) => (row.cut ? ['cut'] : [])).map(
      ([value, own]): Candidate => ({ kind: 'cut', column: null, value, rows: own }),
    ),
    ...columns.flatMap(ofColumn),
    ...grouped(rows, (row) => new Set(wordsOf(writtenIn(row)).filter((word) => words.has(word)))).map(
      ([value, own]): Candidate => ({ kind: 'word', column: null, value, rows: own }),
    ),
  ].filter(isWorth)
}

/** Counted before rows are kept by word: most words are in a row or two. */
const frequentWords = (rows: readonly SliceRow[]): ReadonlySet<string> => {
  const counts = new Map<string, number>()
  for (const row of rows)
    for (const word of new Set(wordsOf(writtenIn(row)))) counts.set(word, (counts.get(word) ?? 0) + 1)
  return new Set(
    [...counts]
      .filter(([, count]) => count >= LEAST_ROWS && count <= rows.length / 2)
      .sort(([a, some], [b, more]) => more - some || (a < b ? -1 : 1))
      .slice(0, WORDS_TRIED)
      .map(([word]) => word),
  )
}

/** Bins of as many rows each as equal lengths allow. */
const byLength = (rows: readonly SliceRow[]): readonly Candidate[] => {
  const lengths = rows.map((row) => lengthOf(writtenIn(row)))
  const sorted = lengths.toSorted((a, b) => a - b)
  const ends = new Set(
    Array.from(
      { length: LENGTH_BINS },
      (_, i) => sorted[Math.ceil(((i + 1) * sorted.length) / LENGTH_BINS) - 1] ?? 0,
    ),
  )
  let from = sorted[0] ?? 0
  return [...ends].map((to) => {
    const own = lengths.flatMap((length, row) => (length >= from && length <= to ? [row] : []))
    const value = from === to ? String(to) : `${from}-${to}`
    from = to + 1
    return { kind: 'length', column: null, value, rows: own }
  })
}

const grouped = (
  rows: readonly SliceRow[],
  valuesOf: (row: SliceRow) => Iterable<string>,
): readonly [string, readonly number[]][] => {
  const groups = new Map<string, number[]>()
  for (const [i, row] of rows.entries())
    for (const value of valuesOf(row)) {
      const group = groups.get(value)
      if (group) group.push(i)
      else groups.set(value, [i])
    }
  return [...groups]
}
