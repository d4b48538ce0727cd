import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readRecord, writeRecord } from '../../../src/run/folder.ts'
import { UserError } from '../../../src/shared/error.ts'
import { checkDevice, missingDevice } from '../../../src/trainer/engine/device-check.ts'
import { chooseDevice } from '../../../src/trainer/training/choose-device.ts'
import type { Inputs } from '../../../src/trainer/training/inputs.ts'
import { needsShared } from '../../shared.ts'
import { deviceOnProcessor } from '../engine/device-on-processor.ts'
import { assertWentOn, inputsOf, onWebgpu, options, predicted } from './on-webgpu.ts'
import { onlyRun, resumed, sampleFile, trained } from './small-run.ts'

test('a device that is lost before the first checkpoint: the run begins anew and ends as on the processor', {
  skip: needsShared,
}, async (t) => {
  const file = sampleFile(t, 40)
  const whole = await trained(file, { ...options, device: 'cpu' })
  deviceOnProcessor(t, (executed) => executed === 1)
  const run = await onWebgpu(file)
  assertWentOn(run, /begins anew/)
  assert.ok(predicted(run).equals(predicted(whole.run)))
})

test('a device that is lost in the second epoch, or when all is trained: the run goes on from its last checkpoint', {
  skip: needsShared,
}, async (t) => {
  for (const epochs of [1, 2])
    await t.test(`after epoch ${epochs}`, async (t) => {
      const file = sampleFile(t, 40)
      const out = join(file, '..', 'device')
      const seen = deviceOnProcessor(t, () => {
        if (!existsSync(out)) return false
        const { step, steps } = readRecord(onlyRun(out)).progress
        return step >= (steps / 2) * epochs
      })
      assertWentOn(await onWebgpu(file), /goes on from step \d+/)
      assert.ok(seen.executed > 1)
    })
})

test('measuring a step on both devices leaves nothing behind in the training', {
  skip: needsShared,
}, async (t) => {
  const file = sampleFile(t, 40)
  for (const change of [{}, { strategy: 'full', embeddings: 'touched' }] as const) {
    const inputs = await inputsOf(file, change)
    const weights = [...inputs.model.graph.initializers].map(
      ([name, { data }]) => [name, data.slice()] as const,
    )
    let chosen: Inputs | null = null
    await t.test(JSON.stringify(change), async (t) => {
      deviceOnProcessor(t)
      chosen = await chooseDevice(inputs)
    })
    assert.ok(chosen)
    const { times, runtime, options: own } = chosen as Inputs
    assert.ok(times && times.cpu > 0 && (times.webgpu ?? 0) > 0)
    assert.equal(runtime.device, own.device)
    assert.equal(runtime.device === 'webgpu', (times.webgpu ?? 0) < 0.8 * times.cpu)
    for (const [name, before] of weights)
      assert.deepEqual(inputs.model.graph.initializers.get(name)?.data, before, name)
  }
})

test('a device that fails when it is measured is not taken, and why is said', {
  skip: needsShared,
}, async (t) => {
  const inputs = await inputsOf(sampleFile(t, 40))
  deviceOnProcessor(t, () => true)
  const { times, runtime, options: own } = await chooseDevice(inputs)
  assert.equal(runtime.device, 'cpu')
  assert.equal(own.device, 'cpu')
  assert.equal(times?.webgpu, null)
  assert.equal(times?.failure, 'the device was lost')
})

test('with the processor alone nothing is measured', {
  skip: needsShared,
}, async (t) => {
  if ((await missingDevice('webgpu')) === null) return t.skip('there is a WebGPU device')
  const { run } = await trained(sampleFile(t, 40), { ...options, epochs: 1, device: 'auto' })
  const record = readRecord(run)
  assert.equal(record.resolved?.device, 'cpu')
  assert.equal(record.device_step_ms, undefined)
})

test('a device by name that is not here is one line that says what to do', async () => {
  const here = { linux: 'cuda', darwin: 'coreml', win32: 'dml' }[process.platform as string]
  for (const device of ['cuda', 'dml', 'coreml'] as const) {
    const missing = await missingDevice(device)
    if (device !== here) assert.notEqual(missing, null, device)
    if (missing === null) continue
    assert.match(missing, /^[^\n]+[Uu]se (the processor: device cpu|device webgpu or cpu)\.$/, device)
    await assert.rejects(checkDevice(device), UserError)
  }
})

test('a run goes on without its device by force alone, and then on the processor', {
  skip: needsShared,
}, async (t) => {
  const file = sampleFile(t, 40)
  const { run } = await trained(
    file,
    { ...options, device: 'cpu' },
    { until: (event) => event.event === 'step' },
  )
  const record = readRecord(run)
  assert.ok(record.resolved)
  // No machine has both.
  const device = process.platform === 'win32' ? 'coreml' : 'dml'
  writeRecord(run, { ...record, resolved: { ...record.resolved, device } })
  await assert.rejects(
    resumed(run),
    (error) =>
      error instanceof UserError && /it trained on (DirectML|CoreML), which is not here/.test(error.message),
  )
  const end = await resumed(run, undefined, { force: true })
  assert.equal(end.ending.kind, 'done')
  assert.equal(readRecord(run).resolved?.device, 'cpu')
})
