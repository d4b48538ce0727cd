import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadCheckpoint } from '../../../src/run/checkpoint.ts'
import { readRecord } from '../../../src/run/folder.ts'
import { staysOnDevice } from '../../../src/trainer/training/step/steps.ts'
import { needsAdapter } from '../../webgpu.ts'
import { oneThread } from '../autodiff/gradients.ts'
import { losingDevice } from '../engine/device-on-processor.ts'
import { assertWentOn, onWebgpu, options, predicted } from './on-webgpu.ts'
import { onlyRun, STATIC, sampleFile, trained } from './small-run.ts'
import { assertEqual, tenSteps, webgpu } from './ten-steps.ts'

/** No layers, and all texts of one length: a software adapter takes seconds to compile for a layer, and for a length. */
const SMALL = { model: STATIC, strategy: 'full', embeddings: 'frozen', max_length: 3 } as const

/** The step of the last checkpoint of the only run in a folder; 0 where there is none yet. */
const lastStep = (out: string): number => loadCheckpoint(onlyRun(out), 'last')?.step ?? 0

test('the trained network on WebGPU, weights and optimiser on the device: ten steps are the processor’s', {
  skip: needsAdapter,
}, async () => {
  assert.ok(staysOnDevice({ runtime: webgpu, trainables: { dense: ['w'], tables: [] } }))
  const change = { accumulate: 2 }
  assertEqual(await tenSteps(webgpu, change), await tenSteps(oneThread, change), 1e-3)
})

test('WebGPU itself, lost in the second epoch: the run goes on and is done', {
  skip: needsAdapter,
}, async (t) => {
  const file = sampleFile(t, 40)
  // Nothing is lost before an epoch is saved; a step of the second is then under way.
  const saved = (): boolean =>
    existsSync(join(file, '..', 'device')) && lastStep(join(file, '..', 'device')) > 0
  const seen = losingDevice(t, saved)
  assertWentOn(await onWebgpu(file, SMALL), /goes on from step \d+/)
  assert.ok(seen.executed > 0)
})

test('left to choose, a run with a software adapter beside it measures both, says why, and trains on the processor', {
  skip: needsAdapter,
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
