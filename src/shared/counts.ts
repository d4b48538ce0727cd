import { t } from './l10n.ts'

/** `1 row`, `12 rows`. */
export const rowCount = (count: number): string => (count === 1 ? t`${count} row` : t`${count} rows`)

/** `row 3`, `rows 3, 5`, `rows 3, 5, ...`: the first rows of so many. */
export function rowsNamed(count: number, first: readonly number[]): string {
  const rows = listed(first.map(String))
  if (count > first.length) return t`rows ${rows}, ...`
  return count === 1 ? t`row ${rows}` : t`rows ${rows}`
}

/** Parts of a sentence with commas between them, or what a language has for them. */
export const listed = (parts: readonly string[]): string => parts.join(t`, `)

/** As `listed`, with `and` between all. */
export const joined = (parts: readonly string[]): string =>
  parts.length === 0 ? '' : parts.reduce((all, part) => t`${all} and ${part}`)
