import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  bucketFor,
  bucketLengths,
  epochBatches,
  lengthSortedBatches,
} from '../../../../src/trainer/training/step/batches.ts'

const lengths = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 300 })
const settings = { seed: 5, numRuns: 60 }

/** Every row once. */
const assertPartition = (batches: readonly (readonly number[])[], rows: number): void =>
  assert.deepEqual(
    batches.flat().sort((a, b) => a - b),
    Array.from({ length: rows }, (_, row) => row),
  )

test('an epoch has every row once, in full batches but for the last', () => {
  fc.assert(
    fc.property(lengths, fc.integer({ min: 1, max: 20 }), fc.nat(), (rows, batch, seed) => {
      const batches = epochBatches(rows, batch, seed, 1)
      assertPartition(batches, rows.length)
      assert.equal(batches.length, Math.ceil(rows.length / batch))
      assert.ok(batches.slice(0, -1).every(({ length }) => length === batch))
      assert.deepEqual(epochBatches(rows, batch, seed, 1), batches)
    }),
    settings,
  )
})

test('epochs and seeds shuffle anew, and a batch holds rows of similar length', () => {
  const rows = Array.from({ length: 400 }, (_, i) => 1 + ((i * 37) % 50))
  const first = epochBatches(rows, 8, 1, 1)
  assert.notDeepEqual(epochBatches(rows, 8, 1, 2), first)
  assert.notDeepEqual(epochBatches(rows, 8, 2, 1), first)
  const padding = first.reduce((sum, batch) => {
    const own = batch.map((row) => rows[row] ?? 0)
    return sum + Math.max(...own) * own.length - own.reduce((a, b) => a + b, 0)
  }, 0)
  assert.ok(padding < 0.05 * rows.reduce((a, b) => a + b, 0), `${padding} tokens of padding`)
})

test('batches for the forward pass hold every row once and no more tokens than asked', () => {
  fc.assert(
    fc.property(lengths, fc.integer({ min: 60, max: 500 }), (rows, tokens) => {
      const batches = lengthSortedBatches(rows, tokens)
      assertPartition(batches, rows.length)
      for (const batch of batches)
        assert.ok(batch.length * Math.max(...batch.map((row) => rows[row] ?? 0)) <= tokens)
    }),
    settings,
  )
})

const padded = (rows: readonly number[], buckets: readonly number[]): number =>
  rows.reduce((sum, length) => sum + bucketFor(buckets, length), 0)

test('buckets hold every length, and no other choice of as many pads less', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 16 }), { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 1, max: 3 }),
      (rows, count) => {
        const buckets = bucketLengths(rows, count)
        assert.ok(buckets.length <= count && buckets.length > 0)
        assert.deepEqual(
          buckets,
          buckets.toSorted((a, b) => a - b),
        )
        const longest = Math.ceil(Math.max(...rows) / 2) * 2
        assert.equal(buckets.at(-1), longest)
        const even = Array.from({ length: longest / 2 - 1 }, (_, i) => 2 * i + 2)
        const choices = (left: number, from: number): number[][] =>
          left === 0
            ? [[]]
            : [
                [],
                ...even
                  .slice(from)
                  .flatMap((length, i) => choices(left - 1, from + i + 1).map((rest) => [length, ...rest])),
              ]
        const least = Math.min(...choices(count - 1, 0).map((below) => padded(rows, [...below, longest])))
        assert.equal(padded(rows, buckets), least)
      },
    ),
    settings,
  )
})
