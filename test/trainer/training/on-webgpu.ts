import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { readRecord } from '../../../src/run/folder.ts'
import { readEvents } from '../../../src/run/metrics.ts'
import { RunOptions } from '../../../src/shared/config.ts'
import { withDevice } from '../../../src/trainer/training/choose-device.ts'
import { type Inputs, prepare } from '../../../src/trainer/training/inputs.ts'
import { Journal } from '../../../src/trainer/training/journal.ts'
import { newRun, recordOf, stages } from '../../../src/trainer/training/train.ts'
import { bytesOf, STORIES } from './small-run.ts'

export const options = {
  strategy: 'last:1',
  epochs: 2,
  max_length: 6,
  lr: 1e-3,
  model: STORIES,
  seed: 3,
} as const

export const inputsOf = (file: string, change: Partial<RunOptions> = {}): Promise<Inputs> =>
  prepare([file], v.parse(RunOptions, { ...options, device: 'cpu', ...change }), () => undefined)

/** A run on a device that this machine may not have: begun past the check for it. */
export async function onWebgpu(file: string, change: Partial<RunOptions> = {}): Promise<string> {
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
export function assertWentOn(run: string, from: RegExp): void {
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

export const predicted = (run: string): Buffer => bytesOf(run, 'predictions.jsonl')
