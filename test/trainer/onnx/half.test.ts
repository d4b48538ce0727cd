import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fromHalf } from '../../../src/trainer/onnx/elements.ts'
import { LARGEST_HALF, toHalves } from '../../../src/trainer/onnx/half.ts'

const halfOf = (value: number): number => toHalves(Float32Array.of(value))[0] ?? 0

test('every half that is a number comes back as itself', () => {
  for (let bits = 0; bits < 65536; bits++) {
    const value = fromHalf(bits)
    if (Number.isNaN(value)) assert.ok(Number.isNaN(fromHalf(halfOf(value))))
    else assert.equal(halfOf(value), bits, `bits ${bits}`)
  }
})

test('a number becomes the nearest half, from the middle the even one', () => {
  fc.assert(
    fc.property(fc.float({ min: -65000, max: 65000, noNaN: true }), (value) => {
      const bits = halfOf(value)
      const error = Math.abs(fromHalf(bits) - value)
      const magnitude = bits & 0x7fff
      for (const neighbour of [magnitude - 1, magnitude + 1]) {
        if (neighbour < 0 || neighbour > 0x7bff) continue
        const other = Math.abs(fromHalf((bits & 0x8000) | neighbour) - value)
        assert.ok(error < other || (error === other && bits % 2 === 0), `${value}`)
      }
    }),
    { seed: 16, numRuns: 2000 },
  )
})

test('what is too large becomes infinite, what is too small 0', () => {
  assert.equal(fromHalf(halfOf(LARGEST_HALF)), LARGEST_HALF)
  assert.equal(fromHalf(halfOf(65520)), Number.POSITIVE_INFINITY)
  assert.equal(fromHalf(halfOf(-1e30)), Number.NEGATIVE_INFINITY)
  assert.ok(Object.is(fromHalf(halfOf(-1e-30)), -0))
})
