import assert from 'node:assert/strict'
import { test } from 'node:test'
import { weightOf } from '../../../../src/trainer/engine/weights.ts'
import { attributes } from '../../../../src/trainer/onnx/attributes.ts'
import { HEAD_BIAS, HEAD_WEIGHT, LOSS } from '../../../../src/trainer/tasks/head.ts'
import { batchGradients, type Differentiable } from '../../../../src/trainer/training/step/batch-gradient.ts'
import { isDropoutMask } from '../../../../src/trainer/training/step/dropout.ts'
import { compileProgram, type StepResult } from '../../../../src/trainer/training/step/step.ts'
import { newMoments } from '../../../../src/trainer/training/step/steps.ts'
import { trainedAt } from '../../../../src/trainer/training/step/unfreeze.ts'
import { oneThread } from '../../autodiff/gradients.ts'
import { LENGTH, rows, tinyNetwork } from '../tiny-network.ts'

const NODE = { name: '', domain: '', attributes: attributes({}) }

const resultOf = async (
  model: Differentiable,
  batch: readonly number[],
  step = 0,
  parts = 1,
): Promise<StepResult> => {
  const gradients = batchGradients(model, [LENGTH])
  const result = await gradients.of(batch, step, parts)
  await gradients.release()
  return result
}

/** Equal but for rounding; the gradient's norm is about 1. */
const assertNear = (actual: Float32Array | undefined, expected: Float32Array, what: string): void => {
  assert.equal(actual?.length, expected.length, what)
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  for (const [i, value] of expected.entries())
    assert.ok(
      Math.abs((actual?.[i] ?? Number.NaN) - value) <= 1e-5 * largest + 1e-7,
      `${what}: ${actual?.[i]}, ${value}`,
    )
}

for (const settings of [
  {},
  { dropout: 0.3, head_dropout: 0.4 },
  { gamma: 2, classWeights: [0.4, 2, 1] },
] as const)
  test(`a batch in parts has the loss and the gradients of the whole: ${JSON.stringify(settings)}`, async () => {
    // Full batches and one that is not; parts that divide it and such that do not.
    for (const count of [6, 5]) {
      const batch = rows.slice(0, count)
      const whole = await resultOf(await tinyNetwork({ ...settings, batch: 6 }), batch, 3)
      assert.ok(whole.loss > 0 && whole.dense.size > 20 && whole.rows.size === 1)
      for (const divided of [2, 4, 6, 9]) {
        const parts = await resultOf(await tinyNetwork({ ...settings, batch: 6 }), batch, 3, divided)
        const what = `${count} rows in parts of ${Math.ceil(6 / divided)}`
        assert.ok(Math.abs(parts.loss - whole.loss) < 1e-5 * whole.loss, what)
        assert.deepEqual([...parts.dense.keys()], [...whole.dense.keys()])
        for (const [name, gradient] of whole.dense)
          assertNear(parts.dense.get(name), gradient, `${what}, ${name}`)
        for (const [name, { rows: touched, gradient }] of whole.rows) {
          assert.deepEqual(parts.rows.get(name)?.rows, touched, what)
          assertNear(parts.rows.get(name)?.gradient, gradient, `${what}, ${name}`)
        }
      }
    }
  })

test('gradients written to rooms are those that are not, in one part and in several, over those of another batch', async () => {
  const batch = rows.slice(0, 5)
  const model = await tinyNetwork({ batch: 6 })
  const rooms = new Map(
    [...newMoments(model.model, model.trainables, 'adamw')].map(([name, { room }]) => [name, room]),
  )
  const gradients = batchGradients(model, [LENGTH], rooms)
  await gradients.of(rows.slice(6, 12), 0, 1)
  for (const parts of [1, 3]) {
    const { dense, rows: touched } = await gradients.of(batch, 0, parts)
    const fresh = await resultOf(model, batch, 0, parts)
    assert.deepEqual([...dense.keys()], [...fresh.dense.keys()])
    for (const [name, gradient] of fresh.dense) {
      assert.equal(dense.get(name), rooms.get(name))
      assert.deepEqual(dense.get(name)?.slice(), gradient.slice(), `${name} in ${parts} parts`)
    }
    assert.deepEqual(touched, fresh.rows)
  }
  await gradients.release()
})

test('two weights that are but added to each other have a gradient each', async () => {
  const constants = new Map([
    ['a', { type: 'float32', dims: [2], data: Float32Array.of(1, 2) } as const],
    ['b', { type: 'float32', dims: [2], data: Float32Array.of(3, 4) } as const],
  ])
  const input = { name: 'x', type: 'float32', dims: [2] } as const
  const network = {
    graph: {
      name: '',
      inputs: [input],
      outputs: [{ ...input, name: LOSS, dims: [] }],
      initializers: new Map(),
      nodes: [
        { ...NODE, op: 'Add', inputs: ['a', 'b'], outputs: ['sum'] },
        { ...NODE, op: 'Mul', inputs: ['x', 'sum'], outputs: ['product'] },
        {
          ...NODE,
          op: 'ReduceSum',
          inputs: ['product'],
          outputs: [LOSS],
          attributes: attributes({ keepdims: 0 }),
        },
      ],
    },
    opsets: new Map([['', 18]]),
    weights: constants,
  }
  const feeds = { x: { type: 'float32', dims: [2], data: Float32Array.of(5, 6) } as const }
  const program = await compileProgram(oneThread, network, feeds, { dense: ['a', 'b'], tables: [] })
  for (const rooms of [undefined, new Map([['b', new Float32Array(2)]])]) {
    const { dense } = await program.run(feeds, rooms)
    for (const name of ['a', 'b']) assert.deepEqual(dense.get(name), Float32Array.of(5, 6))
    assert.notEqual(dense.get('a'), dense.get('b'))
  }
  await program.release()
})

test('layers that are computed anew in the backward pass change neither loss nor gradients', async () => {
  for (const settings of [{}, { dropout: 0.3 }, { gamma: 2 }, { interval: 2 }]) {
    const batch = rows.slice(0, 4)
    const plain = await resultOf(await tinyNetwork(settings), batch, 2)
    const again = await resultOf(await tinyNetwork({ ...settings, recompute: true }), batch, 2)
    assert.ok(Math.abs(again.loss - plain.loss) < 1e-6 * plain.loss)
    assert.deepEqual([...again.dense.keys()], [...plain.dense.keys()])
    for (const [name, gradient] of plain.dense) assertNear(again.dense.get(name), gradient, name)
    for (const [name, { gradient }] of plain.rows) assertNear(again.rows.get(name)?.gradient, gradient, name)
  }
})

for (const settings of [
  { head_dropout: 0.5 },
  { dropout: 0.5 },
  { dropout: 0.2, head_dropout: 0.2, gamma: 1 },
])
  test(`with the masks of a step the gradients are finite differences: ${JSON.stringify(settings)}`, async () => {
    const model = await tinyNetwork(settings)
    const gradients = batchGradients(model, [LENGTH])
    const batch = rows.slice(0, 4)
    const { dense } = await gradients.of(batch, 8, 1)
    for (const [name, gradient] of dense) {
      const norm = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0))
      if (norm < 1e-3) continue
      const weights = weightOf(model.model, name)
      const start = weights.slice()
      // Along the gradient the slope is its norm.
      const at = async (distance: number): Promise<number> => {
        for (const [i, value] of start.entries()) weights[i] = value + (distance * (gradient[i] ?? 0)) / norm
        return (await gradients.of(batch, 8, 1)).loss
      }
      const h = 1e-2
      const slope = ((await at(h)) - (await at(-h))) / (2 * h)
      weights.set(start)
      assert.ok(Math.abs(slope - norm) < 2e-2 * norm + 1e-4, `${name}: ${slope}, gradient ${norm}`)
    }
    await gradients.release()
  })

test('dropout is in the graph that is trained, and not in the one that is validated and exported', async () => {
  const model = await tinyNetwork({ dropout: 0.1, head_dropout: 0.1 })
  // Two branches in each of two layers, and the head.
  assert.equal(model.dropout.length, 5)
  const names = ({ inputs }: { inputs: readonly { name: string }[] }) => inputs.map(({ name }) => name)
  assert.equal(names(model.model.graph).filter(isDropoutMask).length, 5)
  assert.deepEqual(names(model.network.graph).filter(isDropoutMask), [])
  assert.ok(!model.network.graph.nodes.some(({ inputs }) => inputs.some(isDropoutMask)))
  const none = await tinyNetwork()
  assert.deepEqual(none.dropout, [])
  assert.deepEqual(names(none.model.graph).filter(isDropoutMask), [])
})

test('dropout changes from step to step, and a step repeats to the bit', async () => {
  const batch = rows.slice(0, 4)
  const settings = { dropout: 0.3, head_dropout: 0.3 }
  const first = await resultOf(await tinyNetwork(settings), batch, 5)
  assert.deepEqual(await resultOf(await tinyNetwork(settings), batch, 5), first)
  assert.notEqual((await resultOf(await tinyNetwork(settings), batch, 6)).loss, first.loss)
})

test('unfreezing begins with the head, and layer by layer the gradients below are there and the same', async () => {
  const interval = 3
  const model = await tinyNetwork({ interval })
  const all = await resultOf(await tinyNetwork(), rows.slice(0, 4))
  const gradients = batchGradients(model, [LENGTH])
  const seen: string[][] = []
  for (const step of [0, 2, 3, 6, 8, 9, 100]) {
    const { dense, rows: touched } = await gradients.of(rows.slice(0, 4), step, 1)
    const expected = trainedAt(model.trainables, model.unfreezing, step)
    assert.deepEqual([...dense.keys()].sort(), [...expected.dense].sort())
    assert.deepEqual([...touched.keys()], expected.tables)
    for (const [name, gradient] of dense) assertNear(gradient, all.dense.get(name) ?? gradient, name)
    seen.push([...dense.keys(), ...touched.keys()])
  }
  await gradients.release()
  const [zero, two, three, six, eight, nine, end] = seen
  assert.deepEqual(zero?.sort(), [HEAD_BIAS, HEAD_WEIGHT].sort())
  assert.deepEqual(two?.sort(), zero)
  assert.ok(three?.every((name) => /finesse|layer1/.test(name)) && three.length > 2)
  assert.ok(six?.every((name) => /finesse|layer[01]/.test(name)) && six.length > (three?.length ?? 0))
  assert.deepEqual(eight, six)
  assert.deepEqual(nine?.length, all.dense.size + all.rows.size)
  assert.deepEqual(end, nine)
})
