import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { residualBranches } from '../../../src/trainer/structure/branches.ts'
import { weightLevels } from '../../../src/trainer/structure/levels.ts'
import { findTrunk } from '../../../src/trainer/structure/trunk.ts'
import { needsShared, shared } from '../../shared.ts'
import {
  dense,
  embeddings,
  layerNorm,
  postNormLayer,
  preNormLayer,
  textModel,
  WIDTH,
} from './build-transformer.ts'
import { type TextGraph, textGraph, textGraphIn } from './text-graph.ts'

const levelsOf = ({ graph, model, rows, tokens }: TextGraph): ReadonlyMap<string, number> =>
  weightLevels(graph, findTrunk(graph, rows, tokens).layers, model.weights.keys())

/** Both kinds of layers, and what stands below and above them. */
const built = {
  'as BERT': textModel((b) =>
    [0, 1, 2].reduce(
      (x, i) => postNormLayer(b, `layer${i}`, x),
      layerNorm(b, 'embeddings_norm', embeddings(b)),
    ),
  ),
  'as GPT': textModel((b) =>
    layerNorm(
      b,
      'final',
      [0, 1, 2].reduce((x, i) => preNormLayer(b, `layer${i}`, x), embeddings(b)),
    ),
  ),
}

for (const [kind, model] of Object.entries(built))
  test(`${kind}: each weight stands in its layer, embeddings below, what follows the last layer in it`, async () => {
    for (const [name, level] of levelsOf(await textGraph(model))) {
      const layer = /^layer(\d)/.exec(name)?.[1]
      const expected = layer ? Number(layer) + 1 : name.startsWith('final') ? 3 : 0
      assert.equal(level, expected, name)
    }
  })

test('a weight that layers share, in whatever form, stands in the highest', async () => {
  const model = textModel((b) => {
    const tied = b.weight('tied', WIDTH, WIDTH)
    const turned = b.node('turned', 'Transpose', [tied], { perm: [1, 0] })
    return b.node('second', 'MatMul', [b.node('first', 'MatMul', [embeddings(b), tied]), turned])
  })
  const { graph } = await textGraph(model)
  assert.equal(weightLevels(graph, ['embeddings', 'first'], ['tied']).get('tied'), 2)
  assert.equal(weightLevels(graph, ['embeddings'], ['tied']).get('tied'), 1)
  assert.equal(weightLevels(graph, [], ['tied']).get('tied'), 0)
})

for (const [kind, model] of Object.entries(built))
  test(`${kind}: the branches are what attention and feed-forward parts add`, async () => {
    const { graph } = await textGraph(model)
    const found = residualBranches(graph, 'input_ids', WIDTH)
    const expected = [0, 1, 2].flatMap((i) =>
      [
        ['attention.output', 'sum1'],
        ['mlp.out', 'sum2'],
      ].map(([part, sum]) => ({ value: `layer${i}.${part}.sum`, sum: `layer${i}.${sum}` })),
    )
    assert.deepEqual(found, expected)
  })

test('where training begins at a layer, only the branches from there up count', async () => {
  const { graph } = await textGraph(built['as GPT'])
  const found = residualBranches(graph, 'layer1.sum2', WIDTH)
  assert.deepEqual(
    found.map(({ sum }) => sum),
    ['layer2.sum1', 'layer2.sum2'],
  )
})

test('sums that are no residual connections are no branches', async () => {
  const model = textModel((b) => {
    const x = embeddings(b)
    const [one, other] = [dense(b, 'one', x, WIDTH, WIDTH), dense(b, 'other', x, WIDTH, WIDTH)]
    return b.node('both', 'Add', [one, other])
  })
  assert.deepEqual(residualBranches((await textGraph(model)).graph, 'input_ids', WIDTH), [])
})

for (const [folder, layers] of [
  ['models/all-MiniLM-L6-v2/onnx', 6],
  ['models/stories260K/onnx', 5],
] as const)
  test(`${folder}: two branches a layer, weights in every layer`, { skip: needsShared }, async () => {
    const text = await textGraphIn(join(shared(folder)))
    const { width } = findTrunk(text.graph, text.rows, text.tokens)
    assert.equal(residualBranches(text.graph, 'input_ids', width).length, 2 * layers)
    const levels = new Set(levelsOf(text).values())
    for (let level = 0; level <= layers; level++) assert.ok(levels.has(level), `level ${level}`)
  })
