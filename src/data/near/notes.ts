import { joined, listed, rowCount } from '../../shared/counts.ts'
import { t } from '../../shared/l10n.ts'
import type { Example } from '../examples.ts'
import type { LeakGuard, PartLeaks } from './guard.ts'

const SHOWN = 3

/** What was done about near duplicates, a sentence each. */
export const guardNotes = ({ together }: LeakGuard, left: number): readonly string[] => [
  ...(together > 0
    ? [t`${rowCount(together)} nearly equal to others stay together with them in one part of the split.`]
    : []),
  ...(left > 0
    ? [t`${rowCount(left)} left out of training, which validation or test have too, or nearly.`]
    : []),
]

/** What a person should know of near duplicates among the rows to divide. */
export const guardWarnings = ({ tooMany, conflicts }: LeakGuard, path: string): readonly string[] => [
  ...(tooMany > 0
    ? [
        t`${path}: ${rowCount(tooMany)} are in groups of nearly equal texts that are too large to stand on one side; they are divided as they come.`,
      ]
    : []),
  ...(conflicts.length > 0
    ? [
        t`${path}: ${rowCount(conflicts.length)} nearly equal to one with another label (${pairs(conflicts)}): decide which is right.`,
      ]
    : []),
]

/** As `rows 3 (spam) and 7 (ham), 5 (spam) and 9 (ham)`: each pair once. */
const pairs = (conflicts: LeakGuard['conflicts']): string => {
  const said = new Set<string>()
  const named = ({ row, label }: Example): string => `${row} (${label.slice(0, 20)})`
  for (const { row, other } of conflicts) {
    const [first, second] = row.row <= other.row ? [row, other] : [other, row]
    said.add(joined([named(first), named(second)]))
    if (said.size > SHOWN) break
  }
  const shown = listed([...said].slice(0, SHOWN))
  return said.size > SHOWN ? t`rows ${shown}, ...` : t`rows ${shown}`
}

/** Of validation rows that are trained on too. */
export const validLeakWarnings = (path: string, { exact, near }: PartLeaks): readonly string[] => [
  ...(exact.size > 0
    ? [t`${path}: ${rowCount(exact.size)} with a text that is trained on too; the scores may flatter.`]
    : []),
  ...(near.size > 0
    ? [
        t`${path}: ${rowCount(near.size)} to validate on, nearly equal to one that is trained on; the scores may flatter.`,
      ]
    : []),
]

/** Of test rows that training or validation have too. */
export const testLeakWarnings = (path: string, { exact, near }: PartLeaks): readonly string[] => [
  ...(exact.size > 0
    ? [
        t`${path}: ${rowCount(exact.size)} for the test with a text that training or validation has too; the scores may flatter.`,
      ]
    : []),
  ...(near.size > 0
    ? [
        t`${path}: ${rowCount(near.size)} for the test nearly equal to one of training or validation; the scores may flatter.`,
      ]
    : []),
]

/** Rows of a named file whose group is trained on. */
export const groupLeakWarnings = (
  path: string,
  train: readonly Example[],
  held: readonly Example[],
): readonly string[] => {
  const groups = new Set(train.flatMap(({ group }) => group ?? []))
  const rows = held.filter(({ group }) => group !== undefined && groups.has(group)).length
  return rows > 0
    ? [t`${path}: ${rowCount(rows)} of a group that is trained on too; the scores may flatter.`]
    : []
}

/** How such rows are kept out of training. */
export const dropHint = (): string =>
  t`Rows that training has too, or nearly, can be left out of training: set near_duplicates to drop.`
export const togetherHint = (): string =>
  t`Nearly equal rows can be kept in one part of the split: set near_duplicates to together.`
