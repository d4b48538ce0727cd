import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import { type Columns, chooseColumns } from '../../data/columns.ts'
import { type Example, type Examples, readExamples } from '../../data/examples.ts'
import { checkExamples, checkNamed, checkParts, labelOrder } from '../../data/labels.ts'
import { overlap, sharesFor, split } from '../../data/split.ts'
import { openTable } from '../../data/table.ts'
import type { RunOptions } from '../../shared/config.ts'
import { UserError } from '../../shared/error.ts'
import type { DataFile } from '../../shared/run.ts'

/** Labelled rows, divided. Row numbers of the parts count through training, validation and test in this order. */
export interface Data {
  readonly examples: readonly Example[]
  /** Index into `labels` of each example. */
  readonly targets: Int32Array
  readonly labels: readonly string[]
  readonly parts: {
    readonly train: readonly number[]
    readonly valid: readonly number[]
    readonly test: readonly number[]
  }
  readonly columns: Columns
  readonly files: {
    readonly train: DataFile
    readonly valid: DataFile | null
    readonly test: DataFile | null
  }
  /** What a person should know of the rows, a sentence each. */
  readonly notes: readonly string[]
  readonly warnings: readonly string[]
}

/** Reads, checks and divides the data of a run. Nothing is written; every mistake in the files is found here. */
export const prepareData = async (file: string, options: RunOptions): Promise<Data> => {
  const main = await readFile(file, options)
  checkExamples(main.data)
  const shares = sharesFor({ valid: options.valid !== null, test: options.test !== null })
  const parts = split(main.data.examples, { seed: options.seed, shares })
  checkParts(main.data, parts, shares)
  const trained = new Set(parts.train.map((example) => example.label))
  const wanted = { ...options, text: main.columns.text, label: main.columns.label }
  const named = async (path: string | null, option: '--valid' | '--test') => {
    if (path === null) return null
    const read = await readFile(path, wanted, file)
    checkNamed(read.data, trained, option)
    return read
  }
  const valid = await named(options.valid, '--valid')
  const test = await named(options.test, '--test')

  const train = parts.train
  const validRows = valid?.data.examples ?? parts.valid
  const testRows = test?.data.examples ?? parts.test
  const examples = [...train, ...validRows, ...testRows]
  const labels = labelOrder(train.map((example) => example.label))
  const index = new Map(labels.map((label, i) => [label, i]))
  const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i)
  return {
    examples,
    targets: Int32Array.from(examples, (example) => index.get(example.label) ?? 0),
    labels,
    parts: {
      train: range(0, train.length),
      valid: range(train.length, validRows.length),
      test: range(train.length + validRows.length, testRows.length),
    },
    columns: main.columns,
    files: { train: main.record, valid: valid?.record ?? null, test: test?.record ?? null },
    notes: [
      ...(main.columns.found ? [main.columns.found] : []),
      `${train.length} rows to train on, ${validRows.length} to validate, ${testRows.length} to test; ${labels.length} labels.`,
    ],
    warnings: [main, valid, test]
      .flatMap((read) => (read ? leftOut(read.data) : []))
      .concat(
        valid ? shared(train, valid.data) : [],
        test ? shared(train, test.data) : [],
        rare(train, labels),
      ),
  }
}

const readFile = async (
  path: string,
  wanted: { readonly text: string | null; readonly label: string | null },
  /** The file whose columns are wanted, where it is another. */
  main: string | null = null,
): Promise<{ data: Examples; columns: Columns; record: DataFile }> => {
  const table = await openTable(path)
  for (const column of main === null ? [] : [wanted.text, wanted.label])
    if (column !== null && !table.columns.some((name) => sameName(name, column)))
      throw new UserError(
        `${path}: no column "${column}", which ${main} has; its columns are ${table.columns.map((name) => `"${name}"`).join(', ')}. Give both files the same columns.`,
      )
  const columns = await chooseColumns(table, wanted)
  const data = await readExamples(table, columns)
  return { data, columns, record: { path: resolve(path), sha256: await sha256(path), rows: data.rows } }
}

/** As a column that is named by an option is found. */
const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.trim().toLowerCase()

/** Of a file, by stream, in hexadecimal. */
export const sha256 = async (path: string): Promise<string> => {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest('hex')
}

const leftOut = ({ path, emptyTexts, missingLabels }: Examples): readonly string[] => [
  ...(emptyTexts.count > 0
    ? [`${path}: ${rowsOf(emptyTexts.count)} without a text left out (${whichRows(emptyTexts)}).`]
    : []),
  ...(missingLabels.count > 0
    ? [`${path}: ${rowsOf(missingLabels.count)} without a label left out (${whichRows(missingLabels)}).`]
    : []),
]

const shared = (train: readonly Example[], named: Examples): readonly string[] => {
  const both = overlap(train, named.examples)
  return both.rows > 0
    ? [`${named.path}: ${rowsOf(both.rows)} with a text that is trained on too; the scores may flatter.`]
    : []
}

const rare = (train: readonly Example[], labels: readonly string[]): readonly string[] => {
  const counts = new Map<string, number>()
  for (const { label } of train) counts.set(label, (counts.get(label) ?? 0) + 1)
  const few = labels.filter((label) => (counts.get(label) ?? 0) < 5)
  return few.length > 0
    ? [
        `Fewer than 5 rows to learn from: ${few.slice(0, 5).join(', ')}${few.length > 5 ? ` and ${few.length - 5} more labels` : ''}.`,
      ]
    : []
}

/** The first of them: of many not all are kept. */
const whichRows = ({ count, rows }: Examples['emptyTexts']): string =>
  `${count === 1 ? 'row' : 'rows'} ${rows.join(', ')}${count > rows.length ? ', ...' : ''}`

const rowsOf = (count: number): string => (count === 1 ? '1 row' : `${count} rows`)
