import { resolve } from 'node:path'
import { augment, openAugmentation } from '../../data/augment/augment.ts'
import { changesNote, leftOutNote } from '../../data/clean/notes.ts'
import { type Cleaning, openCleaning } from '../../data/clean/rows.ts'
import { type Columns, chooseColumns, type WantedColumns } from '../../data/columns.ts'
import { correctionsHash } from '../../data/corrections.ts'
import { checkDivision, countLabels, divide, list } from '../../data/divide.ts'
import { type Example, type Examples, readExamples } from '../../data/examples.ts'
import { findGroupColumn } from '../../data/group-column.ts'
import { checkExamples, checkNamed, continuedLabels, labelOrder } from '../../data/labels.ts'
import { openGuard, type PartLeaks } from '../../data/near/guard.ts'
import {
  dropHint,
  groupLeakWarnings,
  guardNotes,
  guardWarnings,
  testLeakWarnings,
  togetherHint,
  validLeakWarnings,
} from '../../data/near/notes.ts'
import { checkNamedNumbers, checkNumberRows, divideNumbers } from '../../data/number-rows.ts'
import { type DecimalMark, readNumber, type Scale, scaleOf } from '../../data/numbers.ts'
import { together } from '../../data/several.ts'
import { sha256 } from '../../data/sha256.ts'
import { findSplitColumn } from '../../data/split-column.ts'
import { openTable } from '../../data/table.ts'
import type { RunOptions } from '../../shared/config.ts'
import { listed, rowCount, rowsNamed } from '../../shared/counts.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import type { DataFile } from '../../shared/run.ts'
import { resolveTask } from './task.ts'

export interface Numbers {
  readonly values: Float64Array
  readonly scale: Scale
}

/** Labelled rows, divided. Row numbers of the parts count through training, validation and test in this order. */
export interface Data {
  readonly examples: readonly Example[]
  /** Index into `labels` of each example. */
  readonly targets: Int32Array
  readonly labels: readonly string[]
  /** Where numbers are predicted: that of each example, and the scale of those that are trained on; `labels` is empty then. */
  readonly numbers: Numbers | null
  readonly parts: {
    readonly train: readonly number[]
    readonly valid: readonly number[]
    readonly test: readonly number[]
  }
  /** Rows of the test that training or validation have too, or nearly. */
  readonly leaks: { readonly exact: readonly number[]; readonly near: readonly number[] }
  /** Of the training rows the last: copies that augmentation made. */
  readonly added: number
  /** What is done to a text before the model's own tokenizer; `examples` hold the texts before it. */
  readonly cleaning: Cleaning
  readonly columns: Columns
  readonly files: {
    /** The first file of training rows, and the others. */
    readonly train: DataFile
    readonly more: readonly DataFile[]
    readonly valid: DataFile | null
    readonly test: DataFile | null
    readonly synonyms: DataFile | null
  }
  /** What a person should know of the rows, a sentence each. */
  readonly notes: readonly string[]
  readonly warnings: readonly string[]
}

/** Reads, checks and divides the data of a run. Nothing is written; every mistake in the files is found here. */
export const prepareData = async (files: readonly string[], options: RunOptions): Promise<Data> => {
  resolveTask(options)
  checkDivision(options)
  const cleaning = openCleaning(options.clean)
  const augmentation = await openAugmentation(options)
  const [file = '', ...more] = files
  const first = await readFile(file, {
    text: options.text,
    label: options.label,
    pair: options.text_pair,
    group: options.group,
    split: options.split_column,
    numbers: options.task === 'regress',
  })
  const others = await sequence(more, (path) => readFile(path, first.columns, file))
  const main = together([first, ...others].map(({ data }) => data))
  const mark =
    options.task === 'regress'
      ? checkNumberRows(
          [first, ...others].map(({ data }) => data),
          main,
        )
      : null
  if (mark === null) checkExamples(main)
  const { text, label, pair, group } = first.columns
  const read = async (path: string | null) =>
    path === null ? null : readFile(path, { text, label, pair, group }, file, true)
  const valid = await read(options.valid)
  const test = await read(options.test)
  const guard = await openGuard(
    main.examples,
    { valid: valid?.data.examples ?? null, test: test?.data.examples ?? null },
    { asked: options.near_duplicates, read: cleaning.cleaned, labels: mark === null },
  )
  const parts = cleaning.divided(guard.examples, (examples) =>
    mark === null
      ? divide({ ...main, examples }, options)
      : divideNumbers({ ...main, examples }, options, mark),
  )
  const labels = mark === null ? labelOrder(main.examples.map((example) => example.label)) : []
  for (const [named, what] of [
    [valid, t`the validation file`],
    [test, t`the test file`],
  ] as const) {
    if (named === null) continue
    if (mark === null) checkNamed(named.data, labels, what)
    else checkNamedNumbers(named.data, mark)
  }

  const testRows = test?.data.examples ?? parts.test
  const stays = guard.stay({
    train: parts.train,
    valid: valid?.data.examples ?? parts.valid,
    test: testRows,
  })
  const { rows: train, left: leftInTrain } = cleaning.stay(stays.train)
  const { rows: validRows, left: leftInValid } = cleaning.stay(stays.valid)
  const validLeaks = guard.leaks(train, validRows)
  const testLeaks = guard.leaks([...train, ...validRows], testRows)
  const added = augment(train.map(cleaning.cleaned), augmentation)
  const trained = train.length + added.length
  const examples = [...train, ...added, ...validRows, ...testRows]
  const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i)
  const numbers = mark === null ? null : numbersIn(examples, mark, trained)
  return {
    examples,
    targets: numbers ? new Int32Array(examples.length) : numbered(examples, labels),
    labels,
    numbers,
    parts: {
      train: range(0, trained),
      valid: range(trained, validRows.length),
      test: range(trained + validRows.length, testRows.length),
    },
    leaks: {
      exact: rowsIn(examples, trained + validRows.length, testLeaks.exact),
      near: rowsIn(examples, trained + validRows.length, testLeaks.near),
    },
    added: added.length,
    cleaning,
    columns: first.columns,
    files: {
      train: first.record,
      more: others.map(({ record }) => record),
      valid: valid?.record ?? null,
      test: test?.record ?? null,
      synonyms:
        options.augment_synonyms === null
          ? null
          : await fileRecord(options.augment_synonyms, augmentation.synonyms.size),
    },
    notes: [
      ...(first.columns.found ? [first.columns.found] : []),
      ...(others.length > 0 ? [t`${others.length + 1} files, ${main.rows} rows together.`] : []),
      ...first.notes,
      ...unusedNotes(first),
      ...[...others, valid, test].flatMap((read) => read?.notes ?? []),
      ...changesNote(cleaning.changes([...train, ...validRows, ...testRows])),
      ...leftOutNote(leftInTrain, leftInValid),
      ...guardNotes(guard, stays.left),
      t`${train.length} rows to train on, ${validRows.length} to validate, ${testRows.length} to test; ${numbers ? numbersNote(numbers) : labelsNote(labels)}.`,
      ...(augmentation.ways.length > 0
        ? [t`${added.length} rows added by augmentation (${augmentation.ways.join(', ')}).`]
        : []),
    ],
    warnings: [first, ...others, valid, test]
      .flatMap((read) => (read ? leftOut(read.data) : []))
      .concat(
        leakWarnings(main.path, options, { valid, test }, train, { valid: validLeaks, test: testLeaks }),
        parts.warnings,
        guardWarnings(guard, main.path),
        rare(train, labels),
      ),
  }
}

/** The same rows for a model whose labels have numbers already. */
export const withLabelsOf = (data: Data, earlier: readonly string[]): Data => {
  if (data.numbers) return data
  const labels = continuedLabels(data.labels, earlier)
  return { ...data, labels, targets: numbered(data.examples, labels) }
}

/** Numbers of the rows, from one on, that are in a set. */
const rowsIn = (
  examples: readonly Example[],
  from: number,
  wanted: ReadonlySet<Example>,
): readonly number[] => examples.slice(from).flatMap((example, i) => (wanted.has(example) ? [from + i] : []))

/** @param trained how many of the first are trained on */
const numbersIn = (examples: readonly Example[], mark: DecimalMark, trained: number): Numbers => {
  const values = Float64Array.from(examples, ({ label }) => readNumber(label, mark))
  const scale = scaleOf(values.subarray(0, trained))
  if (scale.deviation === 0)
    throw new UserError(t`All rows to train on have the same number; add rows with other numbers.`)
  return { values, scale }
}

const labelsNote = (labels: readonly string[]): string => t`${labels.length} labels`

const numbersNote = ({ values, scale }: Numbers): string => {
  const said = (value: number): string => String(Number(value.toPrecision(4)))
  const [least, most] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))]
  return t`numbers from ${said(least)} to ${said(most)}, those trained on ${said(scale.mean)} in the mean, with a standard deviation of ${said(scale.deviation)}`
}

const numbered = (examples: readonly Example[], labels: readonly string[]): Int32Array => {
  const index = new Map(labels.map((label, i) => [label, i]))
  return Int32Array.from(examples, ({ label }) => {
    const target = index.get(label)
    if (target === undefined) throw new Error(`label ${label} has no number`)
    return target
  })
}

/** One after the other: files may be large. */
const sequence = async <T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> => {
  const results: R[] = []
  for (const item of items) results.push(await work(item))
  return results
}

interface RowsOfFile {
  readonly data: Examples
  readonly columns: Columns
  readonly record: DataFile
  /** How it was read, where that is not what everybody expects. */
  readonly notes: readonly string[]
  /** A column that names parts of a split and was not asked for. */
  readonly unusedSplit: string | null
  /** A column that looks like groups and was not asked for. */
  readonly unusedGroup: string | null
}

const unusedNotes = ({ unusedSplit, unusedGroup }: RowsOfFile): readonly string[] => [
  ...(unusedSplit === null
    ? []
    : [t`Column "${unusedSplit}" names parts of a split; to use it, choose it as the split.`]),
  ...(unusedGroup === null
    ? []
    : [
        t`Column "${unusedGroup}" looks like groups, whose rows may stand in two parts of the split; to keep each in one, choose it as the group.`,
      ]),
]

/** The rows of a file, its columns found as they are wanted. */
export const readFile = async (
  path: string,
  wanted: WantedColumns,
  /** The file whose columns are wanted, where it is another. */
  main: string | null = null,
  /** Whether it may lack the group, as it is not divided. */
  isNamed = false,
): Promise<RowsOfFile> => {
  const table = await openTable(path)
  const has = (column: string): boolean => table.columns.some((name) => sameName(name, column))
  const { text, label, pair, split } = wanted
  const group = isNamed && typeof wanted.group === 'string' && !has(wanted.group) ? null : wanted.group
  for (const column of main === null ? [] : [text, label, pair, group, split])
    if (typeof column === 'string' && !has(column))
      throw new UserError(
        t`${path}: no column "${column}", which ${main ?? ''} has; its columns are ${listed(table.columns.map((name) => `"${name}"`))}. Give both files the same columns.`,
      )
  const columns = await chooseColumns(table, { ...wanted, ...(isNamed ? { group: group ?? null } : {}) })
  const data = await readExamples(table, columns)
  const record = await fileRecord(path, data.rows)
  const isMain = main === null
  return {
    data,
    columns,
    record,
    notes: table.said,
    unusedSplit: isMain && columns.split === null ? await findSplitColumn(table) : null,
    unusedGroup:
      isMain && columns.group === null
        ? await findGroupColumn(table, [columns.text, columns.label, columns.pair, columns.split])
        : null,
  }
}

/** As a column that is named by an option is found. */
const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.trim().toLowerCase()

const fileRecord = async (path: string, rows: number): Promise<DataFile> => {
  const corrections = await correctionsHash(path)
  const file = { path: resolve(path), sha256: await sha256(path), rows }
  return corrections === null ? file : { ...file, corrections }
}

const leftOut = ({ path, emptyTexts, missingLabels }: Examples): readonly string[] => [
  ...(emptyTexts.count > 0
    ? [t`${path}: ${rowCount(emptyTexts.count)} without a text left out (${whichRows(emptyTexts)}).`]
    : []),
  ...(missingLabels.count > 0
    ? [t`${path}: ${rowCount(missingLabels.count)} without a label left out (${whichRows(missingLabels)}).`]
    : []),
]

interface NamedFiles {
  readonly valid: { readonly data: Examples } | null
  readonly test: { readonly data: Examples } | null
}

/** Of rows that stand on both sides, and how to change it. */
const leakWarnings = (
  path: string,
  { near_duplicates: asked }: RunOptions,
  { valid, test }: NamedFiles,
  train: readonly Example[],
  leaks: { readonly valid: PartLeaks; readonly test: PartLeaks },
): readonly string[] => {
  const [validPath, testPath] = [valid?.data.path ?? path, test?.data.path ?? path]
  const warnings = [
    ...validLeakWarnings(validPath, leaks.valid),
    ...testLeakWarnings(testPath, leaks.test),
    ...[valid, test].flatMap((named) =>
      named ? groupLeakWarnings(named.data.path, train, named.data.examples) : [],
    ),
  ]
  const found = [leaks.valid, leaks.test].some(({ exact, near }) => exact.size + near.size > 0)
  if (!found || asked === 'drop') return warnings
  const isOwn = valid === null && test === null
  return [...warnings, isOwn && asked === 'keep' ? togetherHint() : dropHint()]
}

const rare = (train: readonly Example[], labels: readonly string[]): readonly string[] => {
  const counts = countLabels(train)
  const few = labels.filter((label) => (counts.get(label) ?? 0) < 5)
  return few.length > 0 ? [t`Fewer than 5 rows to learn from: ${list(few, counts)}.`] : []
}

/** The first of them: of many not all are kept. */
const whichRows = ({ count, rows }: Examples['emptyTexts']): string => rowsNamed(count, rows)
