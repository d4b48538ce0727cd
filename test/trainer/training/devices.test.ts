import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import * as v from 'valibot'
import { loadCheckpoint } from '../../../src/run/checkpoint.ts'
import { readRecord, writeRecord } from '../../../src/run/folder.ts'
import { readEvents } from '../../../src/run/metrics.ts'
import { RunOptions } from '../../../src/shared/config.ts'
import { UserError } from '../../../src/shared/error.ts'
import { checkDevice, missingDevice } from '../../../src/trainer/engine/device-check.ts'
import { chooseDevice, withDevice } from '../../../src/trainer/training/choose-device.ts'
import { type Inputs, prepare } from '../../../src/trainer/training/inputs.ts'
import { Journal } from '../../../src/trainer/training/journal.ts'
import { newRun, recordOf, stages } from '../../../src/trainer/training/train.ts'
import { needsShared } from '../../shared.ts'
import { needsAdapter } from '../../webgpu.ts'
import { deviceOnProcessor, losingDevice } from '../engine/device-on-processor.ts'
import { bytesOf, onlyRun, resumed, STORIES, sampleFile, trained } from './small-run.ts'

const options = { strategy: 'last:2', epochs: 2, max_length: 24, lr: 1e-3, model: STORIES, seed: 3 } as const

/** All texts of one length: a software adapter takes seconds to compile for each. */
const SMALL = { strategy: 'last:1', max_length: 4 } as const

/** The step of the last checkpoint of the only run in a folder; 0 where there is none yet. */
const lastStep = (out: string): number => loadCheckpoint(onlyRun(out), 'last')?.step ?? 0

const inputsOf = (file: string, change: Partial<RunOptions> = {}): Promise<Inputs> =>
  prepare([file], v.parse(RunOptions, { ...options, device: 'cpu', ...change }), () => undefined)

/** A run on a device that this machine may not have: begun past the check for it. */
async function onWebgpu(file: string, change: Partial<RunOptions> = {}): Promise<string> {
  const inputs = withDevice(await inputsOf(file, change), 'webgpu')
  const all = v.parse(RunOptions, { ...options, device: 'webgpu', ...change })
  const request = { files: [file], options: all, out: join(file, '..', 'device'), name: null }
  const run = newRun(request, inputs.data, await recordOf(inputs, all))
  const journal = new Journal(run.path, run.record, () => undefined)
  await stages(journal, inputs, new AbortController().signal, [])
  return run.path
}

const warnings = (run: string): readonly string[] =>
  readEvents(run).flatMap((event) => (event.event === 'warning' ? [event.message] : []))
const told = (run: string): readonly number[] =>
  readEvents(run).flatMap((event) => (event.event === 'step' ? [event.step] : []))

/** A run that lost its device and says so: it is done, on the processor, and its steps stand there once each. */
function assertWentOn(run: string, from: RegExp): void {
  const { status, resolved, progress } = readRecord(run)
  assert.equal(status, 'done')
  assert.equal(resolved?.device, 'cpu')
  const said = warnings(run).filter((message) => /the device was lost/.test(message))
  assert.equal(said.length, 1)
  assert.match(said[0] ?? '', from)
  assert.match(said[0] ?? '', /^WebGPU failed \(the device was lost\)\..* on the processor\.$/)
  assert.deepEqual(
    told(run),
    Array.from({ length: progress.steps }, (_, i) => i + 1),
  )
  assert.match(readFileSync(join(run, 'log.txt'), 'utf8'), /DeviceFailure: webgpu failed/)
}

const predicted = (run: string): Buffer => bytesOf(run, 'predictions.jsonl')

test('a device that is lost before the first checkpoint: the run begins anew and ends as on the processor', {
  skip: needsShared,
}, async (t) => {
  const file = sampleFile(t, 80)
  const whole = await trained(file, { ...options, device: 'cpu' })
  deviceOnProcessor(t, (executed) => executed === 1)
  const run = await onWebgpu(file)
  assertWentOn(run, /begins anew/)
  assert.ok(predicted(run).equals(predicted(whole.run)))
})

/** The executions on the device of a run that is not disturbed. */
async function undisturbed(t: TestContext, file: string): Promise<{ run: string; executed: number }> {
  const seen = deviceOnProcessor(t)
  const run = await onWebgpu(file)
  assert.equal(readRecord(run).resolved?.device, 'webgpu')
  assert.ok(!warnings(run).some((message) => /failed/.test(message)))
  return { run, executed: seen.executed }
}

test('a device that is lost at any time: the run goes on from its last checkpoint', {
  skip: needsShared,
}, async (t) => {
  const file = sampleFile(t, 80)
  let executed = 0
  await t.test('never', async (t) => {
    executed = (await undisturbed(t, file)).executed
  })
  for (const share of [0.6, 1])
    await t.test(`after ${share} of what it executes`, async (t) => {
      const last = Math.floor(share * executed) - 1
      const seen = deviceOnProcessor(t, (now) => now >= last)
      assertWentOn(await onWebgpu(file), /goes on from step \d+/)
      assert.ok(seen.executed > last)
    })
})

test('WebGPU itself, lost in the second epoch: the run goes on and is done', {
  skip: needsAdapter || needsShared,
}, async (t) => {
  const file = sampleFile(t, 40)
  // Nothing is lost before an epoch is saved; a step of the second is then under way.
  const saved = (): boolean =>
    existsSync(join(file, '..', 'device')) && lastStep(join(file, '..', 'device')) > 0
  const seen = losingDevice(t, saved)
  assertWentOn(await onWebgpu(file, SMALL), /goes on from step \d+/)
  assert.ok(seen.executed > 0)
})

test('measuring a step on both devices leaves nothing behind in the training', {
  skip: needsShared,
}, async (t) => {
  const file = sampleFile(t, 60)
  for (const change of [{}, { strategy: 'lora:2' }, { strategy: 'full', embeddings: 'touched' }] as const) {
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
  const inputs = await inputsOf(sampleFile(t, 60))
  deviceOnProcessor(t, () => true)
  const { times, runtime, options: own } = await chooseDevice(inputs)
  assert.equal(runtime.device, 'cpu')
  assert.equal(own.device, 'cpu')
  assert.equal(times?.webgpu, null)
  assert.equal(times?.failure, 'the device was lost')
})

test('left to choose, a run with a software adapter beside it measures both, says why, and trains on the processor', {
  skip: needsAdapter || needsShared,
}, async (t) => {
  const file = sampleFile(t, 60)
  const auto = await trained(file, { ...options, ...SMALL, device: 'auto' })
  const { resolved, device_step_ms } = readRecord(auto.run)
  assert.equal(resolved?.device, 'cpu')
  assert.ok((device_step_ms?.webgpu ?? 0) > (device_step_ms?.cpu ?? 0))
  const notes = auto.events.flatMap((event) => (event.event === 'note' ? [event.message] : []))
  assert.ok(
    notes.some((note) =>
      /^Training on the processor: a step takes .* ms there, and .* ms on WebGPU\.$/.test(note),
    ),
  )
  const cpu = await trained(file, { ...options, ...SMALL, device: 'cpu' })
  assert.ok(predicted(auto.run).equals(predicted(cpu.run)))
})

test('with the processor alone nothing is measured', {
  skip: needsShared || (needsAdapter === false && 'there is an adapter'),
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
    assert.match(missing, /^[^\n]+--device cpu|webgpu or cpu[^\n]*$/, device)
    await assert.rejects(checkDevice(device), UserError)
  }
})

test('a run goes on without its device by force alone, and then on the processor', {
  skip: needsShared,
}, async (t) => {
  const file = sampleFile(t, 60)
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
