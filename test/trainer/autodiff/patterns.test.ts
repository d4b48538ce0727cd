import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { recognise } from '../../../src/trainer/autodiff/patterns.ts'
import { floatOutput, openSession } from '../../../src/trainer/engine/runtime.ts'
import type { Tensor } from '../../../src/trainer/engine/tensor.ts'
import { canonical } from '../../../src/trainer/onnx/canonical.ts'
import { float32Tensor, int64Tensor } from '../../../src/trainer/onnx/elements.ts'
import { loadModel } from '../../../src/trainer/onnx/load.ts'
import type { Graph, Model } from '../../../src/trainer/onnx/model.ts'
import { textFeeds } from '../../../src/trainer/text/inputs.ts'
import { needsShared, shared } from '../../shared.ts'
import { makeModel, type NodeSketch } from '../onnx/build.ts'
import { numbers } from '../onnx/run.ts'
import { oneThread } from './gradients.ts'

const run = async (
  { opsets }: Model,
  graph: Graph,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Float32Array> => {
  const model = { irVersion: 8, opsets: new Map([...opsets, ['com.microsoft', 1]]), producer: 'test', graph }
  const name = graph.outputs[0]?.name ?? ''
  const session = await openSession(oneThread, model, 'disabled')
  const result = floatOutput(await session.run(feeds, [name]), name)
  await session.release()
  return result
}

const count = (graph: Graph, op: string): number => graph.nodes.filter((node) => node.op === op).length

const assertClose = (actual: Float32Array, expected: Float32Array, tolerance: number): void => {
  assert.equal(actual.length, expected.length)
  for (const [i, value] of expected.entries())
    assert.ok(
      Math.abs((actual[i] ?? Number.NaN) - value) <= tolerance * Math.max(1, Math.abs(value)),
      `element ${i}: ${actual[i]}, not ${value}`,
    )
}

test('MiniLM: every normalisation and every GELU is one operator, and the states are the same', {
  skip: needsShared,
}, async () => {
  const model = loadModel(shared('models/all-MiniLM-L6-v2/onnx/model.onnx'))
  const original = canonical(model.graph)
  const recognised = recognise(original)
  assert.equal(count(recognised, 'LayerNormalization'), 13)
  assert.equal(count(recognised, 'Gelu'), 6)
  for (const op of ['Erf', 'Pow', 'ReduceMean', 'Sqrt']) assert.equal(count(recognised, op), 0, op)
  const rows = [
    [101, 2023, 2003, 1037, 3231, 102],
    [101, 7592, 102],
  ].map((ids) => ({ ids: Int32Array.from(ids), types: new Int32Array(ids.length), length: ids.length }))
  const feeds = Object.fromEntries(textFeeds(original.inputs, rows, 8, 0))
  assertClose(await run(model, recognised, feeds), await run(model, original, feeds), 1e-5)
})

const zoo: Readonly<
  Record<string, { readonly norms: number; readonly gelus: number; readonly rms?: number }>
> = {
  'llama.torchscript': { norms: 0, gelus: 0, rms: 5 },
  'llama.dynamo': { norms: 0, gelus: 0, rms: 5 },
  't5.torchscript': { norms: 0, gelus: 0, rms: 12 },
  't5.dynamo': { norms: 0, gelus: 0, rms: 12 },
  'bert.torchscript': { norms: 5, gelus: 2 },
  'bert.dynamo': { norms: 5, gelus: 2 },
  'distilbert.torchscript': { norms: 5, gelus: 2 },
  'distilbert.dynamo': { norms: 5, gelus: 2 },
  'roberta.torchscript': { norms: 5, gelus: 2 },
  'roberta.dynamo': { norms: 5, gelus: 2 },
}

for (const [name, { norms, gelus, rms = 0 }] of Object.entries(zoo))
  test(`${name}: the patterns of the exporter are known`, { skip: needsShared }, () => {
    const graph = recognise(canonical(loadModel(shared(`zoo/${name}/model.onnx`)).graph))
    assert.equal(count(graph, 'LayerNormalization'), norms)
    assert.equal(count(graph, 'Gelu'), gelus)
    assert.equal(count(graph, 'SimplifiedLayerNormalization'), rms)
  })

const WIDTH = 6
const x: Tensor = { type: 'float32', dims: [2, 3, WIDTH], data: numbers(36, 5).map((value) => 3 * value) }

const modelOf = (nodes: readonly NodeSketch[], constants: Readonly<Record<string, number>> = {}): Model =>
  makeModel({
    opset: 18,
    nodes,
    inputs: [{ name: 'x', type: 'float32', dims: ['rows', 'tokens', WIDTH] }],
    outputs: [{ name: 'y', type: 'float32', dims: null }],
    initializers: {
      ...Object.fromEntries(
        Object.entries(constants).map(([name, value]) => [name, float32Tensor([], [value])]),
      ),
      scale: float32Tensor([WIDTH], numbers(WIDTH, 3)),
      bias: float32Tensor([WIDTH], numbers(WIDTH, 4)),
      last: int64Tensor([1], [-1]),
      middle: int64Tensor([1], [1]),
    },
  })

const mul = (a: string, b: string, output: string, swap: boolean): NodeSketch => ({
  op: 'Mul',
  inputs: swap ? [b, a] : [a, b],
  outputs: [output],
})

interface GeluForm {
  /** x / sqrt 2 or x * (1 / sqrt 2). */
  readonly divides: boolean
  /** Where the half stands: x (1 + erf) / 2, (x / 2)(1 + erf) or ((1 + erf) / 2) x. */
  readonly half: 'last' | 'on x' | 'on the sum'
  /** Order of the operands, a bit each. */
  readonly swaps: number
}

const geluModel = ({ divides, half, swaps }: GeluForm, one = 1): Model => {
  const swap = (bit: number): boolean => (swaps & (1 << bit)) !== 0
  const nodes: NodeSketch[] = [
    divides
      ? { op: 'Div', inputs: ['x', 'root'], outputs: ['scaled'] }
      : mul('x', 'inverse', 'scaled', swap(0)),
    { op: 'Erf', inputs: ['scaled'], outputs: ['erf'] },
    { op: 'Add', inputs: swap(1) ? ['one', 'erf'] : ['erf', 'one'], outputs: ['sum'] },
  ]
  if (half === 'last') nodes.push(mul('x', 'sum', 'product', swap(2)), mul('product', 'half', 'y', swap(3)))
  else if (half === 'on x') nodes.push(mul('x', 'half', 'part', swap(2)), mul('part', 'sum', 'y', swap(3)))
  else nodes.push(mul('sum', 'half', 'part', swap(2)), mul('part', 'x', 'y', swap(3)))
  return modelOf(nodes, { root: Math.SQRT2, inverse: Math.SQRT1_2, half: 0.5, one })
}

const geluForm = fc.record({
  divides: fc.boolean(),
  half: fc.constantFrom('last' as const, 'on x' as const, 'on the sum' as const),
  swaps: fc.integer({ min: 0, max: 15 }),
})

test('GELU is found however its product is written, and gives the same', async () => {
  await fc.assert(
    fc.asyncProperty(geluForm, async (form) => {
      const model = geluModel(form)
      const recognised = recognise(model.graph)
      assert.deepEqual(
        recognised.nodes.map((node) => node.op),
        ['Gelu'],
      )
      assertClose(await run(model, recognised, { x }), await run(model, model.graph, { x }), 1e-6)
    }),
    { seed: 7, numRuns: 60 },
  )
})

test('what only resembles GELU is left alone', () => {
  fc.assert(
    fc.property(geluForm, fc.constantFrom(0.5, 2, -1), (form, one) => {
      const { graph } = geluModel(form, one)
      assert.deepEqual(recognise(graph).nodes, graph.nodes)
    }),
    { seed: 7, numRuns: 30 },
  )
})

interface NormForm {
  readonly square: 'Pow' | 'Mul'
  /** The centred value is made once, or again for the variance. */
  readonly again: boolean
  readonly swaps: number
}

const normModel = ({ square, again, swaps }: NormForm, axis = 'last'): Model => {
  const swap = (bit: number): boolean => (swaps & (1 << bit)) !== 0
  const centred = again ? 'centred2' : 'centred'
  return modelOf(
    [
      { op: 'ReduceMean', inputs: ['x', axis], outputs: ['mean'] },
      { op: 'Sub', inputs: ['x', 'mean'], outputs: ['centred'] },
      ...(again ? [{ op: 'Sub', inputs: ['x', 'mean'], outputs: ['centred2'] }] : []),
      square === 'Pow'
        ? { op: 'Pow', inputs: [centred, 'two'], outputs: ['square'] }
        : { op: 'Mul', inputs: [centred, centred], outputs: ['square'] },
      { op: 'ReduceMean', inputs: ['square', axis], outputs: ['variance'] },
      {
        op: 'Add',
        inputs: swap(0) ? ['epsilon', 'variance'] : ['variance', 'epsilon'],
        outputs: ['shifted'],
      },
      { op: 'Sqrt', inputs: ['shifted'], outputs: ['root'] },
      { op: 'Div', inputs: ['centred', 'root'], outputs: ['normal'] },
      mul('normal', 'scale', 'scaled', swap(1)),
      { op: 'Add', inputs: swap(2) ? ['bias', 'scaled'] : ['scaled', 'bias'], outputs: ['y'] },
    ],
    { two: 2, epsilon: 0.01 },
  )
}

type Root = 'divides' | 'Reciprocal' | 'one divided'

/** x / sqrt(mean(x^2) + eps) * scale. */
const rmsModel = (root: Root, { square, swaps }: NormForm, axis = 'last'): Model => {
  const swap = (bit: number): boolean => (swaps & (1 << bit)) !== 0
  const inverses: Readonly<Record<Root, readonly NodeSketch[]>> = {
    divides: [{ op: 'Div', inputs: ['x', 'root'], outputs: ['normal'] }],
    Reciprocal: [
      { op: 'Reciprocal', inputs: ['root'], outputs: ['inverse'] },
      mul('x', 'inverse', 'normal', swap(2)),
    ],
    'one divided': [
      { op: 'Div', inputs: ['one', 'root'], outputs: ['inverse'] },
      mul('x', 'inverse', 'normal', swap(2)),
    ],
  }
  return modelOf(
    [
      square === 'Pow'
        ? { op: 'Pow', inputs: ['x', 'two'], outputs: ['square'] }
        : { op: 'Mul', inputs: ['x', 'x'], outputs: ['square'] },
      { op: 'ReduceMean', inputs: ['square', axis], outputs: ['mean'] },
      { op: 'Add', inputs: swap(0) ? ['epsilon', 'mean'] : ['mean', 'epsilon'], outputs: ['shifted'] },
      { op: 'Sqrt', inputs: ['shifted'], outputs: ['root'] },
      ...inverses[root],
      mul('normal', 'scale', 'y', swap(1)),
    ],
    { two: 2, one: 1, epsilon: 0.01 },
  )
}

const normForm = fc.record({
  square: fc.constantFrom('Pow' as const, 'Mul' as const),
  again: fc.boolean(),
  swaps: fc.integer({ min: 0, max: 7 }),
})

test('layer normalisation is found however it is written, and gives the same', async () => {
  await fc.assert(
    fc.asyncProperty(normForm, async (form) => {
      const model = normModel(form)
      const recognised = recognise(model.graph)
      assert.deepEqual(
        recognised.nodes.map((node) => node.op),
        ['LayerNormalization'],
      )
      assertClose(await run(model, recognised, { x }), await run(model, model.graph, { x }), 1e-5)
    }),
    { seed: 7, numRuns: 40 },
  )
})

const rmsRoot = fc.constantFrom<Root[]>('divides', 'Reciprocal', 'one divided')

test('RMS normalisation is found however it is written, and gives the same', async () => {
  await fc.assert(
    fc.asyncProperty(rmsRoot, normForm, async (root, form) => {
      const model = rmsModel(root, form)
      const recognised = recognise(model.graph)
      assert.deepEqual(
        recognised.nodes.map((node) => node.op),
        ['SimplifiedLayerNormalization'],
      )
      assertClose(await run(model, recognised, { x }), await run(model, model.graph, { x }), 1e-5)
    }),
    { seed: 7, numRuns: 40 },
  )
})

test('RMS normalisation over another axis is left alone', () => {
  fc.assert(
    fc.property(rmsRoot, normForm, (root, form) => {
      const { graph } = rmsModel(root, form, 'middle')
      assert.deepEqual(recognise(graph).nodes, graph.nodes)
    }),
    { seed: 7, numRuns: 10 },
  )
})

test('normalisation over another axis is left alone', () => {
  fc.assert(
    fc.property(normForm, (form) => {
      const { graph } = normModel(form, 'middle')
      assert.deepEqual(recognise(graph).nodes, graph.nodes)
    }),
    { seed: 7, numRuns: 10 },
  )
})

test('a pattern whose inner value is an output too gives that value still', async () => {
  const model = geluModel({ divides: true, half: 'last', swaps: 0 })
  const outputs = ['y', 'product'].map((name) => ({ name, type: 'float32', dims: null }) as const)
  const graph = recognise({ ...model.graph, outputs })
  assert.ok(graph.nodes.some((node) => node.outputs.includes('product')))
  assertClose(await run(model, graph, { x }), await run(model, model.graph, { x }), 1e-6)
})
