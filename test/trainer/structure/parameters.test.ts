import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { readSafetensors } from '../../../src/run/safetensors.ts'
import type { StaticValue } from '../../../src/trainer/autodiff/static-graph.ts'
import { findParameters } from '../../../src/trainer/structure/parameters.ts'
import { needsShared, shared } from '../../shared.ts'
import { makeModel } from '../onnx/build.ts'
import {
  attention,
  dense,
  embeddings,
  layerNorm,
  postNormLayer,
  preNormLayer,
  textModel,
  VOCABULARY,
  WIDTH,
} from './build-transformer.ts'
import { type TextGraph, textGraph, textGraphIn } from './text-graph.ts'

const parametersOf = ({ graph, model }: TextGraph, source = 'input_ids') =>
  findParameters(graph, source, model.weights)

/** The parameters that PyTorch has a gradient for, by what they are: embeddings of positions and segments are not trained. */
const known = (folder: string): readonly string[] =>
  [...readSafetensors(join(folder, 'case.safetensors')).tensors.keys()]
    .flatMap((name) => (name.startsWith('grad.') ? [name.slice('grad.'.length)] : []))
    .filter((name) => !/(position|token_type)_embeddings|\.wpe\./.test(name))
    .sort()

for (const name of ['bert', 'distilbert', 'roberta', 'gpt2', 'llama'].flatMap((architecture) => [
  `${architecture}.torchscript`,
  `${architecture}.dynamo`,
]))
  test(`${name}: the parameters are those of PyTorch, without tables of positions`, {
    skip: needsShared,
  }, async () => {
    const folder = shared(`zoo/${name}`)
    const { dense: own, tables } = parametersOf(await textGraphIn(folder))
    assert.deepEqual([...own, ...tables].sort(), known(folder))
    assert.equal(tables.length, 1)
    assert.match(tables[0] ?? '', /word_embeddings|wte|embed_tokens/)
  })

test('rotary tables are no parameters', { skip: needsShared }, async () => {
  const { dense: own, tables } = parametersOf(await textGraphIn(shared('models/stories260K/onnx')))
  assert.deepEqual(tables, ['model.embed_tokens.weight'])
  assert.ok(!own.some((name) => /rope|embed/.test(name)))
  // Per layer: four projections, three matrices of the feed-forward part, two scales; and the final scale.
  assert.equal(own.length, 5 * 9 + 1)
})

test('the embedded model: its table is trained by rows', async () => {
  const folder = fileURLToPath(new URL('../../../media/models/static-en/onnx', import.meta.url))
  const { tables } = parametersOf(await textGraphIn(folder))
  assert.deepEqual(tables, ['embeddings.weight'])
})

test('masks, tables of positions and rotary tables that meet the text are no parameters', async () => {
  const model = textModel((b) => {
    // As in exports of fixed shapes: the mask and the rotary cosines stand in the file, ready to be used.
    const scores = b.node('scores', 'Mul', [embeddings(b), b.weight('rotary', 1, 7, WIDTH)])
    const masked = b.node('masked', 'Add', [scores, b.weight('bias_of_positions', 7, WIDTH)])
    return postNormLayer(
      b,
      'layer',
      layerNorm(b, 'norm', b.node('scaled', 'Mul', [masked, b.weight('scale', 1, 1, WIDTH)])),
    )
  })
  const { dense: own } = parametersOf(await textGraph(model))
  assert.ok(!own.some((name) => /rotary|position/.test(name)), own.join(', '))
  assert.ok(
    own.includes('scale') && own.includes('norm.bias') && own.includes('layer.attention.query.weight'),
  )
})

test('a weight that the graph hands on in another form is found', async () => {
  const model = textModel((b) => {
    const turned = b.node('turned', 'Transpose', [b.weight('tied', VOCABULARY, WIDTH)], { perm: [1, 0] })
    return b.node('logits', 'MatMul', [embeddings(b), turned])
  })
  assert.deepEqual(parametersOf(await textGraph(model)).dense, ['tied'])
})

test('only what lies above the value where training begins counts', async () => {
  const model = textModel((b) =>
    dense(b, 'head', preNormLayer(b, 'layer1', preNormLayer(b, 'layer0', embeddings(b))), WIDTH, 3),
  )
  const { dense: own, tables } = parametersOf(await textGraph(model), 'layer0.sum2')
  assert.deepEqual(tables, [])
  assert.ok(own.length > 0 && own.every((name) => /^(layer1|head)\./.test(name)), own.join(', '))
})

test('a bare attention block has its eight parameters', async () => {
  const { dense: own } = parametersOf(
    await textGraph(textModel((b) => attention(b, 'attention', embeddings(b)))),
  )
  assert.equal(own.length, 8)
})

test("a batch normalisation's scale and shift are parameters, and its statistics are not", () => {
  const vector = { type: 'float32', dims: [3] } as const
  const { nodes } = makeModel({
    opset: 18,
    nodes: [
      { op: 'BatchNormalization', inputs: ['x', 'scale', 'shift', 'mean', 'variance'], outputs: ['y'] },
    ],
    inputs: [],
    outputs: [],
  }).graph
  const names = ['scale', 'shift', 'mean', 'variance']
  const weights = new Map(names.map((name) => [name, { ...vector, data: new Float32Array(3) }]))
  const x = { type: 'float32', dims: [2, 3, 5] } as const
  const values = new Map<string, StaticValue>([
    ...names.map((name) => [name, vector] as const),
    ['x', x],
    ['y', x],
  ])
  const graph = { nodes, values, constants: new Map(), inputs: ['x', ...names], outputs: ['y'] }
  assert.deepEqual(findParameters(graph, 'x', weights), { dense: ['scale', 'shift'], tables: [] })
})
