import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cpuRuntime, floatOutput, openSession } from '../../../src/trainer/engine/runtime.ts'
import { dynamicModel, type WeightedGraph, withWeights } from '../../../src/trainer/engine/weights.ts'
import { float32Tensor } from '../../../src/trainer/onnx/elements.ts'
import type { Model } from '../../../src/trainer/onnx/model.ts'
import { writeModel } from '../../../src/trainer/onnx/write.ts'
import { mergedWeight, withAdapters } from '../../../src/trainer/structure/adapters.ts'
import { makeModel, type NodeSketch } from '../onnx/build.ts'
import { numbers } from '../onnx/run.ts'

const ROWS = 5
const [IN, OUT] = [4, 6]

/** x [ROWS, IN] through nodes to y. */
const modelOf = (nodes: readonly NodeSketch[]): Model =>
  makeModel({
    opset: 18,
    inputs: [{ name: 'x', type: 'float32', dims: ['rows', IN] }],
    outputs: [{ name: 'y', type: 'float32', dims: null }],
    nodes,
    initializers: {
      plain: float32Tensor([IN, OUT], numbers(IN * OUT, 2)),
      turned: float32Tensor([OUT, IN], numbers(IN * OUT, 3)),
      square: float32Tensor([IN, IN], numbers(IN * IN, 4)),
      bias: float32Tensor([OUT], numbers(OUT, 5)),
    },
  })

const outputOf = async (network: WeightedGraph): Promise<Float32Array> => {
  const session = await openSession(cpuRuntime(), writeModel(dynamicModel(network)))
  const x = { type: 'float32' as const, dims: [ROWS, IN], data: numbers(ROWS * IN) }
  try {
    return floatOutput(await session.run({ x, ...Object.fromEntries(network.weights) }, ['y']), 'y')
  } finally {
    await session.release()
  }
}

const near = (a: Float32Array, b: Float32Array): void => {
  assert.equal(a.length, b.length)
  for (const [i, value] of a.entries())
    assert.ok(Math.abs(value - (b[i] ?? Number.NaN)) <= 1e-5 * (1 + Math.abs(value)))
}

const forms: Readonly<Record<string, { nodes: readonly NodeSketch[]; adapted: readonly string[] }>> = {
  'a product': { nodes: [{ op: 'MatMul', inputs: ['x', 'plain'], outputs: ['y'] }], adapted: ['plain'] },
  'a product with the weight transposed': {
    nodes: [
      { op: 'Transpose', inputs: ['turned'], outputs: ['w'], attributes: { perm: [1, 0] } },
      { op: 'MatMul', inputs: ['x', 'w'], outputs: ['y'] },
    ],
    adapted: ['turned'],
  },
  'a Gemm': { nodes: [{ op: 'Gemm', inputs: ['x', 'plain', 'bias'], outputs: ['y'] }], adapted: ['plain'] },
  'a Gemm that transposes': {
    nodes: [{ op: 'Gemm', inputs: ['x', 'turned', 'bias'], outputs: ['y'], attributes: { transB: 1 } }],
    adapted: ['turned'],
  },
  'one weight in two layers': {
    nodes: [
      { op: 'MatMul', inputs: ['x', 'square'], outputs: ['once'] },
      { op: 'MatMul', inputs: ['once', 'square'], outputs: ['twice'] },
      { op: 'MatMul', inputs: ['twice', 'plain'], outputs: ['y'] },
    ],
    adapted: ['square', 'plain'],
  },
  'a weight that is used in another way too': {
    nodes: [
      { op: 'MatMul', inputs: ['x', 'square'], outputs: ['once'] },
      { op: 'ReduceSum', inputs: ['square'], outputs: ['sum'] },
      { op: 'Add', inputs: ['once', 'sum'], outputs: ['added'] },
      { op: 'MatMul', inputs: ['added', 'plain'], outputs: ['y'] },
    ],
    adapted: ['plain'],
  },
  'a weight that lies one way here and the other there': {
    nodes: [
      { op: 'MatMul', inputs: ['x', 'square'], outputs: ['once'] },
      { op: 'Gemm', inputs: ['once', 'square'], outputs: ['twice'], attributes: { transB: 1 } },
      { op: 'MatMul', inputs: ['twice', 'plain'], outputs: ['y'] },
    ],
    adapted: ['plain'],
  },
}

for (const [form, { nodes, adapted }] of Object.entries(forms))
  test(`${form}: begins as the model was, and merged it answers as the adapters do`, async () => {
    const { graph, opsets } = modelOf(nodes)
    const before = withWeights(graph, opsets)
    const { network, adapters } = withAdapters(before, [...before.weights.keys()], 2, 42)
    assert.deepEqual(
      adapters.map(({ weight }) => weight),
      adapted,
    )
    const answer = await outputOf(before)
    near(await outputOf(network), answer)

    for (const [i, { b }] of adapters.entries()) {
      const tensor = network.weights.get(b)
      assert.ok(tensor?.type === 'float32')
      tensor.data.set(numbers(tensor.data.length, 7 + i))
    }
    const changed = await outputOf(network)
    assert.ok(changed.some((value, i) => Math.abs(value - (answer[i] ?? 0)) > 0.1))
    const merged = new Map(before.weights)
    for (const adapter of adapters) {
      const tensor = before.weights.get(adapter.weight)
      if (tensor?.type === 'float32')
        merged.set(adapter.weight, { ...tensor, data: mergedWeight(network, adapter) })
    }
    near(await outputOf({ ...before, weights: merged }), changed)
  })

test('equal seeds draw equal adapters, other seeds others', () => {
  const { graph, opsets } = modelOf([{ op: 'MatMul', inputs: ['x', 'plain'], outputs: ['y'] }])
  const drawn = (seed: number) =>
    withAdapters(withWeights(graph, opsets), ['plain'], 2, seed).network.weights.get('plain.lora_a')?.data
  assert.deepEqual(drawn(1), drawn(1))
  assert.notDeepEqual(drawn(1), drawn(2))
})
