import { type Divided, type DivideOptions, divide } from './divide.ts'
import type { Example, Examples } from './examples.ts'
import { checkRows, checkTexts } from './labels.ts'
import { checkNumbers, type DecimalMark, decimalMark, numbersOf, readNumber } from './numbers.ts'

const BINS = 10
/** So that each bin can give rows to every part. */
const ROWS_OF_BIN = 10

/**
 * The bin of each number, from 0: equally many rows each, as far as equal numbers, which are in one bin, allow.
 */
export function quantileBins(values: Float64Array, bins: number): Int32Array {
  const sorted = values.toSorted()
  const edges = Array.from(
    { length: Math.max(0, bins - 1) },
    (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / bins)] ?? 0,
  )
  return Int32Array.from(values, (value) => edges.filter((edge) => value >= edge).length)
}

/** Refuses rows that no numbers can be learnt from; the decimal mark of the others. */
export function checkNumberRows(files: readonly Examples[], together: Examples): DecimalMark {
  checkRows(together)
  const mark = decimalMark(files)
  checkNumbers(files, mark)
  checkTexts(together)
  return mark
}

/**
 * Divides rows with numbers as rows with labels are divided, so that each part has small, middling and large
 * numbers alike: what stands for the label is the bin of the number. Where the file's own column divides them,
 * nothing is evened out.
 */
export function divideNumbers(data: Examples, options: DivideOptions, mark: DecimalMark): Divided {
  const { examples } = data
  const values = Float64Array.from(examples, ({ label }) => readNumber(label, mark))
  const count = Math.min(BINS, Math.max(1, Math.floor(examples.length / ROWS_OF_BIN)))
  const bins = quantileBins(values, options.split_column === null ? count : 1)
  const original = new Map(
    examples.map((example, i) => [{ ...example, label: String(bins[i] ?? 0) }, example] as const),
  )
  const parts = divide({ ...data, examples: [...original.keys()] }, options)
  const back = (rows: readonly Example[]): Example[] => rows.flatMap((row) => original.get(row) ?? [])
  return {
    train: back(parts.train),
    valid: back(parts.valid),
    test: back(parts.test),
    // The others name bins, which no file has.
    warnings: options.split_column === null ? [] : parts.warnings,
  }
}

/** Refuses a named file without rows, or with a cell that is no number. */
export function checkNamedNumbers(data: Examples, mark: DecimalMark): void {
  checkRows(data)
  numbersOf(data, mark)
}
