import type { Example } from '../examples.ts'
import { textKey } from '../model-text.ts'
import type { NearDuplicates } from './duplicates.ts'

/** Rows of different texts that are near duplicates, directly or through others, by their places. */
export function nearGroups(near: NearDuplicates, examples: readonly Example[]): number[][] {
  const rowsOf = new Map<number, number[]>()
  for (const row of examples.keys()) {
    const group = near.groupOf[row] ?? -1
    const rows = rowsOf.get(group)
    if (rows) rows.push(row)
    else rowsOf.set(group, [row])
  }
  const text = (row: number): string => {
    const example = examples[row]
    return example ? textKey(example) : ''
  }
  return [...rowsOf.values()].filter(([first = -1, ...others]) =>
    others.some((row) => text(row) !== text(first)),
  )
}

/** A near duplicate that carries another label. */
export interface Conflict {
  readonly row: number
  readonly other: number
}

/** Texts of a group that are compared for conflicts. */
const MOST_COMPARED = 100

/** Of each text of a group that stands nearly equal, or equal but for case, width and blanks, under another label, one row with such a one. */
export function nearConflicts(
  near: NearDuplicates,
  examples: readonly Example[],
  groups: readonly (readonly number[])[],
): Conflict[] {
  const conflicts: Conflict[] = []
  for (const group of groups) {
    const seen = new Set<string>()
    const rows = group.filter((row) => {
      const example = examples[row]
      const key = example ? `${example.label}\n${textKey(example)}` : ''
      if (seen.has(key)) return false
      seen.add(key)
      return true
    })
    const compared = rows.slice(0, MOST_COMPARED)
    if (new Set(compared.map((row) => examples[row]?.label)).size < 2) continue
    for (const row of compared) {
      const other = compared.find((one) => differ(examples[row], examples[one]) && isNearRow(near, row, one))
      if (other !== undefined) conflicts.push({ row, other })
    }
  }
  return conflicts
}

const differ = (one: Example | undefined, other: Example | undefined): boolean =>
  one !== undefined && other !== undefined && one.label !== other.label && textKey(one) !== textKey(other)

const isNearRow = (near: NearDuplicates, row: number, other: number): boolean =>
  near.isNear(near.textOf[row] ?? -1, near.textOf[other] ?? -1)
