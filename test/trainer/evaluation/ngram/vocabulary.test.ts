import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createRowCounts } from '../../../../src/trainer/evaluation/ngram/vocabulary.ts'

test('counts rows, and keeps the n-grams of enough of them', () => {
  const hash = fc.integer({ min: 1, max: 40 })
  const rows = fc.array(fc.array(hash, { maxLength: 20 }), { maxLength: 30 })
  fc.assert(
    fc.property(
      rows,
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 50 }),
      (rows, fewest, most) => {
        const counts = createRowCounts()
        for (const [row, hashes] of rows.entries()) counts.add(Int32Array.from(hashes), hashes.length, row)
        const vocabulary = counts.select(fewest, most)
        assert.ok(vocabulary.size <= most)
        const rowsWith = (hash: number) => rows.filter((hashes) => hashes.includes(hash)).length
        const ids = new Set<number>()
        let mostLeftOut = 0
        let fewestKept = Number.POSITIVE_INFINITY
        for (let hash = 1; hash <= 40; hash++) {
          const id = vocabulary.find(hash)
          if (id < 0) {
            mostLeftOut = Math.max(mostLeftOut, rowsWith(hash))
            continue
          }
          ids.add(id)
          fewestKept = Math.min(fewestKept, rowsWith(hash))
          assert.equal(vocabulary.rows[id], rowsWith(hash))
          assert.equal(vocabulary.character[id], hash & 1)
        }
        assert.equal(ids.size, vocabulary.size)
        assert.ok(fewestKept >= fewest && fewestKept > mostLeftOut)
        const eligible = Array.from({ length: 40 }, (_, at) => rowsWith(at + 1)).filter((n) => n >= fewest)
        if (eligible.length <= most) assert.equal(vocabulary.size, eligible.length)
      },
    ),
    { seed: 7, numRuns: 500 },
  )
})

test('grows past its first size', () => {
  const counts = createRowCounts()
  const hashes = Int32Array.from({ length: 200_000 }, (_, index) => Math.imul(index + 1, 0x9e3779b1))
  for (const row of [0, 1]) counts.add(hashes, hashes.length, row)
  const vocabulary = counts.select(2, 1e9)
  assert.equal(vocabulary.size, 200_000)
  assert.equal(new Set(Array.from(hashes, vocabulary.find)).size, 200_000)
  assert.equal(vocabulary.find(1), -1)
})
