import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type DropoutSite, dropoutMasks } from '../../../../src/trainer/training/step/dropout.ts'

const perToken: DropoutSite = { mask: 'finesse.dropout.0', rate: 0.25, width: 16, isPerToken: true }
const perRow: DropoutSite = { mask: 'finesse.dropout.1', rate: 0.25, width: 16, isPerToken: false }

const masksOf = (
  site: DropoutSite,
  rows: Parameters<typeof dropoutMasks>[3],
  shape: Parameters<typeof dropoutMasks>[4],
  step = 1,
  seed = 1,
): Float32Array => {
  const { data } = dropoutMasks([site], seed, step, rows, shape)[site.mask] ?? {}
  assert.ok(data instanceof Float32Array)
  return data
}

test('the share that is dropped is the rate, and what is kept is scaled so that the mean stays', () => {
  const rows = Array.from({ length: 50 }, (_, position) => ({ position, windows: [40] }))
  const mask = masksOf(perToken, rows, { rows: 50, windows: 50, length: 40 })
  const dropped = mask.filter((value) => value === 0).length / mask.length
  assert.ok(Math.abs(dropped - 0.25) < 0.01, `${dropped}`)
  assert.ok(mask.every((value) => value === 0 || value === Math.fround(1 / 0.75)))
})

test('masks follow from seed, step, site and place in the batch, not from the shape of the part', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 }), {
        minLength: 1,
        maxLength: 5,
      }),
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 0, max: 3 }),
      (batch, longer, more) => {
        const rows = batch.map((windows, position) => ({ position, windows }))
        const count = rows.flatMap(({ windows }) => windows).length
        const whole = { rows: rows.length, windows: count, length: 9 }
        const all = masksOf(perToken, rows, whole)
        const ofRows = masksOf(perRow, rows, whole)
        let at = 0
        for (const [i, row] of rows.entries()) {
          const shape = { rows: 1 + more, windows: row.windows.length + more, length: 9 + longer }
          const alone = masksOf(perToken, [row], shape)
          assert.equal(alone.length, shape.windows * shape.length * perToken.width)
          for (const [w, tokens] of row.windows.entries()) {
            const stride = shape.length * perToken.width
            const size = tokens * perToken.width
            const own = alone.slice(w * stride, (w + 1) * stride)
            assert.deepEqual(own.slice(0, size), all.slice(at, at + size))
            assert.ok(own.slice(size).every((value) => value === 0))
            at += 9 * perToken.width
          }
          const head = masksOf(perRow, [row], shape)
          assert.deepEqual(head.slice(0, 16), ofRows.slice(16 * i, 16 * i + 16))
          assert.equal(head.length, shape.rows * 16)
        }
      },
    ),
    { seed: 6, numRuns: 50 },
  )
})

test('another seed, step, site or row has another mask', () => {
  const shape = { rows: 1, windows: 1, length: 4 }
  const row = { position: 0, windows: [4] }
  const base = masksOf(perToken, [row], shape)
  for (const other of [
    masksOf(perToken, [row], shape, 2),
    masksOf(perToken, [row], shape, 1, 2),
    masksOf({ ...perToken, mask: 'finesse.dropout.7' }, [row], shape),
    masksOf(perToken, [{ ...row, position: 1 }], shape),
  ])
    assert.notDeepEqual(other, base)
})
