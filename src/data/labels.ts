import { listed } from '../shared/counts.ts'
import { UserError } from '../shared/error.ts'
import { t } from '../shared/l10n.ts'
import type { Example, Examples } from './examples.ts'
import { textKey } from './model-text.ts'
import { looksNumeric } from './numbers.ts'

const NUMERIC = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i
const MOST_LABELS = 500

/**
 * The distinct labels in the order in which a model numbers them: by value where all are numbers, else by code
 * point. The same on every platform and for every order of rows.
 */
export function labelOrder(labels: Iterable<string>): string[] {
  const distinct = [...new Set(labels)]
  return distinct.every((label) => NUMERIC.test(label))
    ? distinct.sort((a, b) => Number(a) - Number(b) || byCodePoint(a, b))
    : distinct.sort(byCodePoint)
}

function byCodePoint(a: string, b: string): number {
  const [as, bs] = [[...a], [...b]]
  for (let i = 0; i < Math.min(as.length, bs.length); i++) {
    const difference = (as[i]?.codePointAt(0) ?? 0) - (bs[i]?.codePointAt(0) ?? 0)
    if (difference !== 0) return difference
  }
  return as.length - bs.length
}

/**
 * The labels of a model that goes on from another: those of the other keep their numbers, new ones follow. Where
 * the two have none in common, or the other has one that these rows lack, the rows' own order holds.
 */
export function continuedLabels(own: readonly string[], earlier: readonly string[]): string[] {
  const kept = new Set(earlier)
  if (earlier.length === 0 || !earlier.every((label) => own.includes(label))) return [...own]
  return [...earlier, ...own.filter((label) => !kept.has(label))]
}

/** Refuses data that nothing can be learnt from, or whose label column is surely not one. */
export function checkExamples(data: Examples): void {
  const { path, columns, examples } = data
  checkRows(data)
  const labels = new Set(examples.map((example) => example.label))
  const [only] = labels
  if (labels.size === 1) {
    throw new UserError(
      t`${path}: column "${columns.label}" has one label, "${shown(only ?? '')}", in all ${examples.length} rows; training needs two or more`,
    )
  }
  if (isNoLabel(labels.size, examples.length)) {
    throw new UserError(
      looksNumeric([...labels])
        ? t`${path}: column "${columns.label}" has ${labels.size} distinct values in ${examples.length} rows, so it does not look like a label; choose another column of labels, or predict its numbers`
        : t`${path}: column "${columns.label}" has ${labels.size} distinct values in ${examples.length} rows, so it does not look like a label; choose another column of labels`,
    )
  }
  checkTexts(data)
}

/** Whether so many distinct values in so many rows are surely something else than labels. */
export const isNoLabel = (distinct: number, rows: number): boolean =>
  distinct > MOST_LABELS || (distinct > 2 && distinct > rows / 2)

/** Refuses rows whose text tells nothing. */
export function checkTexts({ path, columns, examples }: Examples): void {
  const [first] = examples
  if (first !== undefined && examples.every((example) => textKey(example) === textKey(first))) {
    throw new UserError(
      t`${path}: column "${columns.text}" has the same text, "${shown(first.text)}", in all ${examples.length} rows; choose another column of texts`,
    )
  }
}

/** Refuses validation or test rows, `what`, that are none, or have labels that training never sees. */
export function checkNamed(data: Examples, trained: Iterable<string>, what: string): void {
  checkRows(data)
  const known = new Set(trained)
  const unknown = data.examples.filter((example) => !known.has(example.label))
  const [first] = unknown
  if (first === undefined) return
  const names = labelOrder(unknown.map((example) => example.label))
  const list = names.slice(0, 5).map((name) => `"${shown(name)}"`)
  if (names.length > 5) list.push(t`${names.length - 5} more`)
  throw new UserError(
    t`${data.path} row ${first.row}: ${what} has labels that the training rows lack: ${listed(list)}; add such rows to training or take them out`,
  )
}

/** Refuses a split that left a part of the file without rows. */
export function checkParts(
  data: Examples,
  parts: {
    readonly train: readonly Example[]
    readonly valid: readonly Example[]
    readonly test: readonly Example[]
  },
  shares: readonly [train: number, valid: number, test: number],
): void {
  const names = ['train', 'valid', 'test'] as const
  const wanted = names.filter((_, i) => (shares[i] ?? 0) > 0)
  if (wanted.every((name) => parts[name].length > 0)) return
  throw new UserError(
    t`${data.path}: ${data.examples.length} rows with a text and a label are too few to split into ${wanted.length} parts; add rows, or name files for validation and test`,
  )
}

export function checkRows({ path, columns, rows, examples, emptyTexts, missingLabels }: Examples): void {
  if (rows === 0)
    throw new UserError(t`${path} has no rows below its header; add rows with a text and a label`)
  if (examples.length > 0) return
  const labels = missingLabels.count === rows
  throw new UserError(
    labels
      ? t`${path}: none of its ${rows} rows has both a text and a label (${emptyTexts.count} empty in column "${columns.text}", ${missingLabels.count} in column "${columns.label}"); choose other columns of text and label`
      : t`${path}: none of its ${rows} rows has both a text and a label (${emptyTexts.count} empty in column "${columns.text}", ${missingLabels.count} in column "${columns.label}"); choose other columns of text and label, or fill these`,
  )
}

/** On one line and not too long for a message. */
function shown(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > 60 ? `${line.slice(0, 57)}...` : line
}
