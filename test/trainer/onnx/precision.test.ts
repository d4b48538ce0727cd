import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Tensor } from 'onnxruntime-node'
import { float32Tensor, fromHalf, toFloat32 } from '../../../src/trainer/onnx/elements.ts'
import { type Attribute, DataType, type Model, type TensorValue } from '../../../src/trainer/onnx/model.ts'
import { raiseHalf } from '../../../src/trainer/onnx/precision.ts'
import { readModel } from '../../../src/trainer/onnx/read.ts'
import { needsShared, shared } from '../../shared.ts'
import { floatAttribute, makeModel } from './build.ts'
import { assertSameOutputs, feedsOf, numbers, runModel } from './run.ts'

/** The half nearest to each number, by search in the ordered positive halves. */
function toHalf(values: Float32Array): Uint16Array {
  return Uint16Array.from(values, (value) => {
    let [low, high] = [0, 0x7bff]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (fromHalf(middle) <= Math.abs(value)) low = middle
      else high = middle
    }
    const nearer = Math.abs(value) - fromHalf(low) < fromHalf(high) - Math.abs(value) ? low : high
    return value < 0 ? nearer | 0x8000 : nearer
  })
}

const half = (dims: number[], values: Float32Array): TensorValue => ({
  type: 'float16',
  dims,
  data: new Uint8Array(toHalf(values).buffer),
})

/** A small network over 4 features whose weights, constants, casts and borders have the given type. */
function network(
  type: 'float16' | 'float32',
  make: (dims: number[], values: Float32Array) => TensorValue,
): Model {
  return makeModel({
    opset: 18,
    inputs: [{ name: 'x', type, dims: [3, 4] }],
    outputs: [{ name: 'y', type, dims: null }],
    nodes: [
      { op: 'MatMul', inputs: ['x', 'w'], outputs: ['h'] },
      {
        op: 'Constant',
        inputs: [],
        outputs: ['b'],
        attributes: { value: { kind: 'tensor', value: make([5], numbers(5, 3)) } },
      },
      { op: 'Add', inputs: ['h', 'b'], outputs: ['s'] },
      { op: 'LeakyRelu', inputs: ['s'], outputs: ['r'], attributes: { alpha: floatAttribute(0.1) } },
      { op: 'Shape', inputs: ['x'], outputs: ['shape'] },
      { op: 'ReduceMax', inputs: ['shape'], outputs: ['largest'], attributes: { keepdims: 0 } },
      {
        op: 'Cast',
        inputs: ['largest'],
        outputs: ['scale'],
        attributes: { to: type === 'float16' ? 10 : 1 },
      },
      { op: 'Div', inputs: ['r', 'scale'], outputs: ['y'] },
    ],
    initializers: { w: make([4, 5], numbers(20, 2)) },
  })
}

const rounded = (values: Float32Array): Float32Array => Float32Array.from(toHalf(values), fromHalf)

test('a raised fp16 model computes in float32 with the weights that the file holds', async () => {
  const raised = raiseHalf(network('float16', half))
  const feeds = { x: new Tensor('float32', numbers(12, 9), [3, 4]) }
  const exact = network('float32', (dims, values) => float32Tensor(dims, rounded(values)))
  assertSameOutputs(await runModel(raised, feeds), await runModel(exact, feeds), 'raised')

  const original = await runModel(network('float32', float32Tensor), feeds)
  const outputs = await runModel(raised, feeds)
  const [y, expected] = [outputs.y?.data, original.y?.data]
  assert.ok(y instanceof Float32Array && expected instanceof Float32Array)
  for (const [i, value] of y.entries()) assert.ok(Math.abs(value - (expected[i] ?? 0)) < 2e-3)
})

const mapTensors = (model: Model, change: (tensor: TensorValue) => TensorValue, float: number): Model => ({
  ...model,
  graph: {
    ...model.graph,
    initializers: new Map([...model.graph.initializers].map(([name, tensor]) => [name, change(tensor)])),
    nodes: model.graph.nodes.map((node) => ({
      ...node,
      attributes: new Map(
        [...node.attributes].map(([name, attribute]): [string, Attribute] => {
          if (attribute.kind === 'tensor') return [name, { kind: 'tensor', value: change(attribute.value) }]
          const isFloat = attribute.kind === 'int' && attribute.value === DataType.float32
          return name === 'to' && isFloat ? [name, { kind: 'int', value: float }] : [name, attribute]
        }),
      ),
    })),
  },
})

test('a real encoder stored in fp16 is the float32 one with rounded weights', {
  skip: needsShared,
}, async () => {
  const path = shared('zoo/bert.torchscript/model.onnx')
  const model = readModel(readFileSync(path), null, path)
  const asHalf = (tensor: TensorValue): TensorValue =>
    tensor.type === 'float32' ? half([...tensor.dims], toFloat32(tensor)) : tensor
  const asRounded = (tensor: TensorValue): TensorValue =>
    tensor.type === 'float32' ? float32Tensor(tensor.dims, rounded(toFloat32(tensor))) : tensor
  const raised = raiseHalf(mapTensors(model, asHalf, DataType.float16))
  const feeds = feedsOf(model)
  const expected = await runModel(mapTensors(model, asRounded, DataType.float32), feeds)
  assertSameOutputs(await runModel(raised, feeds), expected, 'raised')
})

test('casts between half and float32 are gone from between the parts of a pattern', () => {
  const cast = (from: string, to: string, type: number) => ({
    op: 'Cast',
    inputs: [from],
    outputs: [to],
    attributes: { to: type },
  })
  const { graph } = raiseHalf(
    makeModel({
      opset: 18,
      inputs: [
        { name: 'x', type: 'float16', dims: [4] },
        { name: 'mask', type: 'int64', dims: [4] },
      ],
      outputs: [{ name: 'y', type: 'float16', dims: [4] }],
      nodes: [
        cast('x', 'wide', DataType.float32),
        { op: 'Mul', inputs: ['wide', 'wide'], outputs: ['square'] },
        cast('square', 'narrow', DataType.float16),
        cast('mask', 'kept', DataType.float16),
        { op: 'Mul', inputs: ['narrow', 'kept'], outputs: ['y'] },
      ],
    }),
  )
  assert.deepEqual(
    graph.nodes.map(({ op }) => op),
    ['Identity', 'Mul', 'Identity', 'Cast', 'Mul'],
  )
  assert.deepEqual(graph.nodes[3]?.attributes.get('to'), { kind: 'int', value: DataType.float32 })
})

test('a model without halves is returned as it is', () => {
  const model = network('float32', float32Tensor)
  assert.equal(raiseHalf(model), model)
})

test('every half and bfloat16 has its float32 value, also where the bytes lie badly', () => {
  const bits = Uint16Array.from({ length: 65536 }, (_, i) => i)
  const bytes = new Uint8Array(2 * 65536 + 1)
  bytes.set(new Uint8Array(bits.buffer), 1)
  const data = bytes.subarray(1)
  const halves = toFloat32({ type: 'float16', dims: [65536], data })
  const brains = toFloat32({ type: 'bfloat16', dims: [65536], data })
  assert.equal(halves[0x3c00], 1)
  assert.equal(halves[0x8000], -0)
  assert.equal(halves[0x7c00], Number.POSITIVE_INFINITY)
  assert.equal(halves[0x0001], 2 ** -24)
  assert.equal(halves[0xfbff], -65504)
  assert.ok(Number.isNaN(halves[0x7e00]))
  assert.equal(brains[0x3f80], 1)
  assert.equal(brains[0xc049], -3.140625)
})
