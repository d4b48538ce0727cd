import assert from 'node:assert/strict'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readChecked, readRecord } from '../../../src/run/folder.ts'
import { readPredictions } from '../../../src/run/predictions.ts'
import { RunEvaluation } from '../../../src/shared/evaluation.ts'
import { openPredictor } from '../../../src/trainer/prediction/predict.ts'
import { temporaryFolder } from '../../run/sample.ts'
import { bytesOf, resumed, STATIC, sampleFile, trained } from '../training/small-run.ts'

const FILES = ['model/config.json', 'model/README.md', 'model/onnx/model.onnx', 'predictions.jsonl']

test('the n-gram model is trained, measured and exported like any other', async (t) => {
  const file = sampleFile(t, 200)
  const done = await trained(file, { model: 'ngram', epochs: 7 })
  assert.equal(done.ending.kind, 'done')
  const record = readRecord(done.run)
  assert.deepEqual(record.base, { kind: 'ngram', model: 'ngram', id: 'ngram' })
  assert.equal(record.status, 'done')
  assert.equal(record.resolved, null)
  assert.ok(
    done.events.some((event) => event.event === 'warning' && /^No effect .*--epochs/.test(event.message)),
  )
  assert.ok(done.events.some((event) => event.event === 'epoch' && event.best))
  assert.deepEqual(readdirSync(join(done.run, 'model')).sort(), ['README.md', 'config.json', 'onnx'])

  const evaluation = readChecked(join(done.run, 'evaluation.json'), RunEvaluation, '')
  assert.equal(evaluation.before?.ngram, null)
  assert.equal(evaluation.before?.probe, null)
  assert.ok(evaluation.export_difference < 1e-5)
  const predictions = await readPredictions(done.run)
  assert.equal(predictions.length, evaluation.test.rows)

  const predictor = await openPredictor(join(done.run, 'model'))
  const probabilities = await predictor.predict(predictions.map(({ text }) => text))
  await predictor.close()
  for (const [row, { probabilities: kept }] of predictions.entries())
    for (const [k, label] of predictor.labels.entries())
      assert.ok(
        Math.abs((kept?.[label] ?? Number.NaN) - (probabilities[row * predictor.labels.length + k] ?? 0)) <
          1e-5,
      )

  const cut = await trained(
    file,
    { model: 'ngram', epochs: 7 },
    { out: join(file, '..', 'cut'), until: (event) => event.event === 'phase' && event.phase === 'evaluate' },
  )
  assert.equal(cut.ending.kind, 'interrupted')
  assert.ok(!existsSync(join(cut.run, 'model')))
  const again = await resumed(cut.run)
  assert.equal(again.ending.kind, 'done')
  for (const name of FILES) assert.deepEqual(bytesOf(cut.run, name), bytesOf(done.run, name), name)

  await assert.rejects(trained(file, { model: done.run }), /is an n-gram model.*ngram as base model/)
  await assert.rejects(
    trained(file, { model: 'ngram', task: 'regress' }),
    /choose another model, or predict labels/,
  )
})

test('where an encoder cannot read the texts the n-gram model is named, before training and after', async (t) => {
  const file = join(temporaryFolder(t), 'reviews.csv')
  const good = ['很好吃', '味道不错', '送餐快', '非常满意', '下次再来']
  const bad = ['太慢了', '不好吃', '菜都凉了', '非常失望', '再也不来']
  const rows = good.flatMap((a) => good.map((b) => `${a}${b},好`))
  const others = bad.flatMap((a) => bad.map((b) => `${a}${b},坏`))
  writeFileSync(file, `text,label\n${[...rows, ...others].join('\n')}\n`)
  const { ending, events } = await trained(file, { model: STATIC, epochs: 1 })
  const wanted = /cannot read much of these texts: \d+ % .*or ngram, which/
  assert.ok(events.some((event) => event.event === 'warning' && wanted.test(event.message)))
  assert.ok(ending.kind === 'done')
  const [first, second] = ending.done.advice
  assert.match(first ?? '', wanted)
  assert.match(second ?? '', /not better than the n-gram model beyond chance/)
})
