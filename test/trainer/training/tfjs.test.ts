import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Runtime } from '../../../src/trainer/engine/runtime.ts'
import { batchGradients } from '../../../src/trainer/training/step/batch-gradient.ts'
import { needsShared } from '../../shared.ts'
import { useTensorFlow } from '../engine/tfjs/tensorflow.ts'
import { losses, STATIC, sampleFile, trained } from './small-run.ts'
import { LENGTH, rows, tinyNetwork } from './tiny-network.ts'

const tf = await useTensorFlow()

test('a batch has the same loss and gradients on TensorFlow.js, with dropout and rows of tables', async () => {
  const on = async (runtime: Runtime) => {
    const network = await tinyNetwork({ dropout: 0.2, head_dropout: 0.2 })
    const gradients = batchGradients({ ...network, runtime }, [LENGTH])
    const result = await gradients.of(rows.slice(0, 4), 0, 2)
    await gradients.release()
    return result
  }
  const first = await on({ device: 'cpu', threads: 1 })
  const before = tf.memory().numTensors
  const second = await on({ device: 'tfjs', threads: 1 })
  assert.equal(tf.memory().numTensors, before)
  const assertNear = (x: ArrayLike<number>, y: ArrayLike<number>, what: string): void => {
    assert.equal(x.length, y.length)
    for (let i = 0; i < x.length; i++)
      assert.ok(Math.abs((x[i] ?? Number.NaN) - (y[i] ?? Number.NaN)) < 2e-6, `${what}: ${x[i]}, ${y[i]}`)
  }
  assertNear([second.loss], [first.loss], 'loss')
  assert.ok(first.dense.size > 10 && first.rows.size > 0)
  assert.deepEqual([...second.dense.keys()], [...first.dense.keys()])
  for (const [name, gradient] of first.dense) assertNear(second.dense.get(name) ?? [], gradient, name)
  for (const [name, part] of first.rows) {
    assert.deepEqual(second.rows.get(name)?.rows, part.rows)
    assertNear(second.rows.get(name)?.gradient ?? [], part.gradient, name)
  }
})

test('a run on TensorFlow.js has the losses of one on onnxruntime, and passes the gate', {
  skip: needsShared,
}, async (t) => {
  const options = { max_length: 8, strategy: 'last:2', dropout: 0.1, batch: 8 } as const
  const run = (engine: 'onnxruntime' | 'tfjs') => trained(sampleFile(t, 60), { ...options, engine })
  const [first, second] = [await run('onnxruntime'), await run('tfjs')]
  assert.equal(second.ending.kind, 'done')
  const notes = second.events.flatMap((event) => (event.event === 'note' ? [event.message] : []))
  assert.ok(notes.includes(`TensorFlow.js ${tf.version_core} computes, on the processor.`))
  const [one, other] = [losses(first), losses(second)]
  assert.ok(one.length >= 5)
  assert.equal(other.length, one.length)
  // The head begins where the probe's iteration ended on features that differ by rounding, and the optimiser divides
  // by the size of gradients: both make more of it than the graph does.
  for (const [i, loss] of other.entries())
    assert.ok(Math.abs(loss - (one[i] ?? Number.NaN)) < 1e-3, `step ${i}: ${loss}, ${one[i]}`)
  assert.notDeepEqual(other, one)
})

test('a device is refused beside TensorFlow.js, which has its own', async (t) => {
  await assert.rejects(
    trained(sampleFile(t, 30), { model: STATIC, engine: 'tfjs', device: 'webgpu' }),
    /^UserError: Device webgpu is for the engine onnxruntime/,
  )
})
