import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { KERNEL_BASE64 } from '../../../../src/trainer/training/step/adamw-kernel.ts'
import { CHUNK } from '../../../../src/trainer/training/step/kernel.ts'
import {
  ADAMW,
  clipScale,
  type Moments,
  type OptimiserSettings,
  optimiserOf,
  squaredNorm,
  sumRows,
  updateRows,
  updateTensor,
  zeroMoments,
} from '../../../../src/trainer/training/step/optimiser.ts'
import { rateShare, warmupSteps } from '../../../../src/trainer/training/step/schedule.ts'
import { pytorch } from '../pytorch.ts'

const settings = { ...ADAMW, weightDecay: 0.01 }
const floats = (length: number) =>
  fc
    .array(fc.float({ min: -2, max: 2, noNaN: true }), { minLength: length, maxLength: length })
    .map((values) => Float32Array.from(values))

const momentsOf = (length: number, method: OptimiserSettings['method'] = 'adamw'): Moments => {
  const [moments] = zeroMoments([length], method)
  assert.ok(moments)
  return moments
}

test('updates follow AdamW as it was published', () => {
  fc.assert(
    fc.property(floats(5), fc.array(floats(5), { minLength: 1, maxLength: 6 }), (start, gradients) => {
      const weights = start.slice()
      const moments = momentsOf(5)
      const lr = 0.01
      for (const [i, gradient] of gradients.entries())
        updateTensor(weights, gradient, moments, settings, lr, i + 1, 0.5)
      for (const [k, first] of start.entries()) {
        let [w, m, v] = [first, 0, 0]
        for (const [i, gradient] of gradients.entries()) {
          const g = 0.5 * (gradient[k] ?? 0)
          m = 0.9 * m + 0.1 * g
          v = 0.999 * v + 0.001 * g * g
          w -= lr * 0.01 * w
          w -= (lr * (m / (1 - 0.9 ** (i + 1)))) / (Math.sqrt(v / (1 - 0.999 ** (i + 1))) + 1e-8)
        }
        // A gradient near epsilon makes the quotient sensitive to rounding.
        assert.ok(Math.abs((weights[k] ?? 0) - w) < 1e-5, `${weights[k]}, not ${w}`)
      }
    }),
    { seed: 3, numRuns: 100 },
  )
})

test('AdamW, Adam and SGD with momentum follow PyTorch', () => {
  const { start, gradients, rates, results } = pytorch.optimisers
  for (const { optimiser, momentum, weight_decay, after } of results) {
    const own = { ...optimiserOf({ optimiser, momentum }), weightDecay: weight_decay }
    const weights = Float32Array.from(start)
    const moments = momentsOf(weights.length, optimiser)
    for (const [i, expected] of after.entries()) {
      // Given at twice its size, and halved, as clipping would.
      const gradient = Float32Array.from(gradients[i] ?? [], (g) => 2 * g)
      updateTensor(weights, gradient, moments, own, rates[i] ?? 0, i + 1, 0.5)
      for (const [k, value] of expected.entries())
        assert.ok(
          Math.abs((weights[k] ?? 0) - value) < 2e-6,
          `${optimiser}, momentum ${momentum}, decay ${weight_decay}, step ${i + 1}: ${weights[k]}, PyTorch ${value}`,
        )
    }
  }
})

test('a gradient beside its moments makes the update that one elsewhere makes', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 11 }).chain((length) => fc.tuple(floats(length), floats(length))),
      fc.constantFrom('adamw', 'adam', 'sgd'),
      ([start, gradient], method) => {
        const own = { ...optimiserOf({ optimiser: method, momentum: 0.9 }), weightDecay: 0.1 }
        const [one, other] = [start.slice(), start.slice()]
        const [near, far] = [momentsOf(start.length, method), momentsOf(start.length, method)]
        for (let step = 1; step <= 3; step++) {
          near.room.set(gradient)
          assert.equal(squaredNorm(near.room), squaredNorm(gradient))
          updateTensor(one, near.room, near, own, 0.01, step, 0.5)
          updateTensor(other, gradient, far, own, 0.01, step, 0.5)
        }
        assert.deepEqual(one, other)
        for (const moment of ['first', 'second'] as const)
          assert.deepEqual(near[moment].slice(), far[moment].slice())
      },
    ),
    { seed: 3, numRuns: 200 },
  )
})

test('SGD keeps one number a weight, the others two', () => {
  assert.equal(momentsOf(7, 'sgd').second.length, 0)
  assert.equal(momentsOf(7, 'adam').second.length, 7)
})

test('the touched rows of a table are updated as a tensor of their own, the others not at all', () => {
  const [rows, width] = [5, 3]
  fc.assert(
    fc.property(
      floats(rows * width),
      fc.uniqueArray(fc.integer({ min: 0, max: rows - 1 }), { minLength: 1 }),
      floats(rows * width),
      (start, touched, gradients) => {
        const sorted = touched.toSorted((a, b) => a - b)
        const gradient = gradients.subarray(0, sorted.length * width)
        const table = start.slice()
        const moments = momentsOf(start.length)
        updateRows(table, width, { rows: Int32Array.from(sorted), gradient }, moments, settings, 0.1, 1, 1)
        for (let row = 0; row < rows; row++) {
          const expected = start.slice(row * width, (row + 1) * width)
          const at = sorted.indexOf(row)
          const own = momentsOf(width)
          if (at >= 0)
            updateTensor(expected, gradient.slice(at * width, (at + 1) * width), own, settings, 0.1, 1, 1)
          assert.deepEqual(table.slice(row * width, (row + 1) * width), expected)
          for (const moment of ['first', 'second'] as const)
            assert.deepEqual(moments[moment].slice(row * width, (row + 1) * width), own[moment].slice())
        }
      },
    ),
    { seed: 3, numRuns: 100 },
  )
})

test('the gradients of gathered rows are summed by row, each row once and in order', () => {
  const width = 2
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 20 }), (indices) => {
      const gradient = Float32Array.from({ length: indices.length * width }, (_, i) => i + 1)
      for (const form of [indices, BigInt64Array.from(indices, BigInt)]) {
        const summed = sumRows(form, gradient, width)
        assert.deepEqual(
          [...summed.rows],
          [...new Set(indices)].sort((a, b) => a - b),
        )
        for (const [at, row] of summed.rows.entries())
          for (let k = 0; k < width; k++) {
            const expected = indices.reduce(
              (sum, index, i) => sum + (index === row ? (gradient[i * width + k] ?? 0) : 0),
              0,
            )
            assert.equal(summed.gradient[at * width + k], expected)
          }
      }
    }),
    { seed: 3, numRuns: 100 },
  )
})

test('clipping leaves small gradients alone and brings large ones to the limit', () => {
  fc.assert(
    fc.property(fc.float({ min: 0, max: 100, noNaN: true }), (norm) => {
      const scaled = norm * clipScale(norm, 1)
      if (norm <= 1) assert.equal(scaled, norm)
      else assert.ok(scaled <= 1 && scaled > 0.999)
    }),
    { seed: 3 },
  )
  assert.equal(squaredNorm(Float32Array.of(3, -4)), 25)
})

test('the rate rises over the warm-up, falls after it, and reaches its peak', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.double({ min: 0, max: 0.99, noNaN: true }),
      (steps, share) => {
        const warmup = warmupSteps(share, steps)
        assert.ok(warmup <= steps)
        const rates = Array.from({ length: steps }, (_, step) => rateShare('linear', step, warmup, steps))
        assert.equal(Math.max(...rates), 1)
        assert.ok(rates.every((rate) => rate > 0 && rate <= 1))
        for (let step = 1; step < steps; step++)
          assert.equal(
            (rates[step] ?? 0) >= (rates[step - 1] ?? 0),
            step < warmup || (step === warmup && warmup > 0),
            `step ${step} of ${steps}, ${warmup} to warm up`,
          )
        assert.equal(rateShare('linear', steps, warmup, steps), 0)
      },
    ),
    { seed: 3 },
  )
  assert.equal(warmupSteps(100, 40), 40)
  assert.equal(warmupSteps(10, 40), 10)
  assert.equal(warmupSteps(0.25, 40), 10)
})

test('the kernel is what its text compiles to', async () => {
  const { compileKernel } = await import('../../../../scripts/compile-kernel.ts')
  assert.equal((await compileKernel()).toString('base64'), KERNEL_BASE64)
})

test('tensors longer than the kernel takes at a time are updated whole', () => {
  const length = 2 * CHUNK + 7
  const gradient = Float32Array.from({ length }, (_, i) => Math.sin(i))
  const whole = gradient.slice()
  const moments = momentsOf(length)
  updateTensor(whole, gradient, moments, settings, 0.01, 1, 1)
  for (const at of [0, CHUNK - 1, CHUNK, 2 * CHUNK + 6]) {
    const one = gradient.slice(at, at + 1)
    updateTensor(one, gradient.slice(at, at + 1), momentsOf(1), settings, 0.01, 1, 1)
    assert.equal(whole[at], one[0])
  }
  const squares = gradient.reduce((sum, g) => sum + g * g, 0)
  assert.ok(Math.abs(squaredNorm(gradient) - squares) < 1e-9 * squares)
})
