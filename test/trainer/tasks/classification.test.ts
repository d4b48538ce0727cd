import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Pooling } from '../../../src/shared/config.ts'
import { floatOutput, openSession } from '../../../src/trainer/engine/runtime.ts'
import type { Tensor } from '../../../src/trainer/engine/tensor.ts'
import type { Graph, Model } from '../../../src/trainer/onnx/model.ts'
import { appendLoss } from '../../../src/trainer/tasks/classification.ts'
import { appendHead, LOGITS, LOSS, ROW_SHARE, TARGETS } from '../../../src/trainer/tasks/head.ts'
import { appendPooling, FEATURES } from '../../../src/trainer/tasks/pooling.ts'
import { float32, gradientsOf, oneThread } from '../autodiff/gradients.ts'
import { numbers } from '../onnx/run.ts'

const WIDTH = 3
const modelOf = (graph: Graph): Model => ({
  irVersion: 8,
  opsets: new Map([['', 18]]),
  producer: 'test',
  graph,
})

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

const assertClose = (actual: ArrayLike<number>, expected: readonly number[], what: string): void => {
  assert.equal(actual.length, expected.length, what)
  for (const [i, value] of expected.entries())
    assert.ok(
      Math.abs((actual[i] ?? Number.NaN) - value) < 1e-5,
      `${what}: ${Array.from(actual)}, not ${expected}`,
    )
}

const hidden: Graph = {
  name: 'test',
  nodes: [],
  initializers: new Map(),
  inputs: [{ name: 'hidden', type: 'float32', dims: ['batch', 'sequence', WIDTH] }],
  outputs: [],
}

/** Positions that the pooling looks at. */
const chosen: Readonly<Record<Pooling, (present: readonly number[]) => readonly number[]>> = {
  mean: (present) => present,
  cls: (present) => present.slice(0, 1),
  last: (present) => present.slice(-1),
}

const unit = (x: readonly number[]): readonly number[] => {
  const length = Math.sqrt(x.reduce((sum, value) => sum + value * value, 0))
  return x.map((value) => value / length)
}

/** Lengths of rows and on which side they are padded. */
const rowsOf = fc.record({
  tokens: fc.integer({ min: 1, max: 6 }),
  lengths: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
  left: fc.boolean(),
})

for (const pooling of ['mean', 'cls', 'last'] as const)
  test(`pooling by ${pooling}: the chosen states' mean, of length 1, wherever the padding stands`, async () => {
    const graph = appendPooling(hidden, 'hidden', WIDTH, pooling)
    await fc.assert(
      fc.asyncProperty(rowsOf, async ({ tokens, lengths, left }) => {
        const rows = lengths.map((length) => Math.min(length, tokens))
        const states = numbers(rows.length * tokens * WIDTH, tokens + rows.length)
        const isPresent = (row: number, position: number): boolean =>
          left ? position >= tokens - row : position < row
        const positions = Array.from({ length: tokens }, (_, position) => position)
        const feeds: Record<string, Tensor> = {
          hidden: { type: 'float32', dims: [rows.length, tokens, WIDTH], data: states },
          attention_mask: {
            type: 'int64',
            dims: [rows.length, tokens],
            data: BigInt64Array.from(rows.flatMap((row) => positions.map((p) => BigInt(isPresent(row, p))))),
          },
        }
        const expected = rows.flatMap((row, i) => {
          const at = chosen[pooling](positions.filter((position) => isPresent(row, position)))
          return unit(
            Array.from({ length: WIDTH }, (_, k) =>
              at.reduce((sum, p) => sum + (states[(i * tokens + p) * WIDTH + k] ?? 0), 0),
            ),
          )
        })
        assertClose(await run(graph, feeds, FEATURES), expected, pooling)
      }),
      { seed: 11, numRuns: 30 },
    )
  })

test('a row without tokens has features of zero, not of nothing', async () => {
  for (const pooling of ['mean', 'cls', 'last'] as const) {
    const feeds: Record<string, Tensor> = {
      hidden: float32([1, 2, WIDTH], [1, 2, 3, 4, 5, 6]),
      attention_mask: { type: 'int64', dims: [1, 2], data: new BigInt64Array(2) },
    }
    assertClose(
      await run(appendPooling(hidden, 'hidden', WIDTH, pooling), feeds, FEATURES),
      [0, 0, 0],
      pooling,
    )
  }
})

const LABELS = 4
const head = { weight: numbers(WIDTH * LABELS, 2), bias: numbers(LABELS, 3) }
const classifier = appendLoss(
  appendHead({ ...hidden, inputs: [{ name: FEATURES, type: 'float32', dims: ['batch', WIDTH] }] }, head),
  LABELS,
)

/** Logits and probabilities of one row. */
const answer = (
  features: readonly number[],
): { logits: readonly number[]; probabilities: readonly number[] } => {
  const logits = Array.from(head.bias, (bias, k) =>
    features.reduce((sum, value, i) => sum + value * (head.weight[i * LABELS + k] ?? 0), bias),
  )
  const total = logits.reduce((sum, value) => sum + Math.exp(value), 0)
  return { logits, probabilities: logits.map((value) => Math.exp(value) / total) }
}

test('the loss is the mean cross-entropy of the rows that count, and its gradient theirs', async () => {
  const rows = [
    [0.3, -0.2, 1],
    [-1, 0.5, 0.1],
    [2, 2, 2],
  ]
  const targets = [2, 0]
  const feeds: Record<string, Tensor> = {
    [FEATURES]: float32([3, WIDTH], rows.flat()),
    // The third row only fills the batch.
    [TARGETS]: float32([3, LABELS], [0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0]),
    [ROW_SHARE]: float32([], [1 / targets.length]),
  }
  const answers = rows.map(answer)
  assertClose(
    await run(classifier, feeds, LOGITS),
    answers.flatMap(({ logits }) => logits),
    'logits',
  )
  const losses = targets.map((target, i) => -Math.log(answers[i]?.probabilities[target] ?? 0))
  assertClose(
    await run(classifier, feeds, LOSS),
    [losses.reduce((sum, loss) => sum + loss, 0) / losses.length],
    'loss',
  )

  const onlyLoss = { ...classifier, outputs: classifier.outputs.filter(({ name }) => name === LOSS) }
  const gradients = await gradientsOf(modelOf(onlyLoss), feeds, [FEATURES])
  const expected = rows.flatMap((_, i) =>
    Array.from({ length: WIDTH }, (_, k) => {
      const target = targets[i]
      if (target === undefined) return 0
      const slopes = answers[i]?.probabilities.map((p, label) => p - Number(label === target)) ?? []
      return slopes.reduce((sum, slope, label) => sum + slope * (head.weight[k * LABELS + label] ?? 0), 0) / 2
    }),
  )
  assertClose(gradients[FEATURES] ?? [], expected, 'gradient by the features')
})
