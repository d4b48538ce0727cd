import { t } from './l10n.ts'

/** `1 row`, `12 rows`; `written`, where the number is to be written otherwise than its digits. */
export const rowCount = (count: number, written: string | number = count): string =>
  count === 1 ? t`${written} row` : t`${written} rows`

/** Parts of a sentence with commas between them, or what a language has for them. */
export const listed = (parts: readonly string[]): string => parts.join(t`, `)
