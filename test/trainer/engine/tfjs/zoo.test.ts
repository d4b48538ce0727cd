import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { specialise } from '../../../../src/trainer/engine/specialise.ts'
import { fromConstant, fromHost } from '../../../../src/trainer/engine/tfjs/convert.ts'
import { computedValue, execute } from '../../../../src/trainer/engine/tfjs/execute.ts'
import type { TfTensor } from '../../../../src/trainer/engine/tfjs/operator.ts'
import {
  type Computed,
  checkCase,
  compare,
  computeCase,
  readCase,
  type StoredCase,
} from '../../../../src/trainer/engine/zoo.ts'
import { needsShared, shared } from '../../../shared.ts'
import { oneThread } from '../../autodiff/gradients.ts'
import { useTensorFlow } from './tensorflow.ts'

const tf = await useTensorFlow()
// The derivatives of TensorFlow.js's own operators, which its core comes without; the package has no other door to
// them that Node opens.
createRequire(import.meta.url)('@tensorflow/tfjs-core/dist/register_all_gradients.js')

const ARCHITECTURES = 'bert distilbert roberta gpt2 llama t5 vit wav2vec2 mobilenet_v2'.split(' ')
const cases = ARCHITECTURES.flatMap((name) => ['torchscript', 'dynamo'].map((by) => `${name}.${by}`))

/** TensorFlow.js differentiates the forward graph itself: none of our rules takes part. */
const ownGradients = async (stored: StoredCase): Promise<Computed> => {
  const { model, feeds, outputName, cotangent } = stored
  const graph = await specialise(oneThread, model, feeds)
  const names = stored.gradients.map(([name]) => name).filter((name) => graph.inputs.includes(name))
  const fixed = new Map<string, TfTensor>()
  for (const [name, value] of graph.constants) fixed.set(name, fromConstant(tf, value))
  for (const [name, tensor] of [...Object.entries(feeds), ...model.weights])
    fixed.set(name, fromHost(tf, tensor))
  const forward = (...weights: TfTensor[]): TfTensor => {
    const values = new Map(fixed)
    for (const [i, name] of names.entries()) {
      const weight = weights[i]
      if (weight) values.set(name, weight)
    }
    execute(tf, graph.nodes, values, graph.constants)
    return computedValue(values, outputName)
  }
  const weights = names.map((name) => computedValue(fixed, name))
  const output = new Float32Array(await forward(...weights).data())
  const gradients = tf.grads(forward)(weights, fromHost(tf, cotangent))
  const computed = new Map<string, Float32Array>()
  for (const [i, name] of names.entries()) {
    const gradient = gradients[i]
    assert.ok(gradient)
    computed.set(name, new Float32Array(await gradient.data()))
  }
  return { output, gradients: computed }
}

for (const name of cases)
  test(`${name}: TensorFlow.js executes the graph and the gradients derived from it`, {
    skip: needsShared,
  }, async () => {
    const result = await checkCase({ device: 'tfjs', threads: 1 }, shared(`zoo/${name}`))
    assert.ok(result.passed)
    assert.ok(result.stored > 10)
    assert.ok(result.forward < 1e-5 && result.gradient < 2e-5, `${result.forward} ${result.gradient}`)
  })

for (const name of cases)
  test(`${name}: TensorFlow.js's own differentiation agrees with the rules`, {
    skip: needsShared,
  }, async () => {
    const stored = readCase(shared(`zoo/${name}`))
    const own = await ownGradients(stored)
    // What it finds is what PyTorch found ...
    const beside = compare(stored, own)
    assert.ok(beside.forward < 1e-5 && beside.gradient < 2e-5, `${beside.worst} ${beside.gradient}`)
    assert.equal(beside.computed, beside.stored)
    // ... and what the rules give on the first engine.
    const ours = compare(
      { output: own.output, gradients: [...own.gradients] },
      await computeCase(oneThread, stored),
    )
    assert.ok(ours.forward < 1e-5 && ours.gradient < 2e-5, `${ours.worst} ${ours.gradient}`)
    assert.equal(ours.computed, beside.stored)
  })
