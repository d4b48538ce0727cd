import type { Example } from '../examples.ts'
import type { NearDuplicates } from './duplicates.ts'
import { nearGroups } from './groups.ts'

/** A larger group than this many rows, and this share of all, can't stand on one side: shares would be far off. */
const LARGE_ROWS = 10
const LARGE_SHARE = 0.1

export interface KeptTogether {
  /** The same rows, those marked that are to stay on one side (`Example.alike`). */
  readonly examples: readonly Example[]
  /** Rows that are marked. */
  readonly together: number
  /** Rows of groups that are too large for it: files made from templates have them. */
  readonly tooMany: number
}

/**
 * Marks near duplicates to stay together when rows are divided. Where there are none nothing is marked, and the rows
 * are divided as ever.
 *
 * @param near of these rows first of all, and perhaps of others behind them
 */
export function keepTogether(near: NearDuplicates, examples: readonly Example[]): KeptTogether {
  const most = Math.max(LARGE_ROWS, LARGE_SHARE * examples.length)
  const alike = new Map<number, number>()
  let tooMany = 0
  for (const rows of nearGroups(near, examples)) {
    if (rows.length > most) tooMany += rows.length
    else for (const row of rows) alike.set(row, near.groupOf[row] ?? -1)
  }
  if (alike.size === 0) return { examples, together: 0, tooMany }
  return {
    examples: examples.map((example, row) => {
      const group = alike.get(row)
      return group === undefined ? example : { ...example, alike: group }
    }),
    together: alike.size,
    tooMany,
  }
}
