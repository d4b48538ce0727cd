import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Model } from '../../../src/trainer/onnx/model.ts'
import { findTrunk, type Trunk } from '../../../src/trainer/structure/trunk.ts'
import { needsShared, shared } from '../../shared.ts'
import {
  type Build,
  dense,
  embeddings,
  layerNorm,
  postNormLayer,
  preNormLayer,
  textModel,
  VOCABULARY,
  WIDTH,
} from './build-transformer.ts'
import { textGraph, textGraphIn } from './text-graph.ts'

const trunkIn = async (folder: string): Promise<Trunk> => {
  const { graph, rows, tokens } = await textGraphIn(folder)
  return findTrunk(graph, rows, tokens)
}

const trunkOf = async (model: Model): Promise<Trunk> => {
  const { graph, rows, tokens } = await textGraph(model)
  return findTrunk(graph, rows, tokens)
}

interface Known {
  readonly hidden: string
  readonly width: number
  readonly layers: number
  readonly removed?: readonly string[]
}

const zoo: Readonly<Record<string, Known>> = {
  'bert.torchscript': { hidden: 'output', width: 32, layers: 2 },
  'bert.dynamo': { hidden: 'output', width: 32, layers: 2 },
  'distilbert.torchscript': { hidden: 'output', width: 32, layers: 2 },
  'distilbert.dynamo': { hidden: 'output', width: 32, layers: 2 },
  'roberta.torchscript': { hidden: 'output', width: 32, layers: 2 },
  'roberta.dynamo': { hidden: 'output', width: 32, layers: 2 },
  // The final normalisation stays, the language model's head goes.
  'gpt2.torchscript': {
    hidden: '/m/transformer/ln_f/Add_1_output_0',
    width: 32,
    layers: 2,
    removed: ['Reshape', 'MatMul'],
  },
  'gpt2.dynamo': { hidden: 'layer_norm_4', width: 32, layers: 2, removed: ['Reshape', 'MatMul'] },
  'llama.torchscript': { hidden: '/m/model/norm/Mul_1_output_0', width: 32, layers: 2, removed: ['MatMul'] },
  'llama.dynamo': { hidden: 'mul_24', width: 32, layers: 2, removed: ['MatMul'] },
}

const assertTrunk = (trunk: Trunk, { hidden, width, layers, removed = [] }: Known): void => {
  assert.equal(trunk.hidden, hidden)
  assert.equal(trunk.width, width)
  assert.equal(trunk.layers.length, layers, trunk.layers.join(', '))
  assert.equal(new Set(trunk.layers).size, layers)
  assert.deepEqual(trunk.removed, removed)
}

for (const [name, known] of Object.entries(zoo))
  test(`${name}: the last hidden state and the layers are found`, { skip: needsShared }, async () =>
    assertTrunk(await trunkIn(shared(`zoo/${name}`)), known),
  )

test('real models: the last hidden state and the layers are found', { skip: needsShared }, async () => {
  assertTrunk(await trunkIn(shared('models/all-MiniLM-L6-v2/onnx')), {
    hidden: 'last_hidden_state',
    width: 384,
    layers: 6,
  })
  const llama = await trunkIn(shared('models/stories260K/onnx'))
  assertTrunk(llama, {
    hidden: 'last_hidden_state',
    width: 64,
    layers: 5,
    removed: ['Transpose', 'MatMul'],
  })
})

test('the embedded model is a table of embeddings: no layers worth freezing', async () => {
  const folder = fileURLToPath(new URL('../../../media/models/static-en/onnx', import.meta.url))
  const { hidden, layers, removed } = await trunkIn(folder)
  assert.equal(hidden, 'last_hidden_state')
  assert.ok(layers.length < 2)
  assert.deepEqual(removed, [])
})

const layersOf = (b: Build, layer: typeof postNormLayer, x: string): string =>
  [0, 1, 2].reduce((below, i) => layer(b, `layer${i}`, below), x)

const bert = (b: Build): string => layersOf(b, postNormLayer, layerNorm(b, 'embeddings.norm', embeddings(b)))

test('a masked-language head is cut off', async () => {
  const model = textModel((b) => {
    const transformed = b.node(
      'head.gelu',
      'Gelu',
      [dense(b, 'head.dense', bert(b), WIDTH, WIDTH)],
      {},
      'com.microsoft',
    )
    return dense(b, 'head.decoder', layerNorm(b, 'head.norm', transformed), WIDTH, VOCABULARY)
  })
  assertTrunk(await trunkOf(model), {
    hidden: 'layer2.norm2',
    width: WIDTH,
    layers: 3,
    removed: ['MatMul', 'Add', 'Gelu', 'LayerNormalization', 'MatMul', 'Add'],
  })
})

test('a masked-language head with the width of a residual branch, not added to anything, is cut off', async () => {
  const model = textModel((b) => layerNorm(b, 'head.norm', dense(b, 'head.dense', bert(b), WIDTH, WIDTH)))
  assert.equal((await trunkOf(model)).hidden, 'layer2.norm2')
})

test('a pooled classifier is cut off', async () => {
  const model = textModel((b) => {
    const first = b.node('head.first', 'Gather', [bert(b), b.ints('head.index', 0)], { axis: 1 })
    const pooled = b.node('head.tanh', 'Tanh', [dense(b, 'head.pooler', first, WIDTH, WIDTH)])
    return dense(b, 'head.classifier', pooled, WIDTH, 3)
  })
  const trunk = await trunkOf(model)
  assert.equal(trunk.hidden, 'layer2.norm2')
  assert.deepEqual(trunk.layers, ['embeddings.norm', 'layer0.norm2', 'layer1.norm2'])
  assert.deepEqual(trunk.removed, ['Gather', 'MatMul', 'Add', 'Tanh', 'MatMul', 'Add'])
})

test('a decoder keeps its final normalisation and loses its language-model head', async () => {
  const model = textModel((b) => {
    const state = layerNorm(b, 'final.norm', layersOf(b, preNormLayer, embeddings(b)))
    return b.node('head', 'MatMul', [state, b.weight('head.weight', WIDTH, VOCABULARY)])
  })
  const trunk = await trunkOf(model)
  assert.equal(trunk.hidden, 'final.norm')
  assert.deepEqual(trunk.layers, ['embeddings', 'layer0.sum2', 'layer1.sum2'])
  assert.deepEqual(trunk.removed, ['MatMul'])
})

test('a model without a hidden state is refused in one line', async () => {
  const model = textModel((b) =>
    b.node('bag', 'ReduceMean', [embeddings(b), b.ints('tokens', 1)], { keepdims: 0 }),
  )
  await assert.rejects(trunkOf(model), {
    name: 'UserError',
    message: /^The model has no last hidden state of \[rows, tokens, width\][^\n]*Choose [^\n]*$/,
  })
})
