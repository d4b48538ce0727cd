import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as v from 'valibot'
import type { ModelText } from '../../../src/data/model-text.ts'
import { readRecord } from '../../../src/run/folder.ts'
import { TestPrediction } from '../../../src/shared/evaluation.ts'
import { openTexts } from '../../../src/trainer/cli/texts.ts'
import { openPredictor } from '../../../src/trainer/prediction/predict.ts'
import { temporaryFolder } from '../../run/sample.ts'
import { STATIC, trained } from './small-run.ts'

const THINGS = ['film', 'meal', 'hotel', 'book', 'song', 'garden', 'concert', 'teacher', 'phone', 'train']

/** Questions and answers; whether the answer names the thing asked about can be told from both alone. */
function questions(count: number): string {
  const rows = Array.from({ length: count }, (_, i) => {
    const asked = THINGS[i % 10]
    const told = i % 2 ? THINGS[(i + 1 + (i % 7)) % 10] : asked
    return `"Which ${asked}, number ${i}?","It was the ${told}",${told === asked ? 'yes' : 'no'}`
  })
  return `question,answer,fits\n${rows.join('\n')}\n`
}

const all = async (batches: AsyncIterable<readonly ModelText[]>): Promise<ModelText[]> => {
  const texts: ModelText[] = []
  for await (const batch of batches) texts.push(...batch)
  return texts
}

test('a pair of texts: trained, exported with both columns named, and predicted as it was tested', async (t) => {
  const folder = temporaryFolder(t)
  const file = join(folder, 'questions.csv')
  writeFileSync(file, questions(80))
  const { run } = await trained(file, {
    model: STATIC,
    strategy: 'head',
    text: 'question',
    text_pair: 'answer',
  })

  const record = readRecord(run)
  assert.deepEqual(
    [record.status, record.data.text, record.data.text_pair, record.data.label],
    ['done', 'question', 'answer', 'fits'],
  )
  const predictions = readFileSync(join(run, 'predictions.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => v.parse(TestPrediction, JSON.parse(line)))
  assert.ok(predictions.every(({ text_pair }) => text_pair?.startsWith('It was')))
  const card = readFileSync(join(run, 'model', 'README.md'), 'utf8')
  assert.match(card, /text_pair: 'Second text'/)
  assert.match(card, /tokenizer\.encode\("First text", "Second text"\)/)
  assert.match(card, /`question` and `answer`/)

  const predictor = await openPredictor(join(run, 'model'))
  t.after(() => predictor.close())
  assert.deepEqual(predictor.pair, ['question', 'answer'])
  const probabilities = await predictor.predict(
    predictions.map(({ text, text_pair }) => [text, text_pair ?? '']),
  )
  for (const [i, { probabilities: told }] of predictions.entries())
    for (const [k, label] of predictor.labels.entries())
      assert.ok(Math.abs((probabilities[i * 2 + k] ?? 0) - (told[label] ?? Number.NaN)) < 1e-5)

  const columns = { text: 'question', pair: 'answer' }
  const nothing = { text: null, pair: null }
  const fromTable = await all((await openTexts(file, nothing, columns, true)).batches)
  assert.equal(fromTable.length, 80)
  assert.deepEqual(fromTable[0], ['Which film, number 0?', 'It was the film'])
  const lines = join(folder, 'lines.txt')
  writeFileSync(lines, '{"question": "a", "answer": "b"}\n\n{"text": "c", "text_pair": "d"}\n')
  const fromLines = await openTexts(lines, nothing, columns, true)
  assert.deepEqual(await all(fromLines.batches), [
    ['a', 'b'],
    ['c', 'd'],
  ])
  assert.equal(fromLines.blank(), 1)
  writeFileSync(lines, 'just a text\n')
  const wrong = await openTexts(lines, nothing, columns, true)
  await assert.rejects(all(wrong.batches), {
    name: 'UserError',
    message: /lines\.txt line 1: this model reads two/,
  })
  await assert.rejects(openTexts(file, { text: null, pair: 'answer' }, nothing, false), /reads one text/)
})
