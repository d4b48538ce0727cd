import assert from 'node:assert/strict'
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Strategy } from '../../../src/shared/config.ts'
import type { Attribute, Graph, Model } from '../../../src/trainer/onnx/model.ts'
import { writeModel } from '../../../src/trainer/onnx/write.ts'
import { temporaryFolder } from '../../run/sample.ts'
import {
  type Build,
  embeddings,
  layerNorm,
  postNormLayer,
  preNormLayer,
  textModel,
  WIDTH,
} from '../structure/build-transformer.ts'
import { sampleFile, trained } from './small-run.ts'

// Models of three layers with a node in the second that no gradient can pass.

/** The residual stream with what `branch` makes of it added. */
const blockedModel = (branch: (b: Build, x: string) => string): Model =>
  textModel((b) => {
    const below = preNormLayer(b, 'layer0', embeddings(b))
    const through = b.node('through', 'Add', [below, branch(b, layerNorm(b, 'norm', below))])
    const state = preNormLayer(b, 'layer2', preNormLayer(b, 'layer1', through))
    return layerNorm(b, 'final', state)
  })

/** onnxruntime's own example of an operator, so none that will have a rule one day. */
const withoutRule = blockedModel((b, x) => b.node('echo', 'SampleOp', [x], {}, 'com.microsoft'))

const dynamicallyQuantised = blockedModel((b, x) => {
  b.nodes.push({
    op: 'DynamicQuantizeLinear',
    name: 'quantise',
    inputs: [x],
    outputs: ['whole', 'whole_scale', 'whole_zero'],
  })
  const product = b.node('product', 'MatMulInteger', [
    'whole',
    b.bytes('whole_weight', WIDTH, WIDTH),
    'whole_zero',
  ])
  return b.node('rescaled', 'Mul', [b.node('float', 'Cast', [product], { to: 1 }), 'whole_scale'])
})

const quantisedWeight = blockedModel((b, x) => {
  const scale = b.weight('weight_scale', 1)
  const weight = b.node('restored', 'DequantizeLinear', [b.bytes('weight_bytes', WIDTH, WIDTH), scale])
  return b.node('product', 'MatMul', [x, weight])
})

const fewBits = blockedModel((b, x) =>
  b.node(
    'packed',
    'MatMulNBits',
    [x, b.bytes('packed_weight', WIDTH, 1, 8), b.weight('packed_scales', WIDTH)],
    { K: WIDTH, N: WIDTH, bits: 4, block_size: 16 },
    'com.microsoft',
  ),
)

const branch = (name: string): Attribute => {
  const graph: Graph = {
    name,
    nodes: [
      {
        name,
        op: 'Identity',
        domain: '',
        inputs: ['norm'],
        outputs: [`${name}.state`],
        attributes: new Map(),
      },
    ],
    initializers: new Map(),
    inputs: [],
    outputs: [{ name: `${name}.state`, type: 'float32', dims: null }],
  }
  return { kind: 'graph', value: graph }
}

const merged = blockedModel((b) =>
  b.node('choice', 'If', [b.flag('condition')], { then_branch: branch('then'), else_branch: branch('else') }),
)

const plain = textModel((b) => postNormLayer(b, 'layer', layerNorm(b, 'norm', embeddings(b))))

/** A model's folder, with the tokenizer of the tests. */
const folderOf = (t: TestContext, files: Readonly<Record<string, Model>>): string => {
  const folder = temporaryFolder(t)
  const fixture = fileURLToPath(new URL('../../fixtures/tokenizer/wordpiece', import.meta.url))
  for (const name of ['tokenizer.json', 'tokenizer_config.json'])
    copyFileSync(join(fixture, name), join(folder, name))
  for (const [name, model] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), writeModel(model))
  }
  return folder
}

const train = (t: TestContext, model: string, strategy: Strategy) => {
  const file = sampleFile(t, 60)
  const out = join(dirname(file), 'runs')
  return { out, trained: trained(file, { model, strategy, epochs: 1, lr: 1e-3 }, { out }) }
}

interface Refusal {
  readonly model: Model
  readonly node: RegExp
  readonly advice: RegExp
}

const refusals: Readonly<Record<string, Refusal>> = {
  'an operator without a rule': {
    model: withoutRule,
    node: /node echo \(com\.microsoft\.SampleOp\) has no gradient rule in Finesse/,
    advice: /train the head alone \(strategy head\), or choose a model without it, or the strategy last:2/,
  },
  'a quantised weight': {
    model: quantisedWeight,
    node: /node restored \(DequantizeLinear\) computes with quantised weights/,
    advice: /choose the fp32 or fp16 file of this model/,
  },
  'weights of four bits': {
    model: fewBits,
    node: /node packed \(com\.microsoft\.MatMulNBits\) computes with quantised weights/,
    advice: /choose the fp32 or fp16 file of this model/,
  },
}

for (const [what, { model, node, advice }] of Object.entries(refusals)) {
  test(`${what}: one line before anything is written`, async (t) => {
    const folder = folderOf(t, { 'onnx/model.onnx': model })
    for (const strategy of ['full', 'last:3'] as const) {
      const { out, trained } = train(t, folder, strategy)
      await assert.rejects(trained, ({ name, message }: Error) => {
        assert.equal(name, 'UserError')
        assert.match(message, /^[^\n]*model\.onnx: [^\n]*$/)
        assert.match(message, node)
        assert.match(message, advice)
        return true
      })
      assert.equal(existsSync(out), false)
    }
  })

  test(`${what}: what lies above is trained, and the head alone`, async (t) => {
    const folder = folderOf(t, { 'onnx/model.onnx': model })
    for (const strategy of ['head', 'last:2'] as const)
      assert.equal((await train(t, folder, strategy).trained).ending.kind, 'done')
  })
}

test('activations quantised by the batch: one line, for a head too, as no answer would hold', async (t) => {
  const folder = folderOf(t, { 'onnx/model.onnx': dynamicallyQuantised })
  for (const strategy of ['full', 'last:1', 'head'] as const) {
    const { out, trained } = train(t, folder, strategy)
    await assert.rejects(trained, {
      name: 'UserError',
      message:
        /^[^\n]*model\.onnx: node quantise \(DynamicQuantizeLinear\) quantises by the range of a whole batch[^\n]*choose the fp32 or fp16 file of this model\.$/,
    })
    assert.equal(existsSync(out), false)
  }
})

test('control flow: one line where no plain file lies beside it, else that is taken', async (t) => {
  const folder = folderOf(t, { 'onnx/model.onnx': merged })
  const { out, trained } = train(t, folder, 'full')
  await assert.rejects(trained, {
    name: 'UserError',
    message: /^[^\n]*model\.onnx: node choice \(If\) decides at run time [^\n]*the unmerged one\)\.$/,
  })
  assert.equal(existsSync(out), false)
  const both = folderOf(t, { 'onnx/model.onnx': merged, 'onnx/decoder_model.onnx': plain })
  assert.equal((await train(t, both, 'full').trained).ending.kind, 'done')
})

test('strategy lora where there is no linear layer: one line', async (t) => {
  const bare = textModel((b) => layerNorm(b, 'norm', embeddings(b)))
  const folder = folderOf(t, { 'onnx/model.onnx': bare })
  await assert.rejects(train(t, folder, 'lora').trained, ({ name, message }: Error) => {
    assert.equal(name, 'UserError')
    assert.match(message, /^The model has no linear layer[^\n]*strategy full\.$/)
    return true
  })
})
