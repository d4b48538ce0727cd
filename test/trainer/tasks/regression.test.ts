import assert from 'node:assert/strict'
import { test } from 'node:test'
import { floatOutput, openSession } from '../../../src/trainer/engine/runtime.ts'
import type { Tensor } from '../../../src/trainer/engine/tensor.ts'
import type { Graph, Model } from '../../../src/trainer/onnx/model.ts'
import { appendHead, LOGITS, LOSS } from '../../../src/trainer/tasks/head.ts'
import { FEATURES } from '../../../src/trainer/tasks/pooling.ts'
import {
  appendScaledHead,
  appendSquaredError,
  rescaledHead,
  squaredErrorFeeds,
} from '../../../src/trainer/tasks/regression.ts'
import { float32, gradientsOf, oneThread } from '../autodiff/gradients.ts'
import { numbers } from '../onnx/run.ts'

const WIDTH = 3
const modelOf = (graph: Graph): Model => ({
  irVersion: 8,
  opsets: new Map([['', 18]]),
  producer: 'test',
  graph,
})
const features: Graph = {
  name: 'test',
  nodes: [],
  initializers: new Map(),
  inputs: [{ name: FEATURES, type: 'float32', dims: ['batch', WIDTH] }],
  outputs: [],
}
const head = { weight: numbers(WIDTH, 2), bias: numbers(1, 3) }
const rows = [
  [0.3, -0.2, 1],
  [-1, 0.5, 0.1],
  [2, 2, 2],
]
const answers = rows.map((row) =>
  row.reduce((sum, value, i) => sum + value * (head.weight[i] ?? 0), head.bias[0] ?? 0),
)

const run = async (
  graph: Graph,
  feeds: Readonly<Record<string, Tensor>>,
  name: string,
): Promise<Float32Array> => {
  const session = await openSession(oneThread, modelOf(graph))
  const result = floatOutput(await session.run(feeds, [name]), name)
  await session.release()
  return result
}

const assertClose = (actual: ArrayLike<number>, expected: readonly number[], slack = 1e-5): void => {
  assert.equal(actual.length, expected.length)
  for (const [i, value] of expected.entries())
    assert.ok(Math.abs((actual[i] ?? Number.NaN) - value) < slack, `${Array.from(actual)}, not ${expected}`)
}

test('the loss is the mean squared error of the rows that count, and its gradient theirs', async () => {
  const targets = [1.5, -0.5]
  // The third row only fills the batch.
  const feeds = { [FEATURES]: float32([3, WIDTH], rows.flat()), ...squaredErrorFeeds(targets, 2, 3) }
  const graph = appendSquaredError(appendHead(features, head))
  const errors = targets.map((target, i) => (answers[i] ?? 0) - target)
  assertClose(await run(graph, feeds, LOSS), [errors.reduce((sum, error) => sum + error * error, 0) / 2])
  const onlyLoss = { ...graph, outputs: graph.outputs.filter(({ name }) => name === LOSS) }
  const gradients = await gradientsOf(modelOf(onlyLoss), feeds, [FEATURES])
  assertClose(
    gradients[FEATURES] ?? [],
    rows.flatMap((_, i) => Array.from(head.weight, (weight) => (errors[i] ?? 0) * weight)),
  )
})

test('the losses of the parts of a batch sum to that of the batch', async () => {
  const targets = [1.5, -0.5, 2]
  const graph = appendSquaredError(appendHead(features, head))
  const loss = async (from: number, count: number, size: number): Promise<number> => {
    const part = rows.slice(from, from + count)
    const filled = Array.from({ length: size }, (_, i) => part[i] ?? rows[0] ?? []).flat()
    const feeds = {
      [FEATURES]: float32([size, WIDTH], filled),
      ...squaredErrorFeeds(targets.slice(from, from + count), 3, size),
    }
    return (await run(graph, feeds, LOSS))[0] ?? Number.NaN
  }
  assertClose([(await loss(0, 2, 2)) + (await loss(2, 1, 2))], [await loss(0, 3, 3)])
})

test('the exported head answers in the unit of the numbers, however far from 0 they lie', async () => {
  const scale = { mean: 2005, deviation: 5.5 }
  const feeds = { [FEATURES]: float32([3, WIDTH], rows.flat()) }
  const wanted = answers.map((answer) => answer * scale.deviation + scale.mean)
  assertClose(
    await run(appendScaledHead(features, head, scale), feeds, LOGITS),
    wanted,
    1e-4 * scale.deviation,
  )
})

test('a head brought to another scale gives the same numbers', async () => {
  const [from, to] = [
    { mean: 3, deviation: 2 },
    { mean: -1, deviation: 0.5 },
  ]
  const feeds = { [FEATURES]: float32([3, WIDTH], rows.flat()) }
  const first = await run(appendScaledHead(features, head, from), feeds, LOGITS)
  const second = await run(appendScaledHead(features, rescaledHead(head, from, to), to), feeds, LOGITS)
  assertClose(second, [...first], 1e-4)
})
