import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withoutFusions } from '../../../src/trainer/autodiff/fusions.ts'
import { floatOutput, openSession } from '../../../src/trainer/engine/runtime.ts'
import type { Tensor } from '../../../src/trainer/engine/tensor.ts'
import { float32Tensor } from '../../../src/trainer/onnx/elements.ts'
import type { Model } from '../../../src/trainer/onnx/model.ts'
import { floatAttribute, makeModel, type NodeSketch } from '../onnx/build.ts'
import { numbers } from '../onnx/run.ts'
import { oneThread } from './gradients.ts'

// Each fusion gives what the operators give that it is written out as, and none of it is left.

const random = (dims: readonly number[], seed: number): Tensor => ({
  type: 'float32',
  dims,
  data: numbers(
    dims.reduce((product, n) => product * n, 1),
    seed,
  ),
})
const whole = (dims: readonly number[], values: readonly number[]): Tensor => ({
  type: 'int32',
  dims,
  data: Int32Array.from(values),
})

interface FusionCase {
  readonly what: string
  readonly node: Omit<NodeSketch, 'domain'>
  readonly feeds: Readonly<Record<string, Tensor>>
  /** Float outputs to compare, and the operators that the fusion becomes. */
  readonly outputs: readonly string[]
  readonly becomes: readonly string[]
}

const x = random([2, 3, 4], 1)
const skip = random([2, 3, 4], 2)
const [gamma, beta, bias] = [random([4], 3), random([4], 4), random([4], 5)]
const [words, places, kinds] = [random([9, 4], 6), random([5, 4], 7), random([2, 4], 8)]
const ids = whole([2, 3], [1, 8, 0, 3, 3, 2])
const [image, kernel] = [random([1, 2, 4, 4], 9), random([3, 2, 2, 2], 10)]

const cases: readonly FusionCase[] = [
  {
    what: 'a residual connection and its normalisation',
    node: { op: 'SkipLayerNormalization', inputs: ['x', 'skip', 'gamma', 'beta'], outputs: ['y'] },
    feeds: { x, skip, gamma, beta },
    outputs: ['y'],
    becomes: ['Add', 'LayerNormalization'],
  },
  {
    what: 'the same with a bias, the sum read too',
    node: {
      op: 'SkipLayerNormalization',
      inputs: ['x', 'skip', 'gamma', '', 'bias'],
      outputs: ['y', '', '', 'sum'],
      attributes: { epsilon: floatAttribute(0.1) },
    },
    feeds: { x, skip, gamma, bias },
    outputs: ['y', 'sum'],
    becomes: ['Add', 'Add', 'LayerNormalization'],
  },
  {
    what: 'a residual connection and its RMS normalisation',
    node: {
      op: 'SkipSimplifiedLayerNormalization',
      inputs: ['x', 'skip', 'gamma', 'bias'],
      outputs: ['y', '', '', 'sum'],
      attributes: { epsilon: floatAttribute(1e-6) },
    },
    feeds: { x, skip, gamma, bias },
    outputs: ['y', 'sum'],
    becomes: ['Add', 'Add', 'SimplifiedLayerNormalization'],
  },
  {
    what: 'embeddings, with segments and a mask',
    node: {
      op: 'EmbedLayerNormalization',
      inputs: ['ids', 'segments', 'words', 'places', 'kinds', 'gamma', 'beta', 'mask'],
      outputs: ['y', 'lengths'],
    },
    feeds: {
      ids,
      segments: whole([2, 3], [0, 0, 1, 0, 1, 1]),
      words,
      places,
      kinds,
      gamma,
      beta,
      mask: whole([2, 3], [1, 1, 0, 1, 1, 1]),
    },
    outputs: ['y'],
    becomes: [
      'Gather',
      'Shape',
      'Gather',
      'Range',
      'Gather',
      'Add',
      'Gather',
      'Add',
      'LayerNormalization',
      'ReduceSum',
    ],
  },
  {
    what: 'embeddings at given positions',
    node: {
      op: 'EmbedLayerNormalization',
      inputs: ['ids', '', 'words', 'places', '', 'gamma', 'beta', '', 'positions'],
      outputs: ['y', '', 'sum'],
    },
    feeds: { ids, words, places, gamma, beta, positions: whole([2, 3], [4, 1, 0, 2, 2, 3]) },
    outputs: ['y', 'sum'],
    becomes: ['Gather', 'Gather', 'Add', 'LayerNormalization'],
  },
  {
    what: 'a convolution and its activation',
    node: {
      op: 'FusedConv',
      inputs: ['image', 'kernel'],
      outputs: ['y'],
      attributes: {
        kernel_shape: [2, 2],
        activation: 'LeakyRelu',
        activation_params: { kind: 'floats', value: [0.2] },
      },
    },
    feeds: { image, kernel },
    outputs: ['y'],
    becomes: ['Conv', 'LeakyRelu'],
  },
  {
    what: 'a convolution, a residual connection and bounds',
    node: {
      op: 'FusedConv',
      inputs: ['image', 'kernel', 'shift', 'residue'],
      outputs: ['y'],
      attributes: {
        kernel_shape: [2, 2],
        activation: 'Clip',
        activation_params: { kind: 'floats', value: [-0.5, 0.5] },
      },
    },
    feeds: { image, kernel, shift: random([3], 11), residue: random([1, 3, 3, 3], 12) },
    outputs: ['y'],
    becomes: ['Conv', 'Add', 'Clip'],
  },
  {
    what: 'a product and its activation',
    node: {
      op: 'FusedGemm',
      inputs: ['words', 'kinds'],
      outputs: ['y'],
      attributes: { transB: 1, activation: 'Relu' },
    },
    feeds: { words, kinds },
    outputs: ['y'],
    becomes: ['Gemm', 'Relu'],
  },
]

const modelOf = ({ node, feeds, outputs }: FusionCase): Model =>
  makeModel({
    opset: 18,
    domains: { 'com.microsoft': 1 },
    nodes: [{ ...node, domain: 'com.microsoft', name: 'fused' }],
    inputs: Object.entries(feeds).map(([name, { type, dims }]) => ({ name, type, dims })),
    outputs: [...outputs, ...(node.outputs.includes('lengths') ? ['lengths'] : [])].map((name) => ({
      name,
      type: name === 'lengths' ? ('int32' as const) : ('float32' as const),
      dims: null,
    })),
    initializers: { unused: float32Tensor([1], [0]) },
  })

const run = async (model: Model, feeds: FusionCase['feeds'], outputs: readonly string[]) => {
  const session = await openSession(oneThread, model, 'disabled')
  const results = await session.run(feeds, outputs)
  await session.release()
  return outputs.map((name) => floatOutput(results, name))
}

for (const fusionCase of cases)
  test(`${fusionCase.node.op}, ${fusionCase.what}: written out it gives the same`, async () => {
    const model = modelOf(fusionCase)
    const graph = withoutFusions(model.graph)
    assert.deepEqual(
      graph.nodes.map(({ op }) => op),
      fusionCase.becomes,
    )
    const expected = await run(model, fusionCase.feeds, fusionCase.outputs)
    const actual = await run({ ...model, graph }, fusionCase.feeds, fusionCase.outputs)
    for (const [i, values] of expected.entries())
      for (const [k, value] of values.entries())
        assert.ok(Math.abs(value - (actual[i]?.[k] ?? Number.NaN)) < 1e-5, `${value} ${actual[i]?.[k]}`)
  })

test('a graph without fusions is handed on as it is', () => {
  const { graph } = makeModel({
    opset: 18,
    nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }],
    inputs: [{ name: 'x', type: 'float32', dims: [1] }],
    outputs: [{ name: 'y', type: 'float32', dims: [1] }],
  })
  assert.equal(withoutFusions(graph), graph)
})
