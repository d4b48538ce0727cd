import type { NearDuplicatesOption } from '../../shared/config.ts'
import type { Example } from '../examples.ts'
import { type ModelText, textOf } from '../model-text.ts'
import { findNear } from './duplicates.ts'
import { type Conflict, nearConflicts, nearGroups } from './groups.ts'
import { inTurns } from './in-turns.ts'
import { keepTogether } from './keep-together.ts'
import { leaksOf } from './leaks.ts'

export interface DividedRows {
  readonly train: readonly Example[]
  readonly valid: readonly Example[]
  readonly test: readonly Example[]
}

/** Rows of `part` that others have too. */
export interface PartLeaks {
  readonly exact: ReadonlySet<Example>
  readonly near: ReadonlySet<Example>
}

/** What is known of near duplicates among all rows of a run. */
export interface LeakGuard {
  /** The rows to divide, those marked that are to stay together. */
  readonly examples: readonly Example[]
  /** Rows marked, and rows of groups that are too large to be. */
  readonly together: number
  readonly tooMany: number
  /** Near duplicates with another label. */
  readonly conflicts: readonly { readonly row: Example; readonly other: Example }[]
  /** The rows to learn from, without those that validation or test have too, where that is asked for. */
  stay(parts: DividedRows): Pick<DividedRows, 'train' | 'valid'> & { readonly left: number }
  leaks(known: readonly Example[], held: readonly Example[]): PartLeaks
}

/**
 * Looks for near duplicates among the rows to divide and those of named files.
 *
 * @param read what the model reads of a row
 * @param labels whether rows have labels; else they have numbers, which have no conflicts and none of which is needed
 */
export async function openGuard(
  own: readonly Example[],
  named: { readonly valid: readonly Example[] | null; readonly test: readonly Example[] | null },
  {
    asked,
    read,
    labels,
  }: {
    readonly asked: NearDuplicatesOption
    readonly read: (example: Example) => Example
    readonly labels: boolean
  },
): Promise<LeakGuard> {
  const others = [...(named.valid ?? []), ...(named.test ?? [])]
  const texts: ModelText[] = [...own, ...others].map((example) => textOf(read(example)))
  const near = await inTurns(findNear(texts))
  const { examples, together, tooMany } =
    asked === 'keep' ? { examples: own, together: 0, tooMany: 0 } : keepTogether(near, own)
  const all = [...examples, ...others]
  const placeOf = new Map(all.map((example, place) => [example, place]))
  const places = (rows: readonly Example[]): number[] => rows.flatMap((row) => placeOf.get(row) ?? [])
  const found = (known: readonly Example[], held: readonly Example[]) =>
    leaksOf(near, all, places(known), places(held))
  const rowsAt = (at: readonly number[]): Set<Example> => new Set(at.flatMap((place) => all[place] ?? []))
  /** One row stays in any case, in training one of each label: else what is learnt would be something else. */
  const without = (
    rows: readonly Example[],
    held: readonly Example[],
    ofEach: boolean,
  ): readonly Example[] => {
    const { exact, near: alike } = found(held, rows)
    const left = rowsAt([...exact, ...alike])
    const kept = new Set(rows.filter((row) => !left.has(row)).map(({ label }) => label))
    return rows.filter((row) => {
      if (!left.has(row)) return true
      if (ofEach ? kept.has(row.label) : kept.size > 0) return false
      kept.add(row.label)
      return true
    })
  }
  const conflicts = labels ? nearConflicts(near, examples, nearGroups(near, examples)) : []
  return {
    examples,
    together,
    tooMany,
    conflicts: conflicts.flatMap((conflict) => rowsOf(examples, conflict)),
    stay({ train, valid, test }) {
      if (asked !== 'drop') return { train, valid, left: 0 }
      const validated = named.valid === null ? without(valid, test, false) : valid
      const trained = without(train, [...validated, ...test], labels)
      const left = train.length - trained.length + valid.length - validated.length
      return { train: trained, valid: validated, left }
    },
    leaks(known, held) {
      const { exact, near: alike } = found(known, held)
      return { exact: rowsAt(exact), near: rowsAt(alike) }
    },
  }
}

const rowsOf = (
  examples: readonly Example[],
  conflict: Conflict,
): { readonly row: Example; readonly other: Example }[] => {
  const [row, other] = [examples[conflict.row], examples[conflict.other]]
  return row && other ? [{ row, other }] : []
}
