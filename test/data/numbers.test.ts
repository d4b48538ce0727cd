import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Examples } from '../../src/data/examples.ts'
import { divideNumbers, quantileBins } from '../../src/data/number-rows.ts'
import { checkNumbers, decimalMark, numbersOf, readNumber, scaleOf } from '../../src/data/numbers.ts'
import { UserError } from '../../src/shared/error.ts'

const none = { count: 0, rows: [] }
const file = (cells: readonly string[], path = 'a.csv'): Examples => ({
  path,
  format: { kind: 'csv', delimiter: ',', header: true, bom: false, encoding: 'utf-8' },
  columns: { text: 'text', label: 'stars' },
  rows: cells.length,
  examples: cells.map((label, i) => ({ row: i + 1, text: `text ${i}`, label })),
  emptyTexts: none,
  missingLabels: none,
  shortRows: none,
  longRows: none,
  strayQuotes: none,
})
const refused = (message: RegExp) => (error: unknown) =>
  error instanceof UserError && message.test(error.message) && !error.message.includes('\n')

test('numbers as people and programs write them', () => {
  const point = { '3': 3, '-2.5': -2.5, '+1e3': 1000, '.5': 0.5, '7.': 7, '1,234.5': 1234.5, '\u22124': -4 }
  for (const [cell, value] of Object.entries(point)) assert.equal(readNumber(cell, '.'), value, cell)
  const comma = { '3': 3, '-2,5': -2.5, '1.234,5': 1234.5, '1.234.567': 1234567, ',5': 0.5 }
  for (const [cell, value] of Object.entries(comma)) assert.equal(readNumber(cell, ','), value, cell)
  for (const cell of [
    '',
    'abc',
    '1,23',
    '12,34,567',
    '0,123.5',
    '1.2.3',
    '5 %',
    '$3',
    'NaN',
    'Infinity',
    '0x10',
    '1e999',
  ])
    assert.ok(Number.isNaN(readNumber(cell, '.')), cell)
})

test('what a program writes is read as it was', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      assert.equal(readNumber(String(value), '.'), value + 0)
    }),
    { seed: 3, numRuns: 500 },
  )
})

test('the mark of a column is that of the cells that tell', () => {
  assert.equal(decimalMark([file(['1', '2'])]), '.')
  assert.equal(decimalMark([file(['1.234', '2'])]), '.')
  assert.equal(decimalMark([file(['1,234', '0.5'])]), '.')
  assert.equal(decimalMark([file(['1,234', '0,5'])]), ',')
  assert.equal(decimalMark([file(['1,234']), file(['2,5'])]), ',')
  assert.deepEqual([...numbersOf(file(['1.234', '2,5']), ',')], [1234, 2.5])
})

test('a cell that is no number, or that may be two, is refused with file and row', () => {
  assert.throws(
    () => decimalMark([file(['1', 'good'])]),
    refused(/^a\.csv row 2: "good" .*"stars".* no number/),
  )
  assert.throws(() => decimalMark([file(['1,234', '5'])]), refused(/^a\.csv row 1: .*1234 or 1\.234/))
  assert.throws(
    () => decimalMark([file(['1.5']), file(['3', '2,5'], 'b.csv')]),
    refused(/^b\.csv row 2 .*comma.* a\.csv row 1/),
  )
  assert.throws(() => numbersOf(file(['1', '2,5']), '.'), refused(/^a\.csv row 2/))
})

test('numbers that nothing can be learnt from are refused', () => {
  assert.throws(() => checkNumbers([file(['4', '4.0'])], '.'), refused(/the number 4 in all 2 rows/))
  assert.throws(() => checkNumbers([file(['1700000000', '1700000100'])], '.'), refused(/take a constant off/))
  assert.throws(() => checkNumbers([file(['1e35', '-1e35'])], '.'), refused(/too large/))
  checkNumbers([file(['1990', '2020'])], '.')
})

test('mean and deviation are those of the numbers, in single precision', () => {
  assert.deepEqual(scaleOf(Float64Array.of(1, 3)), { mean: 2, deviation: 1 })
  const { mean } = scaleOf(Float64Array.of(0.1, 0.1, 0.4))
  assert.equal(mean, Math.fround(mean))
})

test('bins hold equally many rows, equal numbers in one', () => {
  const bins = quantileBins(
    Float64Array.from({ length: 100 }, (_, i) => (i * 37) % 100),
    10,
  )
  for (let bin = 0; bin < 10; bin++) assert.equal(bins.filter((b) => b === bin).length, 10)
  const tied = quantileBins(
    Float64Array.from({ length: 100 }, (_, i) => (i < 80 ? 0 : i)),
    10,
  )
  assert.equal(new Set(tied.subarray(0, 80)).size, 1)
})

test('the parts of a split have small and large numbers alike, and the same for the same seed', () => {
  const cells = Array.from({ length: 400 }, (_, i) => String(((i * 211) % 400) ** 2))
  const options = { seed: 5, folds: null, fold: null, valid: null, test: null, split_column: null }
  const parts = divideNumbers(file(cells), options, '.')
  assert.deepEqual([parts.train.length, parts.valid.length, parts.test.length], [280, 60, 60])
  const rows = [...parts.train, ...parts.valid, ...parts.test].map(({ row }) => row)
  assert.equal(new Set(rows).size, 400)
  const mean = (part: typeof parts.train): number =>
    part.reduce((sum, { label }) => sum + Number(label), 0) / part.length
  for (const part of [parts.valid, parts.test]) assert.ok(Math.abs(mean(part) / mean(parts.train) - 1) < 0.1)
  assert.deepEqual(divideNumbers(file(cells), options, '.'), parts)
})
