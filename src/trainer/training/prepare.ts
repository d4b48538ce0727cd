import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import { augment, openAugmentation } from '../../data/augment/augment.ts'
import { changesNote, leftOutNote } from '../../data/clean/notes.ts'
import { type Cleaning, openCleaning } from '../../data/clean/rows.ts'
import { type Columns, chooseColumns, type WantedColumns } from '../../data/columns.ts'
import { checkDivision, countLabels, divide, list } from '../../data/divide.ts'
import { type Example, type Examples, readExamples } from '../../data/examples.ts'
import { checkExamples, checkNamed, continuedLabels, labelOrder } from '../../data/labels.ts'
import { checkNamedNumbers, checkNumberRows, divideNumbers } from '../../data/number-rows.ts'
import { type DecimalMark, readNumber, type Scale, scaleOf } from '../../data/numbers.ts'
import { together } from '../../data/several.ts'
import { overlap } from '../../data/split.ts'
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
  const parts = cleaning.divided(main.examples, (examples) =>
    mark === null
      ? divide({ ...main, examples }, options)
      : divideNumbers({ ...main, examples }, options, mark),
  )
  const labels = mark === null ? labelOrder(main.examples.map((example) => example.label)) : []
  const { text, label, pair } = first.columns
  const named = async (path: string | null, what: string) => {
    if (path === null) return null
    const read = await readFile(path, { text, label, pair }, file)
    if (mark === null) checkNamed(read.data, labels, what)
    else checkNamedNumbers(read.data, mark)
    return read
  }
  const valid = await named(options.valid, t`the validation file`)
  const test = await named(options.test, t`the test file`)

  const { rows: train, left: leftInTrain } = cleaning.stay(parts.train)
  const { rows: validRows, left: leftInValid } = cleaning.stay(valid?.data.examples ?? parts.valid)
  const testRows = test?.data.examples ?? parts.test
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
      ...(first.unusedSplit === null
        ? []
        : [t`Column "${first.unusedSplit}" names parts of a split; to use it, choose it as the split.`]),
      ...[...others, valid, test].flatMap((read) => read?.notes ?? []),
      ...changesNote(cleaning.changes([...train, ...validRows, ...testRows])),
      ...leftOutNote(leftInTrain, leftInValid),
      t`${train.length} rows to train on, ${validRows.length} to validate, ${testRows.length} to test; ${numbers ? numbersNote(numbers) : labelsNote(labels)}.`,
      ...(augmentation.ways.length > 0
        ? [t`${added.length} rows added by augmentation (${augmentation.ways.join(', ')}).`]
        : []),
    ],
    warnings: [first, ...others, valid, test]
      .flatMap((read) => (read ? leftOut(read.data) : []))
      .concat(
        valid ? shared(train, valid.data) : [],
        test ? shared(train, test.data) : [],
        parts.warnings,
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
}

/** The rows of a file, its columns found as they are wanted. */
export const readFile = async (
  path: string,
  wanted: WantedColumns,
  /** The file whose columns are wanted, where it is another. */
  main: string | null = null,
): Promise<RowsOfFile> => {
  const table = await openTable(path)
  const { text, label, pair, group, split } = wanted
  for (const column of main === null ? [] : [text, label, pair, group, split])
    if (typeof column === 'string' && !table.columns.some((name) => sameName(name, column)))
      throw new UserError(
        t`${path}: no column "${column}", which ${main ?? ''} has; its columns are ${listed(table.columns.map((name) => `"${name}"`))}. Give both files the same columns.`,
      )
  const columns = await chooseColumns(table, wanted)
  const data = await readExamples(table, columns)
  const record = await fileRecord(path, data.rows)
  const unusedSplit = main === null && columns.split === null ? await findSplitColumn(table) : null
  return { data, columns, record, notes: table.said, unusedSplit }
}

/** As a column that is named by an option is found. */
const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.trim().toLowerCase()

const fileRecord = async (path: string, rows: number): Promise<DataFile> => ({
  path: resolve(path),
  sha256: await sha256(path),
  rows,
})

/** Of a file, by stream, in hexadecimal. */
export const sha256 = async (path: string): Promise<string> => {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest('hex')
}

const leftOut = ({ path, emptyTexts, missingLabels }: Examples): readonly string[] => [
  ...(emptyTexts.count > 0
    ? [t`${path}: ${rowCount(emptyTexts.count)} without a text left out (${whichRows(emptyTexts)}).`]
    : []),
  ...(missingLabels.count > 0
    ? [t`${path}: ${rowCount(missingLabels.count)} without a label left out (${whichRows(missingLabels)}).`]
    : []),
]

const shared = (train: readonly Example[], named: Examples): readonly string[] => {
  const both = overlap(train, named.examples)
  return both.rows > 0
    ? [t`${named.path}: ${rowCount(both.rows)} with a text that is trained on too; the scores may flatter.`]
    : []
}

const rare = (train: readonly Example[], labels: readonly string[]): readonly string[] => {
  const counts = countLabels(train)
  const few = labels.filter((label) => (counts.get(label) ?? 0) < 5)
  return few.length > 0 ? [t`Fewer than 5 rows to learn from: ${list(few, counts)}.`] : []
}

/** The first of them: of many not all are kept. */
const whichRows = ({ count, rows }: Examples['emptyTexts']): string => rowsNamed(count, rows)
