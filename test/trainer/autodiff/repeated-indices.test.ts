import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom } from '../../../src/data/random.ts'
import type { Tensor } from '../../../src/trainer/engine/tensor.ts'
import { makeModel, type NodeSketch } from '../onnx/build.ts'
import { float32, openGradients } from './gradients.ts'

const SEED = 42
const TIMES = 100
const ROWS = 5
const WIDTH = 8
const PICKED = 4000

const random = createRandom(SEED, 'repeated indices')
const rows = Array.from({ length: PICKED }, () => random.below(ROWS))
const int64 = (dims: readonly number[], values: readonly number[]): Tensor => ({
  type: 'int64',
  dims,
  data: BigInt64Array.from(values, BigInt),
})
/** Whole numbers: their sums are exact in whatever order they are added. */
const scales = Array.from({ length: PICKED }, () => random.below(9) - 4)
const each = <T>(values: readonly T[]): readonly T[] =>
  values.flatMap((value) => Array.from({ length: WIDTH }, () => value))

const expected = Array.from({ length: ROWS * WIDTH }, () => 0)
for (const [i, row] of rows.entries())
  for (let k = 0; k < WIDTH; k++) {
    const at = row * WIDTH + k
    expected[at] = (expected[at] ?? 0) + (scales[i] ?? 0)
  }

const gathers: Readonly<Record<string, { readonly node: Partial<NodeSketch>; readonly indices: Tensor }>> = {
  Gather: { node: {}, indices: int64([PICKED], rows) },
  GatherND: { node: {}, indices: int64([PICKED, 1], rows) },
  GatherElements: { node: { attributes: { axis: 0 } }, indices: int64([PICKED, WIDTH], each(rows)) },
}

// Threads that add to one place at once would lose some of it, now and then.
for (const [op, { node, indices }] of Object.entries(gathers))
  test(`${op} of ${PICKED} rows among ${ROWS}: the gradient is exact, ${TIMES} times, on four threads`, async () => {
    const model = makeModel({
      opset: 18,
      nodes: [
        { op, inputs: ['table', 'indices'], outputs: ['picked'], ...node },
        { op: 'Mul', inputs: ['picked', 'scales'], outputs: ['y'] },
      ],
      inputs: [
        { name: 'table', type: 'float32', dims: null },
        { name: 'indices', type: 'int64', dims: null },
        { name: 'scales', type: 'float32', dims: null },
      ],
      outputs: [{ name: 'y', type: 'float32', dims: null }],
    })
    const feeds = {
      table: float32([ROWS, WIDTH], each(Array.from({ length: ROWS }, (_, i) => i))),
      indices,
      scales: float32([PICKED, 1], scales),
    }
    const gradients = await openGradients(model, feeds, ['table'], { device: 'cpu', threads: 4 })
    for (let i = 0; i < TIMES; i++) assert.deepEqual((await gradients.run()).table, expected)
    await gradients.release()
  })
