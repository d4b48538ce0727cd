import { UserError } from '../shared/error.ts'
import { t } from '../shared/l10n.ts'
import type { Example, Examples } from './examples.ts'

/** The mark between the whole part and the fraction; the other of the two may group thousands. */
export type DecimalMark = '.' | ','

/**
 * What a cell is when its decimal mark is known, else NaN. Thousands are grouped by the other mark, always by
 * three digits: `1,234.5`, with a decimal comma `1.234,5`. Exponents and the typographic minus are read too;
 * units, currencies, percent signs and infinity are not.
 */
export function readNumber(cell: string, mark: DecimalMark): number {
  const text = cell.trim().replace(/^\u2212/, '-')
  const pattern = mark === '.' ? POINT : COMMA
  if (!pattern.test(text)) return Number.NaN
  const plain = mark === '.' ? text.replaceAll(',', '') : text.replaceAll('.', '').replace(',', '.')
  const value = Number(plain)
  return Number.isFinite(value) ? value : Number.NaN
}

const POINT = /^[-+]?((\d+|[1-9]\d{0,2}(,\d{3})+)(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i
const COMMA = /^[-+]?((\d+|[1-9]\d{0,2}(\.\d{3})+)(,\d*)?|,\d+)(e[-+]?\d+)?$/i

/**
 * The decimal mark of a column of numbers, from all its cells, in one or more files. Each cell must be a number
 * under it. `1,234` alone is 1234 to some and 1.234 to others, so it is read only where another cell tells:
 * `0.5` or `1,234.5` for the point, `0,5` or `1.234,5` for the comma. Without any comma the mark is the point.
 *
 * @throws UserError with file and row of a cell that is no number, or that can't be read for sure
 */
export function decimalMark(files: readonly Examples[]): DecimalMark {
  let point: Found | null = null
  let comma: Found | null = null
  let unsure: Found | null = null
  for (const file of files)
    for (const example of file.examples) {
      const asPoint = !Number.isNaN(readNumber(example.label, '.'))
      const asComma = !Number.isNaN(readNumber(example.label, ','))
      if (!asPoint && !asComma) throw noNumber(file, example)
      if (!asComma) point ??= { file, example }
      else if (!asPoint) comma ??= { file, example }
      else if (example.label.includes(',')) unsure ??= { file, example }
    }
  if (point && comma)
    throw new UserError(
      t`${place(comma)} has "${comma.example.label}" with a decimal comma, and ${place(point)} "${point.example.label}" with a decimal point; write all numbers the same way`,
    )
  if (unsure && !point && !comma) {
    const [whole, fraction] = [readNumber(unsure.example.label, '.'), readNumber(unsure.example.label, ',')]
    throw new UserError(
      t`${place(unsure)}: "${unsure.example.label}" may be ${String(whole)} or ${String(fraction)}, and no other number of the column tells; write numbers without a comma`,
    )
  }
  return comma ? ',' : '.'
}

interface Found {
  readonly file: Examples
  readonly example: Example
}

const place = ({ file, example }: Found): string => t`${file.path} row ${example.row}`

const noNumber = (file: Examples, example: Example): UserError =>
  new UserError(
    t`${file.path} row ${example.row}: "${shown(example.label)}" in column "${file.columns.label}" is no number; correct it or empty the cell, or predict labels`,
  )

/** The numbers of a file's rows, in their order. @throws UserError with file and row of a cell that is none */
export function numbersOf(file: Examples, mark: DecimalMark): Float64Array {
  return Float64Array.from(file.examples, (example) => {
    const value = readNumber(example.label, mark)
    if (Number.isNaN(value)) throw noNumber(file, example)
    return value
  })
}

/** Whether nearly all of these cells are numbers, whatever their decimal mark. */
export const looksNumeric = (cells: readonly string[]): boolean =>
  cells.length > 0 &&
  cells.filter((cell) => !Number.isNaN(readNumber(cell, '.')) || !Number.isNaN(readNumber(cell, ',')))
    .length >=
    0.9 * cells.length

const shown = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > 60 ? `${line.slice(0, 57)}...` : line
}

/**
 * Of the numbers that training sees: their mean and (population) standard deviation. Training learns (number - mean) /
 * deviation. Both are single-precision numbers, so that a model that holds them undoes just what was done.
 */
export interface Scale {
  readonly mean: number
  readonly deviation: number
}

export function scaleOf(values: Float64Array): Scale {
  const mean = values.reduce((sum, value) => sum + value / values.length, 0)
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2 / values.length, 0)
  return { mean: Math.fround(mean), deviation: Math.fround(Math.sqrt(variance)) }
}

/** Numbers that differ by less than this share of their size are lost in single precision, in which models answer. */
const FINEST = 1 / 800

/** Refuses numbers that nothing can be learnt from. `files` are those that training rows are from. */
export function checkNumbers(files: readonly Examples[], mark: DecimalMark): void {
  const values = Float64Array.from(files.flatMap((file) => [...numbersOf(file, mark)]))
  const [file] = files
  const [first] = values
  if (file === undefined || first === undefined) return
  const { path, columns } = file
  if (values.every((value) => value === first))
    throw new UserError(
      t`${path}: column "${columns.label}" has the number ${String(first)} in all ${values.length} rows; training needs two or more different ones`,
    )
  const { deviation } = scaleOf(values)
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  if (deviation < largest * FINEST)
    throw new UserError(
      t`${path}: the numbers of column "${columns.label}" are as large as ${String(largest)} and differ by ${Number(deviation.toPrecision(3))} only, which is more digits than a model answers with; take a constant off them all`,
    )
  if (largest > 1e30 || deviation < 1e-30)
    throw new UserError(
      largest > 1e30
        ? t`${path}: the numbers of column "${columns.label}" are too large for single precision, in which models answer; use another unit`
        : t`${path}: the numbers of column "${columns.label}" are too small for single precision, in which models answer; use another unit`,
    )
}
