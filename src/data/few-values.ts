import type { Example } from './examples.ts'
import { openTable } from './table.ts'

/** A column of more values than these is no grouping of rows. */
const MOST_VALUES = 20
const LONGEST_VALUE = 60

/** Of a row what stands in the columns that hold few values, by their names. */
export type FewValues = Readonly<Record<string, string>>

/**
 * Reads, of some rows, the columns that hold from 2 to 20 short values in these rows; an empty cell has none. Where a
 * file has another text in one of the rows by now, none.
 *
 * @param files by the number of a row's file, from 1
 * @param columns that of the texts, and others that are left out as well
 */
export const readFewValues = async (
  files: readonly string[],
  columns: { readonly text: string; readonly others: readonly (string | null)[] },
  rows: readonly Example[],
): Promise<readonly FewValues[]> => {
  const values: Record<string, string>[] = rows.map(() => ({}))
  const counted = new Map<string, Set<string>>()
  for (const [index, path] of files.entries()) {
    const wanted = new Map(
      rows.flatMap((example, i) => ((example.file ?? 1) === index + 1 ? [[example.row, i] as const] : [])),
    )
    if (wanted.size === 0) continue
    const table = await openTable(path)
    const textAt = table.columns.indexOf(columns.text)
    const read = table.columns.flatMap((name, at) => {
      if (name === columns.text || columns.others.includes(name)) return []
      const seen = counted.get(name) ?? new Set<string>()
      counted.set(name, seen)
      return [{ name, at, seen }]
    })
    if (read.length === 0) continue
    for await (const { row, cells } of table.rows()) {
      const at = wanted.get(row)
      const own = at === undefined ? undefined : values[at]
      if (at === undefined || own === undefined) continue
      if (cells[textAt] !== rows[at]?.text) return rows.map(() => ({}))
      for (const column of read) {
        const value = (cells[column.at] ?? '').trim()
        if (value === '' || column.seen.size > MOST_VALUES) continue
        column.seen.add(value)
        own[column.name] = value
      }
    }
  }
  const few = [...counted].filter(
    ([, seen]) =>
      seen.size >= 2 && seen.size <= MOST_VALUES && [...seen].every((value) => value.length <= LONGEST_VALUE),
  )
  return values.map((own) =>
    Object.fromEntries(
      few.flatMap(([name]) => (own[name] === undefined ? [] : [[name, own[name]] as const])),
    ),
  )
}
