import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { atomicWrite } from '../../src/data/atomic-write.ts'
import { createRun, listRuns, openRun, readRecord, slug, writeRecord } from '../../src/run/folder.ts'
import { UserError } from '../../src/shared/error.ts'
import { sampleRecord, temporaryFolder } from './sample.ts'

const oneLine =
  (...parts: string[]) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof UserError, String(error))
    assert.doesNotMatch(error.message, /\n/)
    for (const part of parts) assert.ok(error.message.includes(part), `${error.message} lacks ${part}`)
    return true
  }

test('runs of the same second have folders of their own', (t) => {
  const out = join(temporaryFolder(t), 'runs')
  const now = new Date(2025, 0, 2, 3, 4, 5)
  const runs = [1, 2, 3].map(() => createRun({ out, name: 'Head lines.csv', record: sampleRecord, now }))
  assert.deepEqual(readdirSync(out).sort(), [
    '20250102-030405-head-lines-csv',
    '20250102-030405-head-lines-csv-2',
    '20250102-030405-head-lines-csv-3',
  ])
  for (const { path, record } of runs) assert.deepEqual(readRecord(path), record)
})

test('an existing run is never touched by a new one', (t) => {
  const out = temporaryFolder(t)
  const now = new Date(2025, 0, 2, 3, 4, 5)
  mkdirSync(join(out, '20250102-030405-a'))
  writeFileSync(join(out, '20250102-030405-a', 'mine.txt'), 'kept')
  const { path } = createRun({ out, name: 'a', record: sampleRecord, now })
  assert.equal(path, join(out, '20250102-030405-a-2'))
  assert.deepEqual(readdirSync(join(out, '20250102-030405-a')), ['mine.txt'])
})

test('the default folder is ignored by git, another one gets no such file', (t) => {
  const folder = realpathSync(temporaryFolder(t))
  const started = process.cwd()
  process.chdir(folder)
  t.after(() => process.chdir(started))
  createRun({ out: '.finesse/runs', name: 'a', record: sampleRecord })
  assert.equal(readFileSync('.finesse/.gitignore', 'utf8'), '*\n')
  writeFileSync('.finesse/.gitignore', 'mine\n')
  createRun({ out: '.finesse/runs', name: 'a', record: sampleRecord })
  assert.equal(readFileSync('.finesse/.gitignore', 'utf8'), 'mine\n')
  createRun({ out: 'elsewhere/runs', name: 'a', record: sampleRecord })
  assert.deepEqual(readdirSync('elsewhere'), ['runs'])
})

test('a folder that cannot be written is one line', (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'file'), 'kept')
  for (const out of [join(folder, 'file'), join(folder, 'file', 'runs')])
    assert.throws(
      () => createRun({ out, name: 'a', record: sampleRecord }),
      oneLine(out, 'choose another folder'),
    )
  assert.equal(readFileSync(join(folder, 'file'), 'utf8'), 'kept')
})

test('names become short words of any script', () => {
  assert.equal(slug('Über Größe 外卖/../x'), 'über-größe-外卖-x')
  assert.equal(slug('...'), 'run')
  assert.equal(slug(''), 'run')
  assert.equal([...slug('a-'.repeat(99))].length <= 40, true)
  assert.doesNotMatch(slug('a-'.repeat(99)), /-$/)
})

test('a run is found by path, folder name, start of it, and name', (t) => {
  const out = temporaryFolder(t)
  const a = createRun({ out, name: 'news', record: sampleRecord, now: new Date(2025, 0, 2) })
  const b = createRun({ out, name: 'reviews', record: sampleRecord, now: new Date(2025, 1, 2) })
  createRun({ out, name: 'reviews', record: sampleRecord, now: new Date(2025, 2, 2) })
  assert.equal(openRun(a.path, out).path, a.path)
  assert.equal(openRun(`${a.path}/`, out).path, a.path)
  assert.equal(openRun('20250102-000000-news', out).path, a.path)
  assert.equal(openRun('202501', out).path, a.path)
  assert.equal(openRun('news', out).path, a.path)
  assert.equal(openRun('20250202', out).path, b.path)
  assert.throws(() => openRun('reviews', out), oneLine('reviews', '2 runs', '20250202-000000-reviews'))
  assert.throws(() => openRun('2025', out), oneLine('3 runs'))
  assert.throws(() => openRun('nothing', out), oneLine('no run nothing', 'finesse runs'))
  assert.throws(() => openRun('', join(out, 'none')), oneLine('no run.json'))
})

test('a record that is missing, damaged or newer is one line', (t) => {
  const out = temporaryFolder(t)
  const { path, record } = createRun({ out, name: 'a', record: sampleRecord })
  const file = join(path, 'run.json')
  const attacks: [content: string, ...parts: string[]][] = [
    ['', 'not JSON'],
    ['{"schema":1', 'not JSON'],
    ['null', 'damaged'],
    ['[]', 'damaged'],
    [JSON.stringify({ ...record, schema: 3, more: true }), 'newer Finesse'],
    [JSON.stringify({ ...record, status: 'odd' }), 'damaged', 'status'],
    [JSON.stringify({ ...record, data: { ...record.data, labels: [1] } }), 'damaged', 'data.labels.0'],
  ]
  for (const [content, ...parts] of attacks) {
    writeFileSync(file, content)
    assert.throws(() => openRun(path), oneLine(file, ...parts))
    assert.equal(listRuns(out)[0]?.record, null)
  }
  assert.throws(() => openRun(out), oneLine(out, 'not a run'))
})

test('a run of numbers has a schema that readers of labels alone refuse', (t) => {
  const out = temporaryFolder(t)
  const data = { ...sampleRecord.data, labels: [], target: { mean: 3, deviation: 1 } }
  assert.equal(createRun({ out, name: 'a', record: sampleRecord }).record.schema, 1)
  const { path } = createRun({ out, name: 'b', record: { ...sampleRecord, data } })
  assert.deepEqual([readRecord(path).schema, readRecord(path).data.target], [2, data.target])
})

test('a record is replaced whole and leaves no temporary file', (t) => {
  const out = temporaryFolder(t)
  const { path, record } = createRun({ out, name: 'a', record: sampleRecord })
  writeRecord(path, { ...record, status: 'done' })
  assert.equal(readRecord(path).status, 'done')
  assert.deepEqual(readdirSync(path), ['run.json'])
  assert.throws(() => atomicWrite(join(path, 'none', 'file'), 'x'))
  mkdirSync(join(path, 'folder'))
  assert.throws(() => atomicWrite(join(path, 'folder'), 'x'))
  assert.deepEqual(readdirSync(path).sort(), ['folder', 'run.json'])
})
