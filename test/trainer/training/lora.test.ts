import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { readRecord } from '../../../src/run/folder.ts'
import { readSafetensors } from '../../../src/run/safetensors.ts'
import { ADAPTER_SCALE } from '../../../src/trainer/structure/adapters.ts'
import { needsShared } from '../../shared.ts'
import { assertSameRun } from './same-run.ts'
import { losses, resumed, STORIES, sampleFile, trained, weightsIn } from './small-run.ts'

const RANK = 2
const LORA = { model: STORIES, strategy: `lora:${RANK}`, epochs: 3, lr: 6e-3 } as const

const floats = (data: Uint8Array): Float32Array => new Float32Array(data.slice().buffer)

test('an addition of low rank to every linear layer is trained, merged, and kept in a file of its own', {
  skip: needsShared,
}, async (t) => {
  const result = await trained(sampleFile(t), LORA)
  assert.equal(result.ending.kind, 'done')
  assert.equal(readRecord(result.run).resolved?.strategy, `lora:${RANK}`)
  const [first = 0] = losses(result)
  assert.ok((losses(result).at(-1) ?? first) < first)

  const { tensors, metadata } = readSafetensors(join(result.run, 'adapter.safetensors'))
  assert.equal(metadata.scale, String(ADAPTER_SCALE))
  const base = weightsIn(STORIES)
  const exported = weightsIn(result.run)
  let adapted = 0
  for (const [name, { dims, data }] of base) {
    const now = exported.get(name)
    if (!now) continue
    const a = tensors.get(`${name}.lora_a`)
    const b = tensors.get(`${name}.lora_b`)
    if (!a || !b) {
      assert.ok(Buffer.compare(now.data, data) === 0, `${name} is as it was`)
      continue
    }
    adapted++
    assert.deepEqual(a.dims.at(-1), RANK)
    assert.deepEqual(b.dims[0], RANK)
    const [rows = 0, columns = 0] = dims
    const isTransposed = a.dims[0] !== rows
    const [before, after, low, high] = [data, now.data, a.data, b.data].map(floats)
    const outputs = b.dims[1] ?? 0
    for (const [r, c] of [
      [0, 0],
      [rows - 1, columns - 1],
      [rows >> 1, columns >> 1],
    ] as const) {
      const [i, o] = isTransposed ? [c, r] : [r, c]
      let sum = before?.[r * columns + c] ?? Number.NaN
      for (let k = 0; k < RANK; k++)
        sum += (ADAPTER_SCALE / RANK) * (low?.[i * RANK + k] ?? 0) * (high?.[k * outputs + o] ?? 0)
      // Square weights do not tell which way they lie.
      if (rows !== columns) assert.ok(Math.abs(sum - (after?.[r * columns + c] ?? 0)) < 1e-5, name)
    }
    assert.ok(Buffer.compare(now.data, data) !== 0, `${name} has changed`)
  }
  assert.equal(2 * adapted, tensors.size)
  assert.ok(adapted >= 5 * 6)
})

test('a stopped run goes on to the same adapters', { skip: needsShared }, async (t) => {
  const file = sampleFile(t, 60)
  const whole = await trained(file, LORA, { out: join(file, '..', 'whole') })
  const { run } = await trained(file, LORA, {
    out: join(file, '..', 'stopped'),
    until: (event) => event.event === 'step' && event.step === 5,
  })
  assert.equal(readRecord(run).status, 'interrupted')
  await resumed(run)
  assertSameRun(run, whole.run, 'stopped at step 5')
})
