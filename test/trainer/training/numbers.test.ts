import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { AutoModelForSequenceClassification, AutoTokenizer, env, pipeline } from '@huggingface/transformers'
import * as v from 'valibot'
import { readRecord } from '../../../src/run/folder.ts'
import { readNumberPredictions } from '../../../src/run/predictions.ts'
import { UserError } from '../../../src/shared/error.ts'
import { RegressionRunEvaluation } from '../../../src/shared/evaluation.ts'
import { openPredictor } from '../../../src/trainer/prediction/predict.ts'
import { numberRows, numbersFile } from './numbers-file.ts'
import { bytesOf, onlyRun, resumed, STATIC, sampleFile, trained } from './small-run.ts'

const OPTIONS = { model: STATIC, task: 'regress', epochs: 2, patience: 9 } as const

const folder = mkdtempSync(join(tmpdir(), 'finesse-numbers-'))
after(() => rmSync(folder, { recursive: true }))
const file = join(folder, 'stars.csv')
writeFileSync(file, numberRows(150))
const whole = trained(file, OPTIONS)

const evaluationOf = (run: string): RegressionRunEvaluation =>
  v.parse(RegressionRunEvaluation, JSON.parse(readFileSync(join(run, 'evaluation.json'), 'utf8')))

const RESULTS = [
  ['predictions.jsonl'],
  ['model', 'onnx', 'model.onnx'],
  ['model', 'README.md'],
  ['model', 'config.json'],
]
const same = (a: string, b: string): void => {
  for (const path of RESULTS) assert.ok(bytesOf(a, ...path).equals(bytesOf(b, ...path)), path.join('/'))
}

test('numbers that follow from words are learnt, and measured beside three simpler models', async () => {
  const { run, ending, events } = await whole
  const { before, test: scores, target, export_difference } = evaluationOf(run)
  assert.ok((scores.r2 ?? 0) > 0.8, `R2 ${scores.r2}`)
  assert.ok(scores.rmse < before.mean.rmse / 2 && before.probe.rmse < before.mean.rmse)
  assert.ok(before.ngram.rmse < before.mean.rmse)
  assert.ok((before.mean.r2 ?? 1) <= 0 && before.mean.spearman === null)
  assert.ok(export_difference <= 1e-4)
  const record = readRecord(run)
  assert.equal(record.schema, 2)
  assert.deepEqual(record.data.target, target)
  assert.deepEqual(
    [record.data.labels, record.resolved?.task, record.resolved?.metric],
    [[], 'regress', 'mse'],
  )
  assert.ok(ending.kind === 'done' && 'mean' in ending.done.before && 'mse' in ending.done.test)
  const epochs = events.flatMap((event) => (event.event === 'epoch' ? [event] : []))
  assert.ok(epochs.length === 2 && epochs.every(({ valid }) => 'rmse' in valid))
})

test('the export answers in the unit of the numbers, here and in transformers.js', async () => {
  const { run } = await whole
  const rows = (await readNumberPredictions(run)).slice(0, 5)
  const near = (value: number | undefined, expected: number): void =>
    assert.ok(Math.abs((value ?? Number.NaN) - expected) < 2e-3, `${value} ${expected}`)
  const predictor = await openPredictor(join(run, 'model'))
  const values = await predictor.predict(rows.map(({ text }) => text))
  await predictor.close()
  env.localModelPath = run
  env.allowRemoteModels = false
  const tokenizer = await AutoTokenizer.from_pretrained('model', { local_files_only: true })
  const model = await AutoModelForSequenceClassification.from_pretrained('model', {
    local_files_only: true,
    dtype: 'fp32',
  })
  for (const [i, { text, value }] of rows.entries()) {
    near(values[i], value)
    const { logits } = await model(tokenizer(text, { truncation: true }))
    assert.deepEqual(logits.dims, [1, 1])
    near(logits.data[0], value)
  }
  await model.dispose()
  // What the card says: the pipeline is for labels.
  const classify = await pipeline('text-classification', 'model', { local_files_only: true, dtype: 'fp32' })
  assert.deepEqual(await classify('the film was dull'), [{ label: 'stars', score: 1 }])
  await classify.dispose()
  const config = JSON.parse(readFileSync(join(run, 'model', 'config.json'), 'utf8'))
  assert.deepEqual([config.problem_type, config.num_labels], ['regression', 1])
  const card = readFileSync(join(run, 'model', 'README.md'), 'utf8')
  assert.match(card, /`stars`[\s\S]*RMSE[\s\S]*AutoModelForSequenceClassification/)
})

test('a run of numbers goes on from another with its head', async (t) => {
  const { run } = await whole
  const next = await trained(
    file,
    { ...OPTIONS, model: run, epochs: 1, lr: 1e-30, max_length: 'auto' },
    { out: join(folder, 'next') },
  )
  t.after(() => rmSync(next.run, { recursive: true }))
  const [first, second] = [evaluationOf(run), evaluationOf(next.run)]
  assert.ok(Math.abs(first.test.rmse - second.test.rmse) < 1e-3 * first.target.deviation)
})

test('stopped at any step, a run of numbers goes on to the same bytes', async (t) => {
  const { run: undisturbed } = await whole
  const out = join(folder, 'stopped')
  t.after(() => rmSync(out, { recursive: true }))
  const cut = await trained(file, OPTIONS, {
    out,
    until: (event) => event.event === 'step' && event.step === 3,
  })
  assert.equal(cut.ending.kind, 'interrupted')
  const end = await resumed(cut.run)
  assert.equal(end.ending.kind, 'done')
  same(end.run, undisturbed)
})

test('killed, a run of numbers goes on to the same bytes', {
  skip: process.platform === 'win32',
}, async (t) => {
  const { run: undisturbed } = await whole
  const out = join(folder, 'killed')
  t.after(() => rmSync(out, { recursive: true }))
  const cli = fileURLToPath(new URL('../../../src/trainer/cli.ts', import.meta.url))
  const words = `train ${file} --task regress --epochs 2 --patience 9 --max-length 24 --out ${out} --json`
  const child = spawn(process.execPath, ['--import', 'tsx', cli, ...words.split(' ')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, XDG_STATE_HOME: join(tmpdir(), 'finesse-test-state') },
  })
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.includes('"event":"step","time"') || /"event":"step"/.test(line)) child.kill('SIGKILL')
  })
  const [, signal] = await once(child, 'close')
  assert.equal(signal, 'SIGKILL')
  const run = onlyRun(out)
  assert.ok(!existsSync(join(run, 'model')))
  const end = await resumed(run)
  assert.equal(end.ending.kind, 'done')
  same(end.run, undisturbed)
})

test('what does not fit the task is refused before anything is written', async (t) => {
  const refused = async (path: string, options: Parameters<typeof trained>[1], message: RegExp) => {
    await assert.rejects(trained(path, { ...OPTIONS, ...options }), (error) => {
      assert.ok(error instanceof UserError, String(error))
      assert.match(error.message, message)
      return !error.message.includes('\n')
    })
    assert.ok(!existsSync(join(dirname(path), 'runs')))
  }
  const numbers = numbersFile(t, 60)
  await refused(numbers, { metric: 'accuracy' }, /metric accuracy .* mse, mae, r2 or spearman/)
  await refused(numbers, { task: 'classify', metric: 'mae' }, /metric mae .*predict numbers/)
  await refused(numbers, { focal_gamma: 2 }, /Focal loss: .*predicts numbers/)
  const labels = sampleFile(t, 40)
  await refused(labels, { label: 'topic' }, /headlines\.csv row 1: "\w+" in column "topic" is no number/)
  const many = join(dirname(labels), 'many.csv')
  writeFileSync(many, `text,label\n${Array.from({ length: 80 }, (_, i) => `text ${i},${i}.5`).join('\n')}\n`)
  await refused(many, { task: 'auto' }, /80 distinct values.*predict its numbers/)
  assert.deepEqual(readdirSync(dirname(many)).sort(), ['headlines.csv', 'many.csv'])
})
