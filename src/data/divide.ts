import { listed, rowCount } from '../shared/counts.ts'
import { UserError } from '../shared/error.ts'
import { t } from '../shared/l10n.ts'
import type { Example, Examples } from './examples.ts'
import { foldsOf } from './folds.ts'
import { checkNamed, checkParts, labelOrder } from './labels.ts'
import { partsOf, type Split, sharesFor, split } from './split.ts'
import { PARTS, type Part } from './split-column.ts'
import { unitsOf } from './units.ts'

export interface DivideOptions {
  readonly seed: number
  readonly folds: number | null
  /** Of `folds` the one to test on, from 1; null: no cross-validation. */
  readonly fold: number | null
  /** Files named for validation and test. */
  readonly valid: string | null
  readonly test: string | null
  readonly split_column: string | null
}

export interface Divided extends Split {
  /** What a person should know of it, a sentence each. */
  readonly warnings: readonly string[]
}

/** Refuses wishes that contradict each other. */
export function checkDivision({ folds, fold, valid, test, split_column }: DivideOptions): void {
  const refuse = (problem: string): never => {
    throw new UserError(problem, 'usage')
  }
  if (split_column !== null && (valid ?? test) !== null)
    refuse(
      t`The column of the split says which rows are for validation and test; leave out the files for them`,
    )
  if (fold !== null && folds === null) refuse(t`A fold is of a cross-validation; say of how many folds too`)
  if (folds === null) return
  if (test !== null) refuse(t`A cross-validation tests on parts of the file in turn; leave out the test file`)
  if (split_column !== null)
    refuse(t`A cross-validation divides the file itself; leave out the column of the split`)
  if (fold !== null && fold > folds) refuse(t`Fold ${fold} is more than the ${folds} folds`)
}

/**
 * Divides the rows of FILE into training, validation and test: by a fold, by the file's own column, or by chance.
 * What the files named for validation and test replace is left to training.
 */
export function divide(data: Examples, options: DivideOptions): Divided {
  if (options.folds !== null && options.fold !== null)
    return divideByFold(data, options, options.folds, options.fold)
  return options.split_column === null ? divideByChance(data, options) : divideByColumn(data, options)
}

function divideByChance(data: Examples, { seed, valid, test }: DivideOptions): Divided {
  const shares = sharesFor({ valid: valid !== null, test: test !== null })
  const parts = split(data.examples, { seed, shares })
  checkParts(data, parts, shares)
  return { ...parts, warnings: missing(data, parts, partsOf(shares)) }
}

/** The validation rows are split off the rows that are not tested on, or all of these are trained on. */
function divideByFold(data: Examples, options: DivideOptions, folds: number, fold: number): Divided {
  const foldOf = foldsOf(data, folds, options.seed)
  const test = data.examples.filter((_, i) => foldOf[i] === fold - 1)
  const rest = data.examples.filter((_, i) => foldOf[i] !== fold - 1)
  const shares = options.valid === null ? ([0.85, 0.15, 0] as const) : ([1, 0, 0] as const)
  const { train, valid } = split(rest, { seed: options.seed, shares })
  checkParts(data, { train, valid, test }, [1, shares[1], 1])
  return { train, valid, test, warnings: tooSmall(data, folds) }
}

/** Parts that the column gives no rows are split off the training rows. */
function divideByColumn(data: Examples, { seed, split_column }: DivideOptions): Divided {
  const given = (part: Part) => data.examples.filter((example) => example.part === part)
  const [train, valid, test] = [given('train'), given('valid'), given('test')]
  if (train.length === 0)
    throw new UserError(
      t`${data.path}: column "${split_column ?? ''}" says train of no row with a text and a label; mark the rows to train on`,
    )
  const shares = sharesFor({ valid: valid.length > 0, test: test.length > 0 })
  const carved = split(train, { seed, shares })
  checkParts({ ...data, examples: train }, carved, shares)
  const trained = new Set(carved.train.map((example) => example.label))
  for (const [rows, name] of [
    [valid, t`the validation part`],
    [test, t`the test part`],
  ] as const)
    if (rows.length > 0) checkNamed({ ...data, examples: rows }, trained, name)
  const parts = {
    train: carved.train,
    valid: valid.length > 0 ? valid : carved.valid,
    test: test.length > 0 ? test : carved.test,
  }
  return { ...parts, warnings: [...missing(data, parts, PARTS), ...straddling(parts)] }
}

/** Groups that the file's own column puts into two parts. */
function straddling({ train, valid, test }: Split): readonly string[] {
  const groups = new Set(train.flatMap(({ group }) => group ?? []))
  const rows = [...valid, ...test].filter(({ group }) => group !== undefined && groups.has(group))
  return rows.length > 0
    ? [
        t`The split column puts groups into more than one part: ${rowCount(rows.length)} outside training of a group that is trained on; the scores may flatter.`,
      ]
    : []
}

/** Labels that a part of the split lacks, with their rows in all. */
function missing({ examples }: Examples, split: Split, parts: readonly Part[]): readonly string[] {
  const counts = countLabels(examples)
  const held = parts.map((part) => new Set(split[part].map((example) => example.label)))
  const small = labelOrder(counts.keys()).filter((label) => !held.every((labels) => labels.has(label)))
  return small.length > 0
    ? [t`Too few rows to be in every part of the split: ${list(small, counts)}. Their scores say little.`]
    : []
}

/** Labels of fewer texts (or groups) than folds. */
function tooSmall({ examples }: Examples, folds: number): readonly string[] {
  const units = new Map<string, number>()
  for (const rows of unitsOf(examples))
    for (const label of new Set(rows.flatMap((i) => examples[i]?.label ?? [])))
      units.set(label, (units.get(label) ?? 0) + 1)
  const small = labelOrder(units.keys()).filter((label) => (units.get(label) ?? 0) < folds)
  return small.length > 0
    ? [
        t`Too few rows to be in every one of ${folds} folds: ${list(small, countLabels(examples))}. Their scores say little.`,
      ]
    : []
}

const SHOWN = 5

/** `"a" (2 rows), "b" (1 row) and 3 more labels`. */
export const list = (labels: readonly string[], counts: ReadonlyMap<string, number>): string => {
  const shown = labels
    .slice(0, SHOWN)
    .map((label) => `"${label.slice(0, 60)}" (${rowCount(counts.get(label) ?? 0)})`)
  const more = labels.length - shown.length
  const text = listed(shown)
  if (more === 0) return text
  return more === 1 ? t`${text} and ${more} more label` : t`${text} and ${more} more labels`
}

export const countLabels = (examples: readonly Example[]): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const { label } of examples) counts.set(label, (counts.get(label) ?? 0) + 1)
  return counts
}
