import type { Example } from './examples.ts'
import { labelOrder } from './labels.ts'
import { textKey } from './model-text.ts'
import { createRandom } from './random.ts'
import { PARTS, type Part } from './split-column.ts'
import { splitGroups } from './split-groups.ts'

export type Shares = readonly [train: number, valid: number, test: number]

export interface Split {
  /** Each in the order of the file. */
  readonly train: Example[]
  readonly valid: Example[]
  readonly test: Example[]
}

/**
 * How FILE is divided, from which other files are named. A part that has a file of its own gets nothing of FILE:
 * with `--test` alone 90/10 into training and validation, with `--valid` alone 85/15 into training and test, with
 * both all is training, with neither 70/15/15.
 */
export function sharesFor(named: { readonly valid: boolean; readonly test: boolean }): Shares {
  if (named.valid && named.test) return [1, 0, 0]
  if (named.test) return [0.9, 0.1, 0]
  if (named.valid) return [0.85, 0, 0.15]
  return [0.7, 0.15, 0.15]
}

/** Which parts the rows of FILE are divided into, by chance. */
export const partsOf = (shares: Shares): readonly Part[] => PARTS.filter((_, i) => (shares[i] ?? 0) > 0)

/**
 * Divides examples into training, validation and test, the same for the same seed everywhere.
 *
 * Rows of equal text, and those that are alike (`Example.alike`, which equal texts have in common), are one group and
 * stay together, also where their labels differ (the group then counts for its most frequent label). Label by label, groups go where most rows are still wanted, so that each label has the
 * given shares as nearly as its groups allow; rounding is carried from label to label, so that the whole has them
 * too. A label of one text is trained on; with as many texts as parts it is in every part.
 *
 * Where rows are in groups (`Example.group`) a unit may hold many labels, and `splitGroups` divides them.
 */
export function split(
  examples: readonly Example[],
  { seed, shares }: { readonly seed: number; readonly shares: Shares },
): Split {
  if (examples.some((example) => example.group !== undefined)) return splitGroups(examples, shares, seed)
  const strata = stratify(examples)
  const wantedParts = [0, 1, 2].filter((part) => (shares[part] ?? 0) > 0)
  const parts: Group[][] = [[], [], []]
  // Rows that the labels so far should have given each part, less those they gave.
  const owed = [0, 0, 0]

  for (const label of labelOrder(strata.keys())) {
    const groups = createRandom(seed, `split ${label}`).shuffle(strata.get(label) ?? [])
    // Large groups first: the small ones then even out. The sort is stable, so equals stay shuffled.
    groups.sort((a, b) => b.rows.length - a.rows.length)
    const rows = groups.reduce((sum, group) => sum + group.rows.length, 0)
    const quota = quotas(rows, shares, owed)
    const given = [0, 0, 0]
    for (const [i, group] of groups.entries()) {
      const empty = wantedParts.filter((part) => given[part] === 0)
      // The last groups are kept for the parts that still have none; training comes before the others.
      const open =
        i === 0 && groups.length < wantedParts.length
          ? wantedParts.slice(0, 1)
          : groups.length - i <= empty.length
            ? empty
            : wantedParts
      const missing = (candidate: number) => (quota[candidate] ?? 0) - (given[candidate] ?? 0)
      const most = Math.max(...open.map(missing))
      const part = largest(
        open.filter((candidate) => missing(candidate) === most),
        (candidate) => owed[candidate] ?? 0,
      )
      parts[part]?.push(group)
      given[part] = (given[part] ?? 0) + group.rows.length
    }
    for (const part of wantedParts)
      owed[part] = exact((owed[part] ?? 0) + rows * (shares[part] ?? 0) - (given[part] ?? 0))
  }

  fillEmpty(parts, wantedParts)
  const inOrder = (groups: readonly Group[] = []) =>
    groups
      .flatMap((group) => group.rows)
      .sort((a, b) => a - b)
      .flatMap((i) => examples[i] ?? [])
  return { train: inOrder(parts[0]), valid: inOrder(parts[1]), test: inOrder(parts[2]) }
}

/** Rows of equal text, or that are alike, by their place in the examples. */
interface Group {
  readonly label: string
  readonly rows: number[]
}

function stratify(examples: readonly Example[]): Map<string, Group[]> {
  const byText = new Map<string | number, number[]>()
  for (const [i, example] of examples.entries()) {
    const key = example.alike ?? textKey(example)
    const rows = byText.get(key)
    if (rows) rows.push(i)
    else byText.set(key, [i])
  }
  const strata = new Map<string, Group[]>()
  for (const rows of byText.values()) {
    const label = mostFrequent(rows.flatMap((i) => examples[i]?.label ?? []))
    const group = { label, rows }
    const stratum = strata.get(label)
    if (stratum) stratum.push(group)
    else strata.set(label, [group])
  }
  return strata
}

/** Of equally frequent labels the first in `labelOrder`. */
function mostFrequent(labels: readonly string[]): string {
  if (labels.length === 1) return labels[0] ?? ''
  const counts = new Map<string, number>()
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1)
  const most = Math.max(...counts.values())
  return labelOrder(counts.keys()).find((label) => counts.get(label) === most) ?? ''
}

/** Whole rows of each part that sum to `rows`: shares rounded down, the rest to the parts owed most. */
function quotas(rows: number, shares: Shares, owed: readonly number[]): number[] {
  const ideal = shares.map((share) => exact(rows * share))
  const quota = ideal.map(Math.floor)
  let rest = rows - quota.reduce((sum, count) => sum + count, 0)
  const open = [0, 1, 2].filter((part) => (ideal[part] ?? 0) > (quota[part] ?? 0))
  while (rest > 0 && open.length > 0) {
    const part = largest(open, (i) => (ideal[i] ?? 0) - (quota[i] ?? 0) + (owed[i] ?? 0))
    quota[part] = (quota[part] ?? 0) + 1
    open.splice(open.indexOf(part), 1)
    rest--
  }
  return quota
}

/** Products of shares and counts without the noise of binary fractions (0.7 * 10 is 7). */
const exact = (value: number): number => Math.round(value * 1e9) / 1e9

/** The first of those with the largest value. */
function largest(parts: readonly number[], value: (part: number) => number): number {
  return parts.reduce((best, part) => (value(part) > value(best) ? part : best), parts[0] ?? 0)
}

/** Gives a part that got nothing a group of a part that can spare one; training keeps one of every label. */
function fillEmpty(parts: Group[][], wanted: readonly number[]): void {
  for (const part of wanted) {
    if (parts[part]?.length !== 0) continue
    for (const source of wanted) {
      const from = parts[source] ?? []
      const held = new Map<string, number>()
      for (const { label } of from) held.set(label, (held.get(label) ?? 0) + 1)
      const spare = from.findLastIndex(({ label }) => source !== 0 || (held.get(label) ?? 0) > 1)
      if (from.length < 2 || spare < 0) continue
      parts[part]?.push(...from.splice(spare, 1))
      break
    }
  }
}
