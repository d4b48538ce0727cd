import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openSession, output, type Runtime } from '../../../src/trainer/engine/runtime.ts'
import { specialise, toModel } from '../../../src/trainer/engine/specialise.ts'
import type { Tensor } from '../../../src/trainer/engine/tensor.ts'
import { dynamicModel, type WeightedGraph, withWeights } from '../../../src/trainer/engine/weights.ts'
import { canonical } from '../../../src/trainer/onnx/canonical.ts'
import { loadModel } from '../../../src/trainer/onnx/load.ts'
import type { Model } from '../../../src/trainer/onnx/model.ts'
import { textFeeds } from '../../../src/trainer/text/inputs.ts'
import { needsShared, shared } from '../../shared.ts'

const runtime: Runtime = { device: 'cpu', threads: 1 }

type Results = Readonly<Record<string, Tensor>>

const execute = async (model: Model, feeds: Results, outputs: readonly string[]): Promise<Results> => {
  const session = await openSession(runtime, model, 'disabled')
  const results = await session.run(feeds, outputs)
  await session.release()
  return results
}

/** Rows of the shapes' lengths, the last one shorter, so that masks matter. */
const feedsFor = ({ graph }: WeightedGraph, rows: number, tokens: number): Results => {
  const batch = Array.from({ length: rows }, (_, row) => {
    const length = row === rows - 1 ? Math.max(1, tokens - 2) : tokens
    return {
      ids: Int32Array.from({ length }, (_, i) => 3 + ((7 * row + i) % 90)),
      types: new Int32Array(length),
      length,
    }
  })
  return Object.fromEntries(textFeeds(graph.inputs, batch, tokens, 0))
}

const checkShape = async (model: WeightedGraph, rows: number, tokens: number): Promise<void> => {
  const feeds = feedsFor(model, rows, tokens)
  const outputs = model.graph.outputs.map(({ name }) => name)
  const all = { ...Object.fromEntries(model.weights), ...feeds }
  const graph = await specialise(runtime, model, feeds)
  const fixed = await execute(toModel(graph, model.opsets), all, outputs)
  const dynamic = await execute(dynamicModel(model), all, outputs)
  for (const name of outputs) {
    assert.deepEqual(
      output(fixed, name),
      output(dynamic, name),
      `${name} of ${rows} rows of ${tokens} tokens`,
    )
    assert.deepEqual(graph.values.get(name)?.dims, output(dynamic, name).dims)
  }
  // Every value's type and dimensions are what the runtime gives.
  const floats = graph.nodes.flatMap((node) => node.outputs).filter((name) => name !== '')
  const values = await execute(toModel({ ...graph, outputs: floats }, model.opsets), all, floats)
  for (const name of floats) {
    const { type, dims } = output(values, name)
    assert.deepEqual(graph.values.get(name), { type, dims }, name)
  }
  assert.ok(!graph.nodes.some((node) => node.op === 'Shape' || node.op === 'ConstantOfShape'))
}

const SHAPES = [
  [1, 1],
  [3, 7],
  [2, 12],
] as const

const opened = (file: string): WeightedGraph => {
  const { graph, opsets } = loadModel(file)
  return withWeights(canonical(graph), opsets)
}

for (const name of ['bert', 'distilbert', 'roberta', 'gpt2', 'llama'])
  test(`${name}: fixed to several shapes it gives what it gave`, { skip: needsShared }, async () => {
    const model = opened(shared(`zoo/${name}.torchscript/model.onnx`))
    for (const [rows, tokens] of SHAPES) await checkShape(model, rows, tokens)
  })

test('stories260K: fixed to several shapes it gives what it gave', { skip: needsShared }, async () => {
  const model = opened(shared('models/stories260K/onnx/model.onnx'))
  for (const [rows, tokens] of SHAPES) await checkShape(model, rows, tokens)
})

test('the embedded model, fixed to several shapes, gives what it gave', async () => {
  const folder = fileURLToPath(new URL('../../../media/models/static-en', import.meta.url))
  const model = opened(join(folder, 'onnx', 'model.onnx'))
  for (const [rows, tokens] of SHAPES) await checkShape(model, rows, tokens)
})
