import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  LONGEST_SUM,
  quantiseColumns,
  quantiseRows,
  TABLE_ZERO,
  WEIGHT_LIMIT,
} from '../../../../src/trainer/export/compress/quantise.ts'

const LARGEST_ACTIVATION = 255
const floats = fc.float({ min: -1e4, max: 1e4, noNaN: true })

/** `pmaddubsw`: two products of an unsigned and a signed byte, added in 16 bits with saturation. */
const pmaddubsw = (a: number, b: number, c: number, d: number): number =>
  Math.max(-32768, Math.min(32767, a * b + c * d))

test('no pair of products of an activation and a weight saturates 16 bits', () => {
  assert.ok(2 * LARGEST_ACTIVATION * WEIGHT_LIMIT <= 32767)
  // The bound is what makes it so: with 8 bits the pair would be cut.
  assert.ok(2 * LARGEST_ACTIVATION * 127 > 32767)
  assert.ok(2 * LARGEST_ACTIVATION * (WEIGHT_LIMIT + 1) > 32767)
  const edges = [-WEIGHT_LIMIT, -1, 0, 1, WEIGHT_LIMIT]
  for (const a of [0, 1, 254, LARGEST_ACTIVATION])
    for (const c of [0, 1, 254, LARGEST_ACTIVATION])
      for (const b of edges) for (const d of edges) assert.equal(pmaddubsw(a, b, c, d), a * b + c * d)
})

test('no sum of the longest product leaves 32 bits', () => {
  assert.ok(LONGEST_SUM * LARGEST_ACTIVATION * WEIGHT_LIMIT <= 2 ** 31 - 1)
  assert.ok(LONGEST_SUM > 65536)
})

test('a matrix stays within the bound, and each weight within half a step of what it was', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 12 }),
      fc.infiniteStream(floats),
      (rows, columns, stream) => {
        const weights = Float32Array.from({ length: rows * columns }, () => stream.next().value)
        const { values, scales } = quantiseColumns(weights, rows, columns)
        for (const [at, weight] of weights.entries()) {
          const scale = scales[at % columns] ?? 0
          const value = values[at] ?? 0
          assert.ok(Math.abs(value) <= WEIGHT_LIMIT)
          assert.ok(Math.abs(value * scale - weight) <= scale * 0.5001)
          if (weight === 0) assert.equal(value, 0)
        }
      },
    ),
    { seed: 8 },
  )
})

test('a table keeps each row to its own scale', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 12 }),
      fc.infiniteStream(floats),
      (rows, width, stream) => {
        const table = Float32Array.from({ length: rows * width }, () => stream.next().value)
        const { values, scales } = quantiseRows(table, rows, width)
        for (const [at, entry] of table.entries()) {
          const scale = scales[Math.floor(at / width)] ?? 0
          assert.ok(Math.abs(((values[at] ?? 0) - TABLE_ZERO) * scale - entry) <= scale * 0.5001)
        }
      },
    ),
    { seed: 8 },
  )
})
