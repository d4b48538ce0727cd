import type { Profile, RowCount } from '../shared/profile.ts'
import type { Example, Examples, Rows } from './examples.ts'
import { labelOrder } from './labels.ts'
import { createRandom } from './random.ts'

export interface ProfileOptions {
  /** Tokens of a text, as the model counts them; without it lengths are in characters (code points). */
  readonly countTokens?: (text: string) => number
  readonly seed?: number
  /** Texts whose length is measured, at most. */
  readonly sample?: number
}

const SHOWN = 5
const SHOWN_ROWS = 10

/** What the rows of a file hold, for showing before and without training. */
export function profile(data: Examples, options: ProfileOptions = {}): Profile {
  const { examples } = data
  return {
    path: data.path,
    format: { ...data.format },
    text: data.columns.text,
    label: data.columns.label,
    rows: data.rows,
    usable: examples.length,
    labels: labelCounts(examples),
    lengths: lengths(examples, options),
    empty_texts: plain(data.emptyTexts),
    missing_labels: plain(data.missingLabels),
    short_rows: plain(data.shortRows),
    long_rows: plain(data.longRows),
    stray_quotes: plain(data.strayQuotes),
    ...repeats(examples),
  }
}

const plain = ({ count, rows }: Rows): RowCount => ({ count, rows: [...rows] })

function labelCounts(examples: readonly Example[]): Profile['labels'] {
  const counts = new Map<string, number>()
  for (const { label } of examples) counts.set(label, (counts.get(label) ?? 0) + 1)
  // Labels of equal count stay in `labelOrder`: the sort is stable.
  return labelOrder(counts.keys())
    .map((label) => ({ label, rows: counts.get(label) ?? 0 }))
    .sort((a, b) => b.rows - a.rows)
}

function lengths(examples: readonly Example[], options: ProfileOptions): Profile['lengths'] {
  const { countTokens, seed = 42, sample = 10_000 } = options
  const texts =
    examples.length <= sample ? examples : drawn(examples, sample, createRandom(seed, 'profile').below)
  const count = countTokens ?? codePoints
  const sorted = Float64Array.from(texts, ({ text }) => count(text)).sort()
  // Nearest rank: the smallest length that the share of texts does not exceed.
  const quantile = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
  return {
    unit: countTokens ? 'tokens' : 'characters',
    sampled: sorted.length,
    min: quantile(0),
    median: quantile(0.5),
    p95: quantile(0.95),
    max: quantile(1),
  }
}

/** `count` of the items, each as likely as the others (Floyd's algorithm). */
function drawn<T>(items: readonly T[], count: number, below: (n: number) => number): T[] {
  const chosen = new Set<number>()
  for (let last = items.length - count; last < items.length; last++) {
    const at = below(last + 1)
    chosen.add(chosen.has(at) ? last : at)
  }
  return [...chosen].flatMap((at) => items[at] ?? [])
}

function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

/** Rows of equal text, with equal and with different labels. */
function repeats(examples: readonly Example[]): Pick<Profile, 'duplicates' | 'conflicts'> {
  const firstOf = new Map<string, Example>()
  const groups = new Map<string, Example[]>()
  for (const example of examples) {
    const first = firstOf.get(example.text)
    if (first === undefined) {
      firstOf.set(example.text, example)
      continue
    }
    const group = groups.get(example.text)
    if (group) group.push(example)
    else groups.set(example.text, [first, example])
  }

  const duplicates: Profile['duplicates'] = { rows: 0, texts: 0, examples: [] }
  const conflicts: Profile['conflicts'] = { rows: 0, texts: 0, examples: [] }
  for (const group of groups.values()) {
    const byLabel = new Map<string, number[]>()
    for (const { label, row } of group) {
      const rows = byLabel.get(label)
      if (rows) rows.push(row)
      else byLabel.set(label, [row])
    }
    const repeated = [...byLabel.values()].filter((rows) => rows.length > 1)
    if (repeated.length > 0) {
      duplicates.texts++
      for (const rows of repeated) {
        duplicates.rows += rows.length - 1
        if (duplicates.examples.length < SHOWN) duplicates.examples.push(rows.slice(0, SHOWN_ROWS))
      }
    }
    if (byLabel.size > 1) {
      conflicts.texts++
      conflicts.rows += group.length
      if (conflicts.examples.length < SHOWN) {
        // One row of each label first, so that the difference shows however many rows there are.
        conflicts.examples.push(
          [...byLabel].slice(0, SHOWN_ROWS).map(([label, rows]) => ({ row: rows[0] ?? 0, label })),
        )
      }
    }
  }
  return { duplicates, conflicts }
}
