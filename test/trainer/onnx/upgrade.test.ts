import assert from 'node:assert/strict'
import { test } from 'node:test'
import { float32Tensor, int64Tensor } from '../../../src/trainer/onnx/elements.ts'
import {
  type Attribute,
  type Model,
  OPSET,
  type TensorValue,
  type ValueInfo,
} from '../../../src/trainer/onnx/model.ts'
import { STEPS } from '../../../src/trainer/onnx/raise.ts'
import { upgrade } from '../../../src/trainer/onnx/upgrade.ts'
import { floatAttribute, makeModel, type NodeSketch } from './build.ts'
import { assertSameOutputs, feedsOf, numbers, runModel } from './run.ts'

const floats = (...value: number[]): Attribute => ({ kind: 'floats', value })
const input = (name: string, ...dims: (number | string)[]): ValueInfo => ({ name, type: 'float32', dims })
const output = (name: string, type: ValueInfo['type'] = 'float32'): ValueInfo => ({ name, type, dims: null })

interface Case {
  readonly name: string
  readonly opset: number
  readonly nodes: readonly NodeSketch[]
  readonly inputs?: readonly ValueInfo[]
  readonly outputs?: readonly ValueInfo[]
  readonly initializers?: Readonly<Record<string, TensorValue>>
}

const one = (
  opset: number,
  op: string,
  attributes: NodeSketch['attributes'] = {},
  more: Partial<Case> & { readonly given?: readonly string[]; readonly made?: readonly string[] } = {},
): Case => ({
  name: `${op} of opset ${opset} ${JSON.stringify(attributes)}`,
  opset,
  nodes: [{ op, inputs: ['x', ...(more.given ?? [])], outputs: more.made ?? ['y'], attributes }],
  ...more,
})

const image = [input('x', 1, 2, 4, 4)]
const line = (name: string, n: number, seed = 1): Record<string, TensorValue> => ({
  [name]: float32Tensor([n], numbers(n, seed).map(Math.abs)),
})
const statistics = {
  ...line('scale', 2),
  ...line('bias', 2, 2),
  ...line('mean', 2, 3),
  ...line('variance', 2, 4),
}
const given = ['scale', 'bias', 'mean', 'variance']

const reduces =
  'ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare'.split(
    ' ',
  )
/** Positive, for the logarithms; of unknown rank to the upgrade, as `declared` has none. */
const positive: NodeSketch = { op: 'Exp', inputs: ['x'], outputs: ['positive'] }
const reduceCases = reduces.flatMap((op): Case[] =>
  [{ axes: [1, -1], keepdims: 0 }, { axes: [0] }, {}].map((attributes) => ({
    name: `${op} of opset 11 ${JSON.stringify(attributes)}`,
    opset: 11,
    nodes: [positive, { op, inputs: ['positive'], outputs: ['y'], attributes }],
  })),
)

const softmaxCases = ['Softmax', 'LogSoftmax', 'Hardmax'].flatMap((op): Case[] => [
  one(11, op),
  one(9, op, { axis: 2 }),
  one(11, op, { axis: -2 }),
  one(11, op, { axis: 0 }),
  one(11, op, { axis: -1 }),
  {
    name: `${op} of a rank that only the runtime knows`,
    opset: 11,
    nodes: [
      { op: 'Shape', inputs: ['x'], outputs: ['dims'] },
      { op: 'Slice', inputs: ['dims', 'zero', 'three'], outputs: ['wanted'] },
      { op: 'Reshape', inputs: ['x', 'wanted'], outputs: ['same'] },
      { op, inputs: ['same'], outputs: ['y'] },
    ],
    initializers: { zero: int64Tensor([1], [0]), three: int64Tensor([1], [3]) },
  },
])

const cases: Case[] = [
  ...softmaxCases,
  ...reduceCases,
  one(11, 'Squeeze', { axes: [0, 2] }, { inputs: [input('x', 1, 3, 1)] }),
  one(11, 'Squeeze', {}, { inputs: [input('x', 1, 3, 1)] }),
  one(11, 'Unsqueeze', { axes: [0, -1] }),
  one(9, 'Slice', { starts: [1, 0], ends: [1000, -1] }),
  one(9, 'Slice', { starts: [-2], ends: [Number.MAX_SAFE_INTEGER], axes: [2] }),
  one(7, 'Clip', { min: floatAttribute(-0.25), max: floatAttribute(0.5) }),
  one(10, 'Clip', { min: floatAttribute(0) }),
  one(10, 'Clip', { max: floatAttribute(0.1) }),
  one(10, 'Clip'),
  ...['constant', 'edge', 'reflect'].map((mode) => one(10, 'Pad', { mode, pads: [0, 1, 2, 1, 0, 1] })),
  one(8, 'Pad', { pads: [0, 1, 2, 1, 0, 1], value: floatAttribute(-3.5) }),
  one(11, 'Split', { axis: 2, split: [1, 3] }, { made: ['y', 'z'], outputs: [output('y'), output('z')] }),
  one(11, 'Split', { axis: 2 }, { made: ['y', 'z'], outputs: [output('y'), output('z')] }),
  one(13, 'Split', { axis: 2 }, { made: ['y', 'z'], outputs: [output('y'), output('z')] }),
  one(
    13,
    'Split',
    { axis: 2 },
    {
      given: ['sizes'],
      made: ['y', 'z'],
      outputs: [output('y'), output('z')],
      initializers: { sizes: int64Tensor([2], [3, 1]) },
    },
  ),
  one(9, 'TopK', { k: 2 }, { made: ['y', 'i'], outputs: [output('y'), output('i', 'int64')] }),
  one(
    10,
    'TopK',
    { axis: 1 },
    {
      given: ['k'],
      made: ['y', 'i'],
      outputs: [output('y'), output('i', 'int64')],
      initializers: { k: int64Tensor([1], [2]) },
    },
  ),
  one(7, 'Dropout', { ratio: floatAttribute(0.3) }),
  one(11, 'Dropout', { ratio: floatAttribute(0.3) }, { made: ['y', 'mask'] }),
  one(7, 'BatchNormalization', { spatial: 1 }, { inputs: image, given, initializers: statistics }),
  one(
    9,
    'BatchNormalization',
    { epsilon: floatAttribute(1e-3) },
    { inputs: image, given, initializers: statistics },
  ),
  ...['nearest', 'linear'].flatMap((mode) => [
    one(7, 'Upsample', { mode, scales: floats(1, 1, 2, 3) }, { inputs: image }),
    one(
      9,
      'Upsample',
      { mode },
      { inputs: image, given: ['s'], initializers: { s: float32Tensor([4], [1, 1, 1.5, 2]) } },
    ),
    one(
      10,
      'Resize',
      { mode },
      { inputs: image, given: ['s'], initializers: { s: float32Tensor([4], [1, 1, 2, 1.7]) } },
    ),
    one(
      10,
      'Resize',
      { mode },
      { inputs: image, given: ['s'], initializers: { s: float32Tensor([4], [1, 1, 0.6, 0.4]) } },
    ),
  ]),
  one(
    11,
    'Resize',
    { mode: 'linear', coordinate_transformation_mode: 'align_corners' },
    {
      inputs: image,
      given: ['roi', 's', 'sizes'],
      initializers: {
        roi: float32Tensor([0], []),
        s: float32Tensor([0], []),
        sizes: int64Tensor([4], [1, 2, 7, 5]),
      },
    },
  ),
  one(
    10,
    'RoiAlign',
    { output_height: 2, output_width: 2, sampling_ratio: 2 },
    {
      inputs: image,
      given: ['rois', 'batch'],
      initializers: { rois: float32Tensor([1, 4], [0, 0, 3, 2.5]), batch: int64Tensor([1], [0]) },
    },
  ),
  one(
    9,
    'Scatter',
    { axis: 1 },
    {
      given: ['at', 'v'],
      initializers: {
        at: int64Tensor([1, 1, 2], [2, 0]),
        v: float32Tensor([1, 1, 2], [5, 6]),
      },
    },
  ),
]

const build = ({ opset, nodes, inputs, outputs, initializers }: Case): Model =>
  makeModel({
    opset,
    nodes,
    inputs: inputs ?? [input('x', 2, 3, 4)],
    outputs: outputs ?? [output('y')],
    initializers: initializers ?? {},
  })

test('every upgrade keeps the outputs to the last bit', async (t) => {
  for (const item of cases)
    await t.test(item.name, async () => {
      const model = build(item)
      const raised = upgrade(model)
      assert.equal(raised.opsets.get(''), OPSET)
      const feeds = feedsOf(model)
      assertSameOutputs(await runModel(raised, feeds), await runModel(model, feeds), item.name)
    })
})

test('every step of the table has a test above or is a refusal below', () => {
  const tested = new Set(cases.flatMap(({ nodes, opset }) => nodes.map(({ op }) => ({ op, opset }))))
  for (const [op, steps] of Object.entries(STEPS))
    for (const { at } of steps)
      assert.ok(
        op === 'Scan' || [...tested].some((item) => item.op === op && item.opset < at),
        `${op} at ${at} is not tested`,
      )
})

test('the last axis stays one softmax, so that patterns are found', () => {
  const model = upgrade(build(one(11, 'Softmax', { axis: 2 })))
  assert.deepEqual(
    model.graph.nodes.map(({ op }) => op),
    ['Softmax'],
  )
})

test('constants take the type of their neighbours in fp64 models', async () => {
  const inFp64 = (node: Partial<NodeSketch> & { op: string }): Model =>
    build({
      name: node.op,
      opset: 10,
      nodes: [
        { op: 'Cast', inputs: ['x'], outputs: ['d'], attributes: { to: 11 } },
        { inputs: ['d'], outputs: ['e'], ...node },
        { op: 'Cast', inputs: ['e'], outputs: ['y'], attributes: { to: 1 } },
      ],
    })
  const pad = inFp64({ op: 'Pad', attributes: { pads: [0, 1, 2, 1, 0, 1], value: floatAttribute(2) } })
  const feeds = feedsOf(pad)
  assertSameOutputs(await runModel(upgrade(pad), feeds), await runModel(pad, feeds), 'Pad')
  // The runtime has no fp64 Clip of opset 10 to compare with: that the raised one is accepted must do.
  await runModel(upgrade(inFp64({ op: 'Clip', attributes: { min: floatAttribute(-0.1) } })), feeds)
})

test('branches are raised too, with the values around them known', async () => {
  const branch = (op: string, name: string): Attribute => ({
    kind: 'graph',
    value: makeModel({
      opset: 11,
      inputs: [],
      outputs: [output(name)],
      nodes: [{ op, inputs: ['e'], outputs: [name], attributes: { axes: [1], keepdims: 0 } }],
    }).graph,
  })
  const model = makeModel({
    opset: 11,
    inputs: [input('x', 2, 3, 4)],
    outputs: [output('y')],
    nodes: [
      { op: 'Exp', inputs: ['x'], outputs: ['e'] },
      { op: 'ReduceSum', inputs: ['x'], outputs: ['sum'], attributes: { keepdims: 0 } },
      { op: 'Greater', inputs: ['sum', 'zero'], outputs: ['condition'] },
      {
        op: 'If',
        inputs: ['condition'],
        outputs: ['y'],
        attributes: { then_branch: branch('ReduceMean', 'a'), else_branch: branch('ReduceMax', 'b') },
      },
    ],
    initializers: { zero: float32Tensor([], [0]) },
  })
  const feeds = feedsOf(model)
  assertSameOutputs(await runModel(upgrade(model), feeds), await runModel(model, feeds), 'If')
})

test('models of opset 18 to 24 are kept as they are', () => {
  for (const opset of [18, 21, 24]) {
    const model = build(one(opset, 'Exp'))
    assert.equal(upgrade(model), model)
  }
})

test('what no newer version says is refused by name', () => {
  const refuse = (item: Case, message: RegExp) =>
    assert.throws(() => upgrade(build(item)), { name: 'UserError', message })
  refuse(one(6, 'Exp'), /opset 6.*export it again with opset 18/)
  refuse(one(25, 'Exp'), /opset 25/)
  refuse(one(8, 'Scan'), /the node that makes y \(Scan\) can't be raised from opset 8 to 18/)
  refuse(
    one(10, 'Dropout', {}, { made: ['y', 'm'], outputs: [output('y'), output('m', 'bool')] }),
    /Dropout.*mask/,
  )
  refuse(
    one(7, 'BatchNormalization', { spatial: 0 }, { given, initializers: statistics }),
    /BatchNormalization.*spatial 0/,
  )
  refuse(
    one(
      9,
      'BatchNormalization',
      {},
      { given, initializers: statistics, made: ['y', 'm'], outputs: [output('m')] },
    ),
    /BatchNormalization.*statistics/,
  )
  refuse(
    one(
      10,
      'Resize',
      {},
      { inputs: image, given: ['s'], initializers: { s: float32Tensor([4], [1, 1, 2, 0.5]) } },
    ),
    /Resize.*scales/,
  )
})
