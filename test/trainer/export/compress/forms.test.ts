import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { toFp16 } from '../../../../src/trainer/export/compress/fp16.ts'
import { toInt8 } from '../../../../src/trainer/export/compress/int8.ts'
import { WEIGHT_LIMIT } from '../../../../src/trainer/export/compress/quantise.ts'
import { float32Tensor, fromHalf, toFloat32 } from '../../../../src/trainer/onnx/elements.ts'
import { toHalves } from '../../../../src/trainer/onnx/half.ts'
import type { Model, TensorValue } from '../../../../src/trainer/onnx/model.ts'
import { readModel } from '../../../../src/trainer/onnx/read.ts'
import { writeModel } from '../../../../src/trainer/onnx/write.ts'
import { HEAD_WEIGHT } from '../../../../src/trainer/tasks/head.ts'
import { floatAttribute, makeModel } from '../../onnx/build.ts'
import { type Feeds, numbers, runModel } from '../../onnx/run.ts'

const TOKENS = 50
const WIDTH = 48

const weights = (dims: number[], seed: number): TensorValue =>
  float32Tensor(
    dims,
    numbers(
      dims.reduce((a, b) => a * b, 1),
      seed,
    ),
  )

/** Tokens through a table, a product, one by a turned weight, a Gemm with all it can have, and the head. */
const model: Model = makeModel({
  opset: 18,
  inputs: [{ name: 'input_ids', type: 'int64', dims: ['rows'] }],
  outputs: [{ name: 'logits', type: 'float32', dims: ['rows', 40] }],
  initializers: {
    table: weights([TOKENS, WIDTH], 1),
    first: weights([WIDTH, WIDTH], 2),
    second: weights([WIDTH + 1, WIDTH], 3),
    third: weights([WIDTH, WIDTH + 1], 4),
    bias: weights([WIDTH], 5),
    [HEAD_WEIGHT]: weights([WIDTH, 40], 6),
    huge: float32Tensor([1, WIDTH], new Float32Array(WIDTH).fill(-3e38)),
  },
  nodes: [
    { op: 'Gather', inputs: ['table', 'input_ids'], outputs: ['rows'] },
    { op: 'Max', inputs: ['rows', 'huge'], outputs: ['kept'] },
    { op: 'MatMul', inputs: ['kept', 'first'], outputs: ['one'] },
    { op: 'Tanh', inputs: ['one'], outputs: ['bent'] },
    { op: 'Transpose', inputs: ['second'], outputs: ['turned'], attributes: { perm: [1, 0] } },
    { op: 'MatMul', inputs: ['bent', 'turned'], outputs: ['two'] },
    {
      op: 'Gemm',
      inputs: ['two', 'third', 'bias'],
      outputs: ['three'],
      attributes: { transB: 1, alpha: floatAttribute(0.5), beta: floatAttribute(2) },
    },
    { op: 'Gemm', inputs: ['three', HEAD_WEIGHT], outputs: ['logits'] },
  ],
})
const feeds: Feeds = { input_ids: new Tensor('int64', BigInt64Array.from([3n, 0n, 49n, 7n, 7n]), [5]) }

const logits = async (of: Model): Promise<Float32Array> => {
  const { logits: tensor } = await runModel(of, feeds)
  assert.ok(tensor?.data instanceof Float32Array)
  return tensor.data
}

const norm = (values: Float32Array): number => Math.hypot(...values)
const distance = (a: Float32Array, b: Float32Array): number =>
  norm(a.map((x, i) => x - (b[i] ?? 0))) / norm(b)

test('an int8 model answers as the model does, within its steps', async () => {
  const small = toInt8(model)
  const ops = small.graph.nodes.map(({ op }) => op)
  assert.equal(ops.filter((op) => op === 'MatMulInteger').length, 3)
  assert.equal(ops.filter((op) => op === 'MatMul' || op === 'Transpose').length, 0)
  assert.equal(ops.filter((op) => op === 'Gemm').length, 1)
  for (const [name, { type, dims, data }] of small.graph.initializers) {
    if (type === 'int8')
      for (const value of new Int8Array(data.buffer, data.byteOffset, data.length))
        assert.ok(Math.abs(value) <= WEIGHT_LIMIT, name)
    if (type === 'float32' && name !== HEAD_WEIGHT)
      assert.ok(dims.reduce((a, b) => a * b, 1) <= TOKENS, `${name} stayed in float32`)
  }
  assert.ok(distance(await logits(small), await logits(model)) < 0.03)
})

test("the runtime's own rewriting of an int8 model gives the same numbers", async () => {
  const small = toInt8(model)
  const session = await InferenceSession.create(writeModel(small), { graphOptimizationLevel: 'all' })
  const { logits: tensor } = await session.run(feeds)
  await session.release()
  assert.ok(tensor?.data instanceof Float32Array)
  assert.ok(distance(tensor.data, await logits(small)) < 1e-5)
})

test('activations that are read by several products are brought to uint8 once', () => {
  const shared = makeModel({
    opset: 18,
    inputs: [{ name: 'x', type: 'float32', dims: ['rows', 32] }],
    outputs: [{ name: 'y', type: 'float32', dims: ['rows', 64] }],
    initializers: { a: weights([32, 64], 1), b: weights([32, 64], 2) },
    nodes: [
      { op: 'MatMul', inputs: ['x', 'a'], outputs: ['left'] },
      { op: 'MatMul', inputs: ['x', 'b'], outputs: ['right'] },
      { op: 'Add', inputs: ['left', 'right'], outputs: ['y'] },
    ],
  })
  const ops = toInt8(shared).graph.nodes.map(({ op }) => op)
  assert.equal(ops.filter((op) => op === 'DynamicQuantizeLinear').length, 1)
})

test('an fp16 model is the model with its weights rounded to halves, to the last bit', async () => {
  const rounded = (value: TensorValue): TensorValue => {
    const values = toFloat32(value)
    return values.length < 1024
      ? value
      : float32Tensor(value.dims, Float32Array.from(toHalves(values), fromHalf))
  }
  const initializers = new Map(
    [...model.graph.initializers].map(([name, value]) => [name, rounded(value)] as const),
  )
  const small = toFp16(model)
  assert.deepEqual(await logits(small), await logits({ ...model, graph: { ...model.graph, initializers } }))
  assert.ok(writeModel(small).length < 0.55 * writeModel(model).length)
})

test('a constant that fp16 does not hold stays in float32', () => {
  const wide = makeModel({
    opset: 18,
    inputs: [{ name: 'x', type: 'float32', dims: [2000] }],
    outputs: [{ name: 'y', type: 'float32', dims: [2000] }],
    initializers: { mask: float32Tensor([2000], new Float32Array(2000).fill(-3e38)) },
    nodes: [{ op: 'Add', inputs: ['x', 'mask'], outputs: ['y'] }],
  })
  assert.equal(toFp16(wide).graph.initializers.get('mask')?.type, 'float32')
})

test('equal models give equal bytes, and both forms can be read again', () => {
  for (const form of [toInt8, toFp16]) {
    const bytes = writeModel(form(model))
    assert.deepEqual(bytes, writeModel(form(model)))
    assert.deepEqual(
      readModel(bytes, null, 'small.onnx').graph.outputs.map(({ name }) => name),
      ['logits'],
    )
  }
})
