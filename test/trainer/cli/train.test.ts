import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as v from 'valibot'
import { loadCheckpoint } from '../../../src/run/checkpoint.ts'
import { readChecked, readRecord } from '../../../src/run/folder.ts'
import { readEvents } from '../../../src/run/metrics.ts'
import { Evaluation, RunEvaluation, TestPrediction } from '../../../src/shared/evaluation.ts'
import { DoneEvent, RunEvent } from '../../../src/shared/events.ts'
import { temporaryFolder } from '../../run/sample.ts'
import { cli, finesse, needsBuild } from './cli.ts'

const GOOD = ['lovely', 'wonderful', 'great', 'brilliant', 'delightful']
const BAD = ['awful', 'terrible', 'boring', 'dreadful', 'poor']
const THINGS = ['film', 'meal', 'hotel', 'book', 'song', 'garden', 'concert', 'teacher', 'phone', 'train']

/** Rows that differ from each other, of two labels that a word tells apart. */
function reviews(copies: number): string {
  const rows: string[] = []
  for (let copy = 0; copy < copies; copy++)
    for (const thing of THINGS)
      for (const [words, label] of [
        [GOOD, 'good'],
        [BAD, 'bad'],
      ] as const)
        for (const word of words) rows.push(`"the ${thing} number ${copy} was ${word}, I thought",${label}`)
  return `text,label\n${rows.join('\n')}\n`
}

const lines = (text: string): unknown[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

test('train, predict, evaluate: from a file to answers', { skip: needsBuild }, (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'reviews.csv'), reviews(3))

  const trained = finesse(['train', 'reviews.csv', '--epochs', '2', '--json'], { cwd: folder })
  assert.equal(trained.err, '')
  assert.equal(trained.code, 0)
  const events = lines(trained.out)
  const done = v.parse(v.strictObject(DoneEvent.entries), events.pop())
  const run = done.run
  assert.deepEqual(events.shift(), { event: 'started', run })
  for (const event of events) v.parse(RunEvent, event)

  const record = readRecord(run)
  assert.equal(record.status, 'done')
  assert.deepEqual(record.test, done.test)
  assert.deepEqual(readEvents(run), events)
  const evaluation = readChecked(join(run, 'evaluation.json'), RunEvaluation, '')
  assert.deepEqual(evaluation.before, done.before)
  const predictions = lines(readFileSync(join(run, 'predictions.jsonl'), 'utf8')).map((line) =>
    v.parse(TestPrediction, line),
  )
  assert.equal(predictions.length, record.data.split.test)
  assert.equal(predictions.length, evaluation.test.rows)
  assert.deepEqual(
    readdirSync(run).filter((name) => name.endsWith('.tmp')),
    [],
  )
  assert.equal(readFileSync(join(folder, '.finesse', '.gitignore'), 'utf8'), '*\n')

  const Answer = v.strictObject({
    text: v.string(),
    label: v.picklist(['good', 'bad']),
    probability: v.number(),
    probabilities: v.strictObject({ good: v.number(), bad: v.number() }),
    unsure: v.boolean(),
  })
  const texts = ['a truly wonderful evening', 'an awful, boring lecture', 'a "quoted", wonderful thing']
  const predicted = finesse(['predict', 'reviews'], { cwd: folder, input: `${texts.join('\r\n')}\n` })
  assert.equal(predicted.code, 0)
  const answers = lines(predicted.out).map((line) => v.parse(Answer, line))
  assert.deepEqual(
    answers.map(({ text }) => text),
    texts,
  )
  for (const { label, probability, probabilities } of answers) {
    assert.equal(probability, Math.max(...Object.values(probabilities)))
    assert.equal(probability, probabilities[label])
    assert.ok(Math.abs(probabilities.good + probabilities.bad - 1) < 1e-5)
  }
  writeFileSync(
    join(folder, 'new.csv'),
    `id,text\n${texts.map((text, i) => `${i},"${text.replaceAll('"', '""')}"`).join('\n')}\n`,
  )
  // Batches and so paddings differ, and with them the last bits.
  for (const again of [
    finesse(['predict', run, 'new.csv'], { cwd: folder }),
    finesse(['predict', join(run, 'model'), '-'], { cwd: folder, input: texts.join('\n') }),
  ])
    for (const [i, line] of lines(again.out).entries()) {
      const { text, label, probability } = v.parse(Answer, line)
      assert.deepEqual({ text, label }, { text: texts[i], label: answers[i]?.label })
      assert.ok(Math.abs(probability - (answers[i]?.probability ?? 0)) < 1e-6)
    }

  const own = v.parse(Evaluation, JSON.parse(finesse(['evaluate', 'reviews', '--json'], { cwd: folder }).out))
  assert.equal(own.rows, evaluation.test.rows)
  assert.equal(own.accuracy, evaluation.test.accuracy)
  assert.ok(Math.abs(own.log_loss - evaluation.test.log_loss) < 1e-4)
  const all = finesse(['evaluate', 'reviews', 'reviews.csv'], { cwd: folder })
  assert.equal(all.code, 0)
  assert.match(all.out, /300 rows/)
  writeFileSync(join(folder, 'odd.csv'), 'text,label\nfine,good\nodd,middling\n')
  const odd = finesse(['evaluate', 'reviews', 'odd.csv'], { cwd: folder })
  assert.equal(odd.code, 1)
  assert.match(odd.err, /^finesse: .*odd\.csv row 2: label "middling".*\n$/)
})

test('on a failure of the person nothing is left behind, on success the words are a table', {
  skip: needsBuild,
}, (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'reviews.csv'), reviews(1))
  const { code, out, err } = finesse(
    ['train', 'reviews.csv', '--epochs', '1', '--out', 'mine', '--name', 'First Try'],
    {
      cwd: folder,
    },
  )
  assert.equal(code, 0, err)
  for (const part of [
    /accuracy +F1 macro/,
    /majority class/,
    /n-gram/,
    /linear probe/,
    /fine-tuned/,
    /predict/,
  ])
    assert.match(out, part)
  assert.match(readdirSync(join(folder, 'mine'))[0] ?? '', /^\d{8}-\d{6}-first-try$/)
  assert.ok(!err.includes('\r') && !err.includes('\x1b'))
})

test('Ctrl-C saves and exits 130, resume goes on to the same end', {
  skip: needsBuild || process.platform === 'win32',
}, async (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'reviews.csv'), reviews(4))
  const args = ['train', 'reviews.csv', '--epochs', '6', '--set', 'patience=6', '--json']
  const whole = finesse([...args, '--out', 'whole'], { cwd: folder })
  assert.equal(whole.code, 0, whole.err)

  const child = spawn(process.execPath, [cli, ...args, '--out', 'cut'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.after(() => child.kill('SIGKILL'))
  let err = ''
  let pressed = false
  child.stderr.setEncoding('utf8').on('data', (text) => {
    err += text
  })
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (!pressed && text.includes('"event":"step"')) pressed = child.kill('SIGINT')
  })
  const [code] = await once(child, 'close')
  assert.equal(code, 130)
  assert.match(err, /resume/)
  const run = join(folder, 'cut', readdirSync(join(folder, 'cut'))[0] ?? '')
  assert.equal(readRecord(run).status, 'interrupted')
  assert.ok(loadCheckpoint(run, 'last'))
  assert.ok(!existsSync(join(run, 'model')))

  const resumed = finesse(['resume', run, '--json'], { cwd: folder })
  assert.equal(resumed.code, 0, resumed.err)
  const end = (out: string): unknown => v.parse(DoneEvent, lines(out).at(-1)).test
  assert.deepEqual(end(resumed.out), end(whole.out))
})
