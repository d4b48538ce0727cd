import type { NearFound } from '../../shared/profile.ts'
import { copied } from '../copied.ts'
import type { Example } from '../examples.ts'
import { textOf } from '../model-text.ts'
import { findNear } from './duplicates.ts'
import { nearConflicts, nearGroups } from './groups.ts'

const SHOWN = 5
const SHOWN_ROWS = 10
/** Characters that are kept to be compared, of all texts together. */
const MOST_CHARACTERS = 2 ** 27

/** Looks for near duplicates among the rows of a file, as far as memory goes. */
export interface NearLook {
  add(example: Example): void
  /** What was found, when all rows were added. */
  find(): Generator<undefined, NearFound>
}

/** @param mostRows that are compared: the first ones */
export function createNearLook(mostRows = 2 ** 20): NearLook {
  const examples: Example[] = []
  let characters = 0
  let isFull = false
  return {
    add(example) {
      characters += example.text.length + (example.pair?.length ?? 0)
      isFull ||= examples.length === mostRows || characters > MOST_CHARACTERS
      if (isFull) return
      const { text, pair } = example
      const kept = { ...example, text: copied(text) }
      examples.push(pair === undefined ? kept : { ...kept, pair: copied(pair) })
    },
    *find() {
      const near = yield* findNear(examples.map(textOf))
      const groups = nearGroups(near, examples)
      const conflicts = nearConflicts(near, examples, groups)
      const rowAt = (place: number): number => examples[place]?.row ?? 0
      const labelled = (place: number) => ({ row: rowAt(place), label: examples[place]?.label ?? '' })
      return {
        rows: groups.reduce((sum, rows) => sum + rows.length, 0),
        groups: groups.length,
        examples: groups.slice(0, SHOWN).map((rows) => rows.slice(0, SHOWN_ROWS).map(rowAt)),
        conflicts: {
          rows: conflicts.length,
          examples: conflicts
            .filter(({ row, other }) => row < other)
            .slice(0, SHOWN)
            .map(({ row, other }) => [labelled(row), labelled(other)]),
        },
        compared: examples.length,
      }
    },
  }
}
