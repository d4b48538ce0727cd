import assert from 'node:assert/strict'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { appendEvent, cutEvents, readEvents } from '../../src/run/metrics.ts'
import { UserError } from '../../src/shared/error.ts'
import type { RunEvent } from '../../src/shared/events.ts'
import { temporaryFolder } from './sample.ts'

const step = (n: number): RunEvent => ({
  event: 'step',
  time: n,
  step: n,
  epoch: 1,
  loss: 1 / n,
  lr: 1e-4,
  gradient_norm: 1,
  tokens_per_second: 1000,
})
const note: RunEvent = { event: 'note', time: 0, message: 'two\nlines, "quoted"' }

test('a torn last line is left out wherever it is torn', (t) => {
  const run = temporaryFolder(t)
  const events = [note, step(1), step(2)]
  assert.deepEqual(readEvents(run), [])
  for (const event of events) appendEvent(run, event)
  assert.deepEqual(readEvents(run), events)
  const file = join(run, 'metrics.jsonl')
  const whole = readFileSync(file)
  const last = whole.lastIndexOf('\n', whole.length - 2) + 1
  for (let length = last; length < whole.length; length++) {
    writeFileSync(file, whole.subarray(0, length))
    assert.deepEqual(readEvents(run), [note, step(1)])
  }
})

test('a resumed run goes on after the last line of its checkpoint', (t) => {
  const run = temporaryFolder(t)
  for (const event of [note, step(1), step(2), note, step(3)]) appendEvent(run, event)
  appendFileSync(join(run, 'metrics.jsonl'), '{"event":"st')
  cutEvents(run, 2)
  appendEvent(run, step(3))
  assert.deepEqual(readEvents(run), [note, step(1), step(2), note, step(3)])
  cutEvents(run, 0)
  assert.deepEqual(readEvents(run), [note])
  cutEvents(run, null)
  assert.deepEqual(readEvents(run), [])
})

test('damage inside names the line, an event of a later version is passed over and kept', (t) => {
  const run = temporaryFolder(t)
  const file = join(run, 'metrics.jsonl')
  appendEvent(run, note)
  appendFileSync(file, '{"event":"hologram","time":1}\n')
  assert.deepEqual(readEvents(run), [note])
  cutEvents(run, 5)
  assert.match(readFileSync(file, 'utf8'), /hologram/)
  for (const bad of ['{', '{"event":"step","time":1}', '7']) {
    writeFileSync(file, `${JSON.stringify(note)}\n${bad}\n`)
    assert.throws(
      () => readEvents(run),
      (error) => error instanceof UserError && /line 2: damaged/.test(error.message),
    )
  }
})
