import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { floatOutput, openSession } from '../../../src/trainer/engine/runtime.ts'
import type { Graph, Model } from '../../../src/trainer/onnx/model.ts'
import { appendLoss, lossFeeds, type Wanted } from '../../../src/trainer/tasks/classification.ts'
import { LOGITS, LOSS } from '../../../src/trainer/tasks/head.ts'
import { float32, gradientsOf, oneThread } from '../autodiff/gradients.ts'
import { pytorch } from '../training/pytorch.ts'

/** A graph whose logits are fed: [rows, labels] to the loss. */
const lossModel = (labels: number, gamma: number): Model => {
  const bare: Graph = {
    name: 'test',
    nodes: [],
    initializers: new Map(),
    inputs: [{ name: LOGITS, type: 'float32', dims: ['batch', labels] }],
    outputs: [],
  }
  return {
    irVersion: 8,
    opsets: new Map([['', 18]]),
    producer: 'test',
    graph: appendLoss(bare, labels, gamma),
  }
}

interface Case {
  readonly wanted: Wanted
  readonly gamma: number
  readonly targets: readonly number[]
  readonly logits: readonly number[]
}

const lossOf = async ({ wanted, gamma, targets, logits }: Case): Promise<number> => {
  const session = await openSession(oneThread, lossModel(wanted.labels, gamma))
  const rows = logits.length / wanted.labels
  const feeds = {
    [LOGITS]: float32([rows, wanted.labels], logits),
    ...lossFeeds(wanted, targets, targets, rows),
  }
  const loss = floatOutput(await session.run(feeds, [LOSS]), LOSS)[0] ?? Number.NaN
  await session.release()
  return loss
}

const gradientOf = async ({ wanted, gamma, targets, logits }: Case): Promise<readonly number[]> => {
  const rows = logits.length / wanted.labels
  const feeds = {
    [LOGITS]: float32([rows, wanted.labels], logits),
    ...lossFeeds(wanted, targets, targets, rows),
  }
  return (await gradientsOf(lossModel(wanted.labels, gamma), feeds, [LOGITS]))[LOGITS] ?? []
}

/** The loss in double precision, by its definition. */
const defined = ({ wanted: { labels, weights, smoothing }, gamma, targets, logits }: Case): number => {
  let [sum, counted] = [0, 0]
  for (const [row, target] of targets.entries()) {
    const own = logits.slice(row * labels, (row + 1) * labels)
    const total = own.reduce((all, x) => all + Math.exp(x), 0)
    for (const [c, x] of own.entries()) {
      const p = Math.exp(x) / total
      const wants = (c === target ? 1 - smoothing : 0) + smoothing / labels
      sum -= (weights[c] ?? 0) * wants * (1 - p) ** gamma * Math.log(p)
    }
    counted += weights[target] ?? 0
  }
  return sum / counted
}

test('cross-entropy with class weights and label smoothing, and the focal loss, are those of PyTorch', async () => {
  const { labels, targets, logits, results } = pytorch.losses
  for (const { weighted, smoothing, gamma, loss, gradient } of results) {
    const weights = Float64Array.from(pytorch.losses.weights, (weight) => (weighted ? weight : 1))
    const own: Case = { wanted: { labels, weights, smoothing }, gamma, targets, logits }
    const what = `weighted ${weighted}, smoothing ${smoothing}, gamma ${gamma}`
    assert.ok(Math.abs((await lossOf(own)) - loss) < 1e-6, what)
    for (const [i, value] of (await gradientOf(own)).entries())
      assert.ok(Math.abs(value - (gradient[i] ?? Number.NaN)) < 1e-6, `${what}: ${value}, ${gradient[i]}`)
  }
})

test('every loss is what it is defined as, and its gradient is that of finite differences', async () => {
  const labels = 3
  const logit = fc.double({ min: -4, max: 4, noNaN: true })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat({ max: labels - 1 }), logit, logit, logit), { minLength: 1, maxLength: 4 }),
      fc.array(fc.double({ min: 0.1, max: 3, noNaN: true }), { minLength: labels, maxLength: labels }),
      fc.constantFrom(0, 0.1, 0.5),
      fc.constantFrom(0, 0.5, 1, 2, 5),
      async (rows, weights, smoothing, gamma) => {
        const own: Case = {
          wanted: { labels, weights: Float64Array.from(weights), smoothing },
          gamma,
          targets: rows.map(([target]) => target),
          logits: rows.flatMap(([, ...logits]) => logits.map(Math.fround)),
        }
        assert.ok(Math.abs((await lossOf(own)) - defined(own)) < 1e-5 * (1 + defined(own)))
        const gradient = await gradientOf(own)
        for (const [i, x] of own.logits.entries()) {
          const at = (value: number): number => defined({ ...own, logits: own.logits.with(i, value) })
          const slope = (at(x + 1e-5) - at(x - 1e-5)) / 2e-5
          assert.ok(Math.abs((gradient[i] ?? Number.NaN) - slope) < 1e-4, `${gradient[i]}, not ${slope}`)
        }
      },
    ),
    { seed: 4, numRuns: 25 },
  )
})

test('a row that is learnt for good has a finite focal loss', async () => {
  for (const gamma of [0.5, 2]) {
    const own: Case = {
      wanted: { labels: 2, weights: Float64Array.of(1, 1), smoothing: 0 },
      gamma,
      targets: [0],
      logits: [60, -60],
    }
    assert.ok(Math.abs(await lossOf(own)) < 1e-6)
    assert.ok((await gradientOf(own)).every((value) => Math.abs(value) < 1e-3))
  }
})

test('the losses of the parts of a batch sum to that of the batch', async () => {
  const { labels, targets, logits } = pytorch.losses
  const wanted = { labels, weights: Float64Array.from(pytorch.losses.weights), smoothing: 0.1 }
  const session = await openSession(oneThread, lossModel(labels, 2))
  const size = 2
  let sum = 0
  for (let from = 0; from < targets.length; from += size) {
    const part = targets.slice(from, from + size)
    const own = logits.slice(from * labels, (from + part.length) * labels)
    // The last part is filled with a row that counts nothing.
    const filled = [...own, ...logits.slice(0, (size - part.length) * labels)]
    const feeds = {
      [LOGITS]: float32([size, labels], filled),
      ...lossFeeds(wanted, part, targets, size),
    }
    sum += floatOutput(await session.run(feeds, [LOSS]), LOSS)[0] ?? Number.NaN
  }
  await session.release()
  const whole = await lossOf({ wanted, gamma: 2, targets, logits })
  assert.ok(Math.abs(sum - whole) < 1e-6 * whole)
})
