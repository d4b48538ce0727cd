import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import * as v from 'valibot'
import { createRun, type NewRun } from '../../../src/run/folder.ts'
import type { Evaluation, RunEvaluation } from '../../../src/shared/evaluation.ts'
import { Profile } from '../../../src/shared/profile.ts'
import { COMMANDS } from '../../../src/trainer/cli/commands.ts'
import { evaluate } from '../../../src/trainer/evaluation/metrics.ts'
import { sampleRecord, temporaryFolder } from '../../run/sample.ts'
import { finesse, needsBuild } from './cli.ts'

const labels = ['a', 'b']
const targets = [0, 0, 1, 1]
const evaluation = (ofSecond: readonly number[]): Evaluation =>
  evaluate(Float64Array.from(ofSecond.flatMap((p) => [1 - p, p])), targets, labels)
/** The test rows, their texts beginning with a word. */
const predictions = (ofSecond: readonly number[], word: string): string =>
  ofSecond
    .map((p, row) => {
      const probabilities = { a: 1 - p, b: p }
      const [label, predicted] = [labels[targets[row] ?? 0], p > 0.5 ? 'b' : 'a']
      return `${JSON.stringify({ row: row + 1, text: `${word} ${row}`, label, predicted, probabilities })}\n`
    })
    .join('')

/** A run as the trainer leaves it, its model but for a file's name left out. */
function finishedRun(
  folder: string,
  change: Partial<NewRun['record']>,
  ofSecond: readonly number[],
  word = 'row',
): string {
  const test = evaluation(ofSecond)
  const { accuracy, f1_macro, f1_weighted, auc, log_loss } = test
  const scores = { accuracy, f1_macro, f1_weighted, auc, log_loss }
  const out = join(folder, '.finesse', 'runs')
  const { path } = createRun({
    out,
    name: 'data',
    record: { ...sampleRecord, status: 'done', test: scores, ...change },
    now: new Date(2025, 0, 2, 3, 4, 5),
  })
  const before = { majority: scores, ngram: scores, probe: scores }
  const file: RunEvaluation = { schema: 1, labels, valid: test, test, before, export_difference: 0 }
  writeFileSync(join(path, 'evaluation.json'), JSON.stringify(file))
  writeFileSync(join(path, 'predictions.jsonl'), predictions(ofSecond, word))
  mkdirSync(join(path, 'model'))
  writeFileSync(join(path, 'model', 'config.json'), '{}')
  return path
}

function twoRuns(t: TestContext): string {
  const folder = temporaryFolder(t)
  finishedRun(folder, {}, [0.9, 0.2, 0.6, 0.8])
  finishedRun(folder, { options: { ...sampleRecord.options, epochs: 7 } }, [0.1, 0.2, 0.6, 0.8])
  return folder
}

test('every command has help with an example, and general help names it', { skip: needsBuild }, () => {
  const general = finesse(['--help'])
  assert.equal(general.code, 0)
  for (const name of COMMANDS.keys()) {
    const { code, out, err } = finesse([name, '--help'])
    assert.equal(code, 0)
    assert.equal(err, '')
    assert.match(out, new RegExp(`^Usage: finesse ${name} `))
    assert.match(out, /\nExamples\n {2}.*finesse /)
    assert.match(general.out, new RegExp(`\n {2}${name} +\\S`))
    for (const line of out.split('\n')) assert.ok(line.length <= 100, line)
  }
})

test('without words it shows help and is wrong usage', { skip: needsBuild }, () => {
  const { code, out } = finesse([])
  assert.equal(code, 2)
  assert.match(out, /^Finesse /)
  assert.match(finesse(['--version']).out, /^\d+\.\d+\.\d+\n$/)
})

test('profile shows what a file holds', { skip: needsBuild }, (t) => {
  const folder = temporaryFolder(t)
  const rows = ['good film,yes', 'bad film,no', 'good film,yes', 'bad film,yes', ',no', 'fine,'].join('\n')
  writeFileSync(join(folder, 'data.csv'), `text,label\n${rows}\n`)
  // A run's or model's folder counts tokens; here a small tokenizer does.
  const model = new URL('../../fixtures/tokenizer/wordpiece', import.meta.url)
  mkdirSync(join(folder, 'model', 'onnx'), { recursive: true })
  writeFileSync(join(folder, 'model', 'onnx', 'model.onnx'), '')
  writeFileSync(
    join(folder, 'model', 'tokenizer.json'),
    readFileSync(new URL(`${model.href}/tokenizer.json`)),
  )
  const args = ['profile', 'data.csv', '--model', 'model']
  const { out, err, code } = finesse(args, { cwd: folder })
  assert.equal(err, '')
  assert.equal(code, 0)
  for (const part of [
    '6 rows',
    '2 labels',
    'tokens',
    'without a text',
    'without a label',
    'rows 1 = 3',
    '2 (no) and 4 (yes)',
  ])
    assert.ok(out.includes(part), `${out} lacks ${part}`)
  const json = v.parse(Profile, JSON.parse(finesse([...args, '--json'], { cwd: folder }).out))
  assert.equal(json.usable, 4)
  assert.equal(json.lengths.unit, 'tokens')
})

test('runs lists runs, a damaged one with its reason, a dead one as interrupted', {
  skip: needsBuild,
}, (t) => {
  const folder = twoRuns(t)
  const out = join(folder, '.finesse', 'runs')
  createRun({ out, name: 'dead', record: sampleRecord, now: new Date(2025, 0, 3) })
  mkdirSync(join(out, 'odd'))
  writeFileSync(join(out, 'odd', 'run.json'), '{')
  const text = finesse(['runs'], { cwd: folder }).out
  for (const part of [/-data +done +headlines.csv/, /-data-2 +done/, /-dead +interrupted/, /^odd +damaged/m])
    assert.match(text, part)
  const lines = finesse(['runs', '--json'], { cwd: folder })
    .out.trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.deepEqual(
    lines.map(({ status }) => status),
    ['done', 'done', 'interrupted', undefined],
  )
  assert.equal(lines[0].run, join(out, '20250102-030405-data'))
  assert.equal(finesse(['runs', '--out', 'none'], { cwd: folder }).code, 0)
})

test('compare shows what differs and by how much', { skip: needsBuild }, (t) => {
  const folder = twoRuns(t)
  const args = ['compare', '20250102-030405-data', '20250102-030405-data-2']
  const { out, err, code } = finesse(args, { cwd: folder })
  assert.equal(err, '')
  assert.equal(code, 0)
  assert.match(out, /epochs +auto +7/)
  assert.match(out, /accuracy +0\.7500 +1\.0000 +\+0\.2500/)
  assert.doesNotMatch(out, /seed|different rows/)
  assert.match(
    out,
    /one run alone has right: 1 20250102-030405-data-2, 0 20250102-030405-data\. The two are not distinguishable on these rows \(McNemar, p = 1\.000\)\.\n$/,
  )
  const json = JSON.parse(finesse([...args, '--json'], { cwd: folder }).out)
  assert.deepEqual(json.options, { epochs: ['auto', 7] })
  assert.deepEqual(json.test.accuracy, [0.75, 1, 0.25])
  assert.equal(json.classes.length, 2)
  assert.deepEqual(json.paired, { better: 1, worse: 0, p: 1 })

  finishedRun(folder, {}, [0.1, 0.2, 0.6, 0.8], 'other row')
  const others = ['compare', '20250102-030405-data', '20250102-030405-data-3']
  assert.match(finesse(others, { cwd: folder }).out, /tested on different rows/)
  const unpaired = JSON.parse(finesse([...others, '--json'], { cwd: folder }).out)
  assert.deepEqual([unpaired.same_test_rows, unpaired.paired], [false, null])
})

test('export copies the model to a new or an empty folder alone', { skip: needsBuild }, (t) => {
  const folder = twoRuns(t)
  const copied = (to: string): string => readFileSync(join(folder, to, 'config.json'), 'utf8')
  assert.equal(finesse(['export', '20250102-030405-data', 'deep/new'], { cwd: folder }).code, 0)
  assert.equal(copied('deep/new'), '{}')
  mkdirSync(join(folder, 'empty'))
  assert.equal(finesse(['export', '20250102-030405-data', 'empty', '--json'], { cwd: folder }).code, 0)
  assert.equal(copied('empty'), '{}')
  writeFileSync(join(folder, 'empty', 'config.json'), 'mine')
  const refused = finesse(['export', '20250102-030405-data', 'empty'], { cwd: folder })
  assert.equal(refused.code, 1)
  assert.match(refused.err, /^finesse: .*something in it.*\n$/)
  assert.equal(copied('empty'), 'mine')
})

test('a finished run is not resumed, an unfinished one not used', { skip: needsBuild }, (t) => {
  const folder = twoRuns(t)
  const out = join(folder, '.finesse', 'runs')
  createRun({
    out,
    name: 'half',
    record: { ...sampleRecord, status: 'interrupted' },
    now: new Date(2025, 0, 3),
  })
  const resumed = finesse(['resume', '20250102-030405-data'], { cwd: folder })
  assert.equal(resumed.code, 0)
  assert.match(resumed.err, /^.* is finished\. .*\n$/)
  for (const command of ['predict', 'evaluate']) {
    const { code, err } = finesse([command, 'half'], { cwd: folder })
    assert.equal(code, 1)
    assert.match(err, /^finesse: .*resume.*\n$/)
  }
})
