import { UserError } from '../shared/error.ts'
import { t } from '../shared/l10n.ts'
import type { Profile, RowCount } from '../shared/profile.ts'
import { copied } from './copied.ts'
import { labelOrder } from './labels.ts'
import { lengthCut } from './length-cut.ts'
import { joined, textKey, textOf } from './model-text.ts'
import type { NearLook } from './near/look.ts'
import { createRandom } from './random.ts'
import { createRepeats } from './repeats.ts'
import type { Table } from './table.ts'

export interface ProfileOptions {
  /** Tokens of a text, as the model counts them; without it lengths are in characters (code points). */
  readonly countTokens?: (text: string) => number
  /** Tokens of a text that would be read: what lies beyond is counted. */
  readonly limit?: number
  readonly seed?: number
  /** Texts whose length is measured, at most. */
  readonly sample?: number
  /** Takes the rows too. */
  readonly near?: NearLook
}

const SHOWN_ROWS = 10
/** The beginning of a text that is measured; what follows counts in proportion. */
const MEASURED_CHARS = 20_000
/** A drawn text is kept up to this length and measured at the end, so that one replaced by another costs nothing. */
const KEPT_CHARS = 1000
/** More different labels than this, or longer ones in all, are no labels. */
const MOST_LABELS = 100_000
const MOST_LABEL_CHARS = 2 ** 24

/**
 * What the rows of a table hold, for showing before and without training. Reads the rows once, by stream; memory
 * grows with the number of different labels, and is bounded (`repeats.ts` for equal texts). Lengths come from a seeded
 * sample of the texts. Throws a UserError where the label column holds more different values than labels can be.
 */
export async function profile(
  table: Table,
  columns: { readonly text: string; readonly label: string; readonly pair?: string | null },
  { countTokens, limit, seed = 42, sample = 10_000, near }: ProfileOptions = {},
): Promise<Profile> {
  const textAt = table.columns.indexOf(columns.text)
  const pairAt = typeof columns.pair === 'string' ? table.columns.indexOf(columns.pair) : -1
  const labelAt = table.columns.indexOf(columns.label)
  const lengths = lengthSample(countTokens ?? codePoints, seed, sample)
  const labels = labelCounter(table.path, columns.label)
  const repeats = createRepeats()
  const emptyTexts = rowCounter()
  const missingLabels = rowCounter()
  const shortRows = rowCounter()
  const longRows = rowCounter()
  const strayQuotes = rowCounter()
  let rows = 0
  let usable = 0
  let longest = { row: 0, characters: 0 }
  for await (const { row, cells, width, stray } of table.rows()) {
    rows++
    if (width < table.columns.length) shortRows.add(row)
    if (width > table.columns.length) longRows.add(row)
    if (stray) strayQuotes.add(row)
    const text = cells[textAt] ?? ''
    const label = (cells[labelAt] ?? '').trim()
    const pair = pairAt < 0 ? undefined : (cells[pairAt] ?? '')
    const empty = !/\S/.test(text) || (pair !== undefined && !/\S/.test(pair))
    if (empty) emptyTexts.add(row)
    if (label === '') missingLabels.add(row)
    if (empty || label === '') continue
    usable++
    const read = joined(textOf({ text, pair }))
    if (read.length > longest.characters) longest = { row, characters: read.length }
    lengths.add(read)
    const number = labels.add(label)
    repeats.add(textKey({ text, pair }), number, row)
    near?.add({ row, text, label: labels.names[number] ?? '', ...(pair === undefined ? {} : { pair }) })
  }
  const { bom, delimiter, encoding, header, kind } = table.format
  return {
    path: table.path,
    format: { bom, delimiter, encoding, header, kind },
    text: columns.text,
    label: columns.label,
    rows,
    usable,
    labels: labels.counts(),
    label_variants: labels.variants(),
    lengths: { unit: countTokens ? 'tokens' : 'characters', ...lengths.result(limit) },
    longest,
    empty_texts: emptyTexts.rows,
    missing_labels: missingLabels.rows,
    short_rows: shortRows.rows,
    long_rows: longRows.rows,
    stray_quotes: strayQuotes.rows,
    ...repeats.result(labels.names),
  }
}

function rowCounter(): { rows: RowCount; add(row: number): void } {
  const rows: RowCount = { count: 0, rows: [] }
  return {
    rows,
    add(row) {
      rows.count++
      if (rows.rows.length < SHOWN_ROWS) rows.rows.push(row)
    },
  }
}

function labelCounter(path: string, column: string) {
  const numbers = new Map<string, number>()
  const names: string[] = []
  const rows: number[] = []
  let characters = 0
  const counted = (label: string) => ({ label, rows: rows[numbers.get(label) ?? -1] ?? 0 })
  return {
    names,
    /** The label's number, in the order of first appearance. */
    add(label: string): number {
      let number = numbers.get(label)
      if (number === undefined) {
        characters += label.length
        if (names.length === MOST_LABELS || characters > MOST_LABEL_CHARS)
          throw new UserError(
            t`${path}: column "${column}" has more than ${names.length} distinct values, so it does not look like a label; choose another column of labels`,
          )
        number = names.length
        const name = copied(label)
        numbers.set(name, number)
        names.push(name)
        rows.push(0)
      }
      rows[number] = (rows[number] ?? 0) + 1
      return number
    },
    /** Labels of equal count stay in `labelOrder`: the sort is stable. */
    counts: (): Profile['labels'] =>
      labelOrder(names)
        .map(counted)
        .sort((a, b) => b.rows - a.rows),
    variants(): Profile['label_variants'] {
      const alike = new Map<string, string[]>()
      for (const label of labelOrder(names)) {
        const key = plainLabel(label)
        const others = alike.get(key)
        if (others) others.push(label)
        else alike.set(key, [label])
      }
      return [...alike.values()].filter((group) => group.length > 1).map((group) => group.map(counted))
    },
  }
}

/** What is left of a label without case, spaces, full-width forms and the ways to write a number. */
function plainLabel(label: string): string {
  const plain = label
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\u200b-\u200d\ufeff]+/g, '')
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/.test(plain) ? String(Number(plain)) : plain
}

/** Draws texts as they come, each as likely as the others (algorithm R, Vitter 1985), and measures them. */
function lengthSample(count: (text: string) => number, seed: number, most: number) {
  const { below } = createRandom(seed, 'profile')
  const drawn: (string | number)[] = []
  let seen = 0
  const measured = (text: string): number =>
    text.length <= MEASURED_CHARS
      ? count(text)
      : Math.round((count(text.slice(0, MEASURED_CHARS)) * text.length) / MEASURED_CHARS)
  return {
    add(text: string): void {
      seen++
      const at = drawn.length < most ? drawn.length : below(seen)
      if (at < most) drawn[at] = text.length <= KEPT_CHARS ? copied(text) : measured(text)
    },
    result(limit: number | undefined) {
      const sorted = Float64Array.from(drawn, (one) => (typeof one === 'number' ? one : measured(one))).sort()
      // Nearest rank: the smallest length that the share of texts does not exceed.
      const quantile = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
      return {
        sampled: sorted.length,
        min: quantile(0),
        median: quantile(0.5),
        p95: quantile(0.95),
        max: quantile(1),
        counts: countsOf(sorted),
        ...(limit === undefined ? {} : { cut: { limit, ...lengthCut(sorted, limit) } }),
      }
    },
  }
}

/** How often each value stands in a sorted list, by rising value. */
function countsOf(sorted: Float64Array): [length: number, texts: number][] {
  const counts: [number, number][] = []
  for (const length of sorted) {
    const last = counts.at(-1)
    if (last?.[0] === length) last[1]++
    else counts.push([length, 1])
  }
  return counts
}

function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}
