import assert from 'node:assert/strict'
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { resumeRun, startRun } from '../../../src/extension/trainer/start-run.ts'
import { isAlive, sendRequest } from '../../../src/run/control.ts'
import { readRecord } from '../../../src/run/folder.ts'
import { readEvents } from '../../../src/run/metrics.ts'
import { UserError } from '../../../src/shared/error.ts'
import { bench, LONG, needsBuild, ownState, until } from '../live.ts'

ownState('start')
const skip = needsBuild

const steps = (run: string): number => readEvents(run).filter(({ event }) => event === 'step').length

test('a start resolves with the folder of a run that is alive, and leaves no files behind it', {
  skip,
}, async (t) => {
  const { host, out, file, folder } = bench(t)
  const run = await startRun({ files: [file], options: { model: 'ngram' }, name: 'first' }, { host, out })
  assert.equal(dirname(run), out)
  assert.equal(await isAlive(run), true)
  const { name, options } = readRecord(run)
  assert.deepEqual([name, options.model], ['first', 'ngram'])
  assert.equal(readFileSync(join(folder, '.finesse', '.gitignore'), 'utf8'), '*\n')
  await until('it is done', () => readRecord(run).status === 'done')
  await until('its process ends', async () => !(await isAlive(run)))
  await until('its streams go', () => readdirSync(host.storage).length === 0)
})

test("a refusal is the trainer's own line, and leaves neither run nor files", { skip }, async (t) => {
  const { host, out, file, folder } = bench(t)
  const wrong = join(folder, 'wrong.csv')
  writeFileSync(wrong, '')
  await assert.rejects(
    startRun({ files: [wrong], options: {} }, { host, out }),
    (error) => error instanceof UserError && error.message.includes('wrong.csv'),
  )
  await assert.rejects(
    startRun({ files: [file], options: { text: 'nowhere' } }, { host, out }),
    (error) => error instanceof UserError && error.message.includes('nowhere'),
  )
  assert.equal(existsSync(out), false)
  assert.deepEqual(readdirSync(host.storage), [])
})

test('a run pauses with a checkpoint, goes on, stops, and is resumed', { skip }, async (t) => {
  const { host, out, file } = bench(t)
  const run = await startRun({ files: [file], options: LONG }, { host, out })
  await until('it takes steps', () => steps(run) > 3)
  assert.deepEqual(await sendRequest(run, { request: 'pause' }), { ok: true })
  await until('it is paused', () => readRecord(run).status === 'paused')
  const taken = steps(run)
  const { step } = JSON.parse(readFileSync(join(run, 'checkpoints', 'last.json'), 'utf8'))
  assert.equal(step, taken)
  await new Promise((resolve) => setTimeout(resolve, 4000))
  assert.equal(steps(run), taken)
  assert.equal(await isAlive(run), true)
  const { seconds } = readRecord(run)
  assert.deepEqual(await sendRequest(run, { request: 'continue' }), { ok: true })
  await until('its record says so', () => readRecord(run).status === 'running')
  assert.ok(readRecord(run).seconds - seconds < 2, 'the pause does not count as time')
  await until('it goes on', () => steps(run) > taken)
  assert.equal(readRecord(run).status, 'running')
  await sendRequest(run, { request: 'pause' })
  await until('it is paused again', () => readRecord(run).status === 'paused')
  await sendRequest(run, { request: 'stop' })
  await until('it is stopped out of the pause', async () => !(await isAlive(run)))
  assert.equal(readRecord(run).status, 'interrupted')
  const stopped = steps(run)

  await resumeRun(run, host)
  assert.equal(await isAlive(run), true)
  await until('it goes on', () => steps(run) > stopped)
})

test('a run whose data changed goes on by force alone, the difference named', { skip }, async (t) => {
  const { host, out, file } = bench(t)
  const run = await startRun({ files: [file], options: LONG }, { host, out })
  await until('it takes steps', () => steps(run) > 3)
  await sendRequest(run, { request: 'stop' })
  await until('it is stopped', async () => !(await isAlive(run)))
  appendFileSync(file, 'One more text to learn,positive\n')
  await assert.rejects(
    resumeRun(run, host),
    (error) =>
      error instanceof UserError &&
      error.kind === 'changed' &&
      /reviews\.csv: the file changed/.test(error.message),
  )
  await resumeRun(run, host, { force: true })
  await until('it goes on', () => readRecord(run).status === 'running')
})

test('a second training waits for the first, says so, and takes its turn', { skip }, async (t) => {
  const { host, out, file } = bench(t, { queue: true })
  const first = await startRun({ files: [file], options: LONG, name: 'first' }, { host, out })
  await until('the first trains', () => steps(first) > 0)
  const second = await startRun({ files: [file], options: LONG, name: 'second' }, { host, out })
  const third = await startRun({ files: [file], options: { epochs: 1 }, name: 'third' }, { host, out })
  await until('two wait', () => [second, third].every((run) => readRecord(run).status === 'waiting'))
  assert.equal(await isAlive(second), true)
  assert.equal(steps(second), 0)
  await sendRequest(first, { request: 'stop' })
  await until('the second trains', () => steps(second) > 0)
  assert.equal(readRecord(third).status, 'waiting')
  await sendRequest(third, { request: 'stop' })
  await until('the third stops out of the line', () => readRecord(third).status === 'interrupted')
})
