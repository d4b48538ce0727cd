import { t } from '../../src/shared/l10n.ts'
import type { Profile } from '../../src/shared/profile.ts'

export const fileName = (path: string): string => path.split(/[\\/]/).at(-1) ?? path

export const kindName = (kind: Profile['format']['kind']): string =>
  ({ csv: 'CSV', tsv: 'TSV', jsonl: 'JSONL', json: 'JSON', xlsx: 'Excel', parquet: 'Parquet' })[kind]

/** A size as a file manager says it. */
export function bytesOf(bytes: number): string {
  if (bytes < 1000) return t`${bytes} bytes`
  const units = ['KB', 'MB', 'GB', 'TB']
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** power
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ${units[power - 1]}`
}
