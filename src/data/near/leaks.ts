import type { Example } from '../examples.ts'
import { textKey } from '../model-text.ts'
import type { NearDuplicates } from './duplicates.ts'

/** Rows by their place among all that were compared. */
export interface Leaked {
  /** With a text that stands among the known rows. */
  readonly exact: readonly number[]
  /** With one that is nearly equal to one of them. */
  readonly near: readonly number[]
}

/** Texts of one group that are compared at most: groups are small, but of files made from templates. */
const MOST_COMPARED = 1000

/**
 * Which of the held-out rows training has, or nearly.
 *
 * @param examples all rows that were compared; `known` and `held` are places among them
 */
export function leaksOf(
  near: NearDuplicates,
  examples: readonly Example[],
  known: readonly number[],
  held: readonly number[],
): Leaked {
  const keys = new Set<string>()
  const groups = new Map<number, Set<number>>()
  for (const row of known) {
    const example = examples[row]
    if (example) keys.add(textKey(example))
    const group = near.groupOf[row] ?? -1
    const texts = groups.get(group)
    if (texts) texts.add(near.textOf[row] ?? -1)
    else groups.set(group, new Set([near.textOf[row] ?? -1]))
  }
  const leaked = { exact: [] as number[], near: [] as number[] }
  for (const row of held) {
    const example = examples[row]
    const texts = groups.get(near.groupOf[row] ?? -1)
    if (!example || !texts) continue
    if (keys.has(textKey(example))) leaked.exact.push(row)
    else if (isNearOne(near, near.textOf[row] ?? -1, texts)) leaked.near.push(row)
  }
  return leaked
}

function isNearOne(near: NearDuplicates, text: number, others: ReadonlySet<number>): boolean {
  if (others.has(text)) return true
  let compared = 0
  for (const other of others) {
    if (++compared > MOST_COMPARED) return false
    if (near.isNear(text, other)) return true
  }
  return false
}
