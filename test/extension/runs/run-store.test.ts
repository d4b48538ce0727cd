import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { crashFacts } from '../../../src/extension/runs/crash.ts'
import { followRun } from '../../../src/extension/runs/follow-run.ts'
import { groupRuns } from '../../../src/extension/runs/group-runs.ts'
import { stateOf } from '../../../src/extension/runs/run-item.ts'
import { RunStore } from '../../../src/extension/runs/run-store.ts'
import { runDescription } from '../../../src/extension/runs/run-words.ts'
import { resumeRun, startRun } from '../../../src/extension/trainer/start-run.ts'
import { createRun, readRecord, writeRecord } from '../../../src/run/folder.ts'
import { appendEvent, cutEvents } from '../../../src/run/metrics.ts'
import { renameRun } from '../../../src/run/rename.ts'
import type { RunEvent } from '../../../src/shared/events.ts'
import { sampleRecord, temporaryFolder } from '../../run/sample.ts'
import { bench, kill, LONG, needsBuild, ownState, until } from '../live.ts'

ownState('store')

test('where there is no folder of runs nothing is watched, until the view is shown', async (t) => {
  const out = join(temporaryFolder(t), '.finesse', 'runs')
  const store = new RunStore(() => [out])
  t.after(() => store.dispose())
  await store.refresh()
  assert.equal(store.open, 0)
  store.setVisible(true)
  await until('it looks', () => store.open === 1)
  createRun({ out, name: 'later', record: { ...sampleRecord, status: 'done' } })
  await until('the run appears', () => store.runs.length === 1)
  store.setVisible(false)
  store.dispose()
  assert.equal(store.open, 0)
})

test('a damaged run, one of a newer version and one that was cut off are shown for what they are', async (t) => {
  const out = temporaryFolder(t)
  const store = new RunStore(() => [out])
  t.after(() => store.dispose())
  const { path } = createRun({ out, name: 'cut', record: { ...sampleRecord, peak_rss_mb: 500 } })
  writeFileSync(join(path, 'log.txt'), '2025-01-02T03:04:05.000Z trunk\n')
  for (const [name, text] of [
    ['broken', '{"schema": 1, "name"'],
    ['newer', '{"schema": 99}'],
  ] as const) {
    mkdirSync(join(out, name))
    writeFileSync(join(out, name, 'run.json'), text)
  }
  mkdirSync(join(out, 'empty'))
  await store.refresh()
  const found = new Map(store.runs.map((run) => [run.path, run]))
  assert.equal(found.size, 3)
  const cut = found.get(path)
  assert.ok(cut)
  assert.equal(stateOf(cut), 'crashed')
  assert.match(runDescription(cut), /^stopped unexpectedly · now$/)
  assert.ok(cut.record)
  assert.deepEqual(crashFacts(path, cut.record, 16e9, 80e9), [
    'Its log ends with "trunk".',
    'It used 500 MB of 16 GB memory.',
  ])
  assert.deepEqual(crashFacts(path, cut.record, 600e6, 20e6), [
    'Its log ends with "trunk".',
    'It used 500 MB of 600 MB memory, so the system may have ended it for that.',
    'The disk has 20 MB left, so what it wrote may have had no room.',
  ])
  assert.match(found.get(join(out, 'broken'))?.problem ?? '', /not JSON/)
  assert.match(found.get(join(out, 'newer'))?.problem ?? '', /newer Finesse/)
  assert.deepEqual(
    groupRuns(store.runs).map(({ label, runs }) => [label, runs.length]),
    [
      ['headlines.csv', 1],
      ['Cannot be read', 2],
    ],
  )
})

test('a record is read again only when it has changed, and a change is told once', async (t) => {
  const out = temporaryFolder(t)
  const store = new RunStore(() => [out])
  t.after(() => store.dispose())
  const { path, record } = createRun({ out, name: 'one', record: { ...sampleRecord, status: 'done' } })
  let changes = 0
  store.onDidChange(() => changes++)
  await store.refresh()
  const [first] = store.runs
  await store.refresh()
  assert.equal(store.runs[0], first)
  assert.equal(changes, 1)
  await renameRun(path, '  other  ')
  await store.refresh()
  assert.equal(store.runs[0]?.record?.name, 'other')
  assert.deepEqual({ ...readRecord(path), name: record.name }, record)
  rmSync(path, { recursive: true })
  await store.refresh()
  assert.equal(store.runs.length, 0)
  assert.equal(changes, 3)
})

test('events are followed as they come, from the beginning again where the file was cut back', async (t) => {
  const out = temporaryFolder(t)
  const { path, record } = createRun({ out, name: 'one', record: { ...sampleRecord, status: 'interrupted' } })
  const step = (n: number): RunEvent => ({
    event: 'step',
    time: n,
    step: n,
    epoch: 1,
    loss: 1,
    lr: 1,
    gradient_norm: 1,
    tokens_per_second: 1,
  })
  for (const n of [1, 2, 3]) appendEvent(path, step(n))
  let steps: number[] = []
  let status = ''
  const following = followRun(path, ({ events, record: { status: now }, isAnew }) => {
    if (isAnew) steps = []
    steps.push(...events.flatMap((event) => (event.event === 'step' ? [event.step] : [])))
    status = now
  })
  t.after(() => following.dispose())
  await until('the first events', () => steps.length === 3)
  writeFileSync(join(path, 'metrics.jsonl'), `${readFileSync(join(path, 'metrics.jsonl'), 'utf8')}{"event":`)
  cutEvents(path, 2)
  appendEvent(path, step(3))
  await until('the cut', () => steps.join() === '1,2,3')
  writeRecord(path, { ...record, status: 'done', updated: new Date().toISOString() })
  await until('the record', () => status === 'done')
  following.dispose()
  appendEvent(path, step(4))
  await new Promise((resolve) => setTimeout(resolve, 300))
  assert.equal(steps.join(), '1,2,3')
})

test('a run that begins elsewhere appears and moves; killed, it is seen and resumed', {
  skip: needsBuild,
}, async (t) => {
  const { host, out, file } = bench(t)
  mkdirSync(out, { recursive: true })
  const store = new RunStore(() => [out])
  t.after(() => store.dispose())
  await store.refresh()
  const run = await startRun({ files: [file], options: LONG }, { host, out })
  const state = (): string => (store.runs[0] ? stateOf(store.runs[0]) : 'none')
  await until('it is shown', () => state() === 'running')
  await until('it moves', () => (store.runs[0]?.live?.step ?? 0) > 2)
  assert.match(store.runs[0] ? runDescription(store.runs[0]) : '', /^\d+ % · training$/)
  kill(readFileSync(join(run, 'log.txt'), 'utf8'))
  await until('it is seen as cut off', () => state() === 'crashed')
  const { record } = store.runs[0] ?? {}
  assert.ok(record)
  assert.ok(crashFacts(run, record).length >= 2)
  await resumeRun(run, host)
  await until('it goes on', () => state() === 'running')
  store.dispose()
  assert.equal(store.open, 0)
  assert.ok(existsSync(run))
})
