import { listed } from '../shared/counts.ts'
import { t } from '../shared/l10n.ts'
import { isKnownName } from './column-names.ts'
import { sniffHeader } from './sniff.ts'

export interface Header {
  /** Whether the first record names the columns. */
  readonly header: boolean
  /** Distinct, none empty. */
  readonly columns: readonly string[]
  /** What a person should know of the names, a sentence each. */
  readonly said: readonly string[]
}

/** The columns of a table from its first records: named by the first of them, or numbered where it is data. */
export function findHeader(path: string, records: readonly (readonly string[])[]): Header {
  const header = sniffHeader(records, isKnownName)
  const names = header ? (records[0] ?? []) : new Array<string>(usualWidth(records)).fill('')
  const columns = columnNames(names)
  if (!header) {
    return {
      header,
      columns,
      said: [
        columns.length > 1
          ? t`${path} has no header, as its first row looks like data: its columns are called "column1" to "column${columns.length}".`
          : t`${path} has no header, as its first row looks like data: its columns are called "column1".`,
      ],
    }
  }
  const renamed = columns.filter((column, i) => names[i]?.trim() !== '' && names[i]?.trim() !== column)
  return {
    header,
    columns,
    said:
      renamed.length > 0
        ? [
            t`${path}: column names occur more than once; the later ones are called ${listed(renamed.map((name) => `"${name}"`))}.`,
          ]
        : [],
  }
}

function usualWidth(records: readonly (readonly string[])[]): number {
  const counts = new Map<number, number>()
  for (const cells of records) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 1
}

/** An unnamed column is `column3`, a second `text` is `text_2`. */
export function columnNames(names: readonly string[]): string[] {
  const taken = new Set<string>()
  return names.map((name, i) => {
    const base = name.trim() === '' ? `column${i + 1}` : name.trim()
    let distinct = base
    for (let n = 2; taken.has(distinct); n++) distinct = `${base}_${n}`
    taken.add(distinct)
    return distinct
  })
}
