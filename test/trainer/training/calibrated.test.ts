import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import * as v from 'valibot'
import { loadCheckpoint } from '../../../src/run/checkpoint.ts'
import { readChecked } from '../../../src/run/folder.ts'
import { readPredictions } from '../../../src/run/predictions.ts'
import { RunEvaluation, Scores } from '../../../src/shared/evaluation.ts'
import { evaluate } from '../../../src/trainer/evaluation/metrics.ts'
import { openPredictor } from '../../../src/trainer/prediction/predict.ts'
import { STATIC, sampleFile, sampleRows, type Trained, trained } from './small-run.ts'

const evaluationOf = (run: string): RunEvaluation =>
  readChecked(join(run, 'evaluation.json'), RunEvaluation, '')

/** Enough rows to validate by, and others to test on. */
function divided(t: TestContext): { file: string; options: { valid: string; test: string } } {
  const file = sampleFile(t, 150)
  const [valid, test] = ['valid', 'test'].map((name) => join(file, '..', `${name}.csv`))
  if (valid === undefined || test === undefined) throw new Error('two files')
  writeFileSync(valid, sampleRows(220, 150))
  writeFileSync(test, sampleRows(170, 370))
  return { file, options: { valid, test } }
}

/** The exported model answers with the calibrated probabilities that the run has measured and kept. */
async function checkExport({ run }: Trained): Promise<RunEvaluation> {
  const evaluation = evaluationOf(run)
  const { calibration } = evaluation
  assert.ok(calibration)
  assert.equal(calibration.unfitted, undefined)
  assert.notEqual(calibration.temperature, 1)
  const rows = await readPredictions(run)
  const { labels } = evaluation
  const kept = Float64Array.from(
    rows.flatMap(({ probabilities }) => labels.map((label) => probabilities[label] ?? 0)),
  )
  const targets = rows.map(({ label }) => labels.indexOf(label))
  assert.ok(Math.abs(evaluate(kept, targets, labels).log_loss - evaluation.test.log_loss) < 1e-5)

  const predictor = await openPredictor(join(run, 'model'))
  const answers = await predictor.predict(rows.map(({ text }) => text))
  await predictor.close()
  answers.forEach((probability, at) => {
    assert.ok(Math.abs(probability - (kept[at] ?? Number.NaN)) < 1e-4)
  })
  assert.equal(predictor.unsure, calibration.unsure.threshold)
  const config = JSON.parse(readFileSync(join(run, 'model', 'config.json'), 'utf8'))
  assert.equal(config.finesse_unsure, calibration.unsure.threshold ?? undefined)

  const sure = rows.filter(
    ({ predicted, probabilities }) => (probabilities[predicted] ?? 0) >= (calibration.unsure.threshold ?? 2),
  )
  assert.ok(Math.abs(calibration.unsure.coverage - sure.length / rows.length) < 1e-9)
  for (const [name, [from, to]] of Object.entries(evaluation.intervals ?? {})) {
    const score = v.parse(v.number(), Object.entries(evaluation.test).find(([key]) => key === name)?.[1])
    assert.ok(from <= score && score <= to, `${name}: ${from} ${score} ${to}`)
  }
  assert.deepEqual(Object.keys(evaluation.intervals ?? {}).sort(), Object.keys(Scores.entries).sort())
  return evaluation
}

test('the n-gram model has its temperature in its file', async (t) => {
  const { file, options } = divided(t)
  const done = await trained(file, { model: 'ngram', ...options })
  const { valid, paired } = await checkExport(done)
  const [epoch] = done.events.flatMap((event) => (event.event === 'epoch' ? [event.valid] : []))
  assert.ok(
    epoch && 'log_loss' in epoch && epoch.log_loss > valid.log_loss && epoch.accuracy === valid.accuracy,
  )
  assert.deepEqual(Object.keys(paired ?? {}), ['majority'])
})

test('an encoder has its temperature in its head, and a run that goes on from it begins there', async (t) => {
  const { file, options } = divided(t)
  const first = await trained(file, { model: STATIC, ...options, strategy: 'full', lr: 1e-2, epochs: 2 })
  const { valid, test: scores, before, paired } = await checkExport(first)
  for (const name of ['majority', 'ngram', 'probe'] as const) {
    const { better, worse } = paired?.[name] ?? { better: 0, worse: 1000 }
    const difference = scores.accuracy - (before[name]?.accuracy ?? 0)
    assert.ok(Math.abs((better - worse) / scores.rows - difference) < 1e-9, name)
  }
  const second = await trained(
    file,
    { model: first.run, ...options, strategy: 'full' },
    { until: ({ event }) => event === 'step' },
  )
  const state = loadCheckpoint(second.run, 'last')?.state
  const { bestScores } = v.parse(v.object({ bestScores: Scores }), state)
  assert.ok(Math.abs(bestScores.log_loss - valid.log_loss) < 1e-5, `${bestScores.log_loss} ${valid.log_loss}`)
})
