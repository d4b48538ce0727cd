import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom } from '../../../../src/data/random.ts'
import type { WeightedGraph } from '../../../../src/trainer/engine/weights.ts'
import { startMean, updateMean, withMean } from '../../../../src/trainer/training/step/running-mean.ts'

const model = (values: readonly number[]): WeightedGraph => ({
  graph: { name: '', nodes: [], inputs: [], outputs: [], initializers: new Map() },
  weights: new Map([
    ['w', { type: 'float32', dims: [values.length], data: Float32Array.from(values) }],
    ['frozen', { type: 'float32', dims: [1], data: Float32Array.of(7) }],
  ]),
  opsets: new Map(),
})

const weights = (of: WeightedGraph): Float32Array => {
  const tensor = of.weights.get('w')
  assert.ok(tensor?.type === 'float32')
  return tensor.data
}

test('the mean of a weight that does not move is the weight', () => {
  const still = model([3, -2])
  const mean = startMean(still, ['w'])
  for (let step = 1; step <= 500; step++) updateMean(mean, still, step, 0.33)
  assert.deepEqual(mean.get('w'), Float32Array.of(3, -2))
})

test('of a weight that is its step, the mean lies about the covered share of the steps behind', () => {
  for (const share of [0.1, 0.33]) {
    const moving = model([0])
    const mean = startMean(moving, ['w'])
    for (let step = 1; step <= 2000; step++) {
      weights(moving)[0] = step
      updateMean(mean, moving, step, share)
    }
    // An exponential mean whose reach grows with the step t as share * t lags by share * t / (1 + share).
    const behind = 2000 - (mean.get('w')?.[0] ?? 0)
    assert.ok(Math.abs(behind - (2000 * share) / (1 + share)) < 10, `${share}: ${behind}`)
  }
})

test('the mean of noise is nearer to its centre than a step is', () => {
  const random = createRandom(1, 'noise')
  const noisy = model([0])
  const mean = startMean(noisy, ['w'])
  let [ofMean, ofStep] = [0, 0]
  for (let step = 1; step <= 4000; step++) {
    weights(noisy)[0] = random.next() - 0.5
    updateMean(mean, noisy, step, 0.33)
    if (step < 2000) continue
    ofMean += (mean.get('w')?.[0] ?? 0) ** 2
    ofStep += (weights(noisy)[0] ?? 0) ** 2
  }
  assert.ok(ofMean < ofStep / 100, `${ofMean} of ${ofStep}`)
})

test('the mean takes the place of the weights, and they come back after a failure too', async () => {
  const moving = model([1, 2])
  const mean = startMean(moving, ['w'])
  weights(moving).set([5, 6])
  assert.deepEqual(await withMean(mean, moving, async () => weights(moving).slice()), Float32Array.of(1, 2))
  await assert.rejects(
    withMean(mean, moving, () => Promise.reject(new Error('no'))),
    /no/,
  )
  assert.deepEqual(weights(moving), Float32Array.of(5, 6))
  assert.deepEqual(mean.get('w'), Float32Array.of(1, 2))
})
