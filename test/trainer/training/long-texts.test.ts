import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as v from 'valibot'
import { readPredictions } from '../../../src/run/predictions.ts'
import { RunEvaluation } from '../../../src/shared/evaluation.ts'
import type { RunEvent } from '../../../src/shared/events.ts'
import { openPredictor } from '../../../src/trainer/prediction/predict.ts'
import { cutOf } from '../../../src/trainer/training/long-texts.ts'
import { temporaryFolder } from '../../run/sample.ts'
import { needsShared } from '../../shared.ts'
import { STATIC, STORIES, trained } from './small-run.ts'

/** Rows of which the words that tell stand at the end, behind more than is read at once. */
function late(rows: number): string {
  const filler = 'the day went on as days do , and people came and went . '.repeat(4)
  return `text,label\n${Array.from({ length: rows }, (_, i) => {
    const good = i % 2 === 0
    const words = (good ? ['lovely', 'wonderful', 'great'] : ['awful', 'terrible', 'boring'])[i % 3]
    return `"number ${i} . ${filler} it was ${words} , really ${words}",${good ? 'good' : 'bad'}`
  }).join('\n')}\n`
}

const said = (events: readonly RunEvent[]): string =>
  events
    .flatMap((event) => (event.event === 'note' || event.event === 'warning' ? [event.message] : []))
    .join('\n')

test('what is cut is counted in rows and in tokens', () => {
  const row = (read: number, length: number) => ({ ids: new Int32Array(read), length })
  assert.deepEqual(cutOf([row(10, 10), row(10, 30), row(5, 5), row(10, 15)]), {
    texts: 4,
    cut: 2,
    share: 25 / 60,
  })
  assert.deepEqual(cutOf([]), { texts: 0, cut: 0, share: 0 })
})

test('windows and head+tail see what truncation cuts, and the exported model answers as the trained one', async (t) => {
  const file = join(temporaryFolder(t), 'late.csv')
  writeFileSync(file, late(120))
  const options = { model: STATIC, max_length: 24, epochs: 6 }
  const accuracy: Record<string, number> = {}
  for (const long of ['truncate', 'head+tail', 'windows'] as const) {
    const { ending, run, events } = await trained(
      file,
      { ...options, long },
      { out: join(file, '..', long.replace('+', '')) },
    )
    assert.ok(ending.kind === 'done' && 'accuracy' in ending.done.test)
    accuracy[long] = ending.done.test.accuracy
    assert.match(
      said(events),
      long === 'windows'
        ? /120 of 120 texts are longer than 24 tokens and are read in windows: \d+ windows/
        : /120 of 120 texts are longer than 24 tokens; .*\d\d % of all tokens are not read/,
    )
    const { cut } = v.parse(RunEvaluation, JSON.parse(readFileSync(join(run, 'evaluation.json'), 'utf8')))
    if (long === 'windows') assert.equal(cut, undefined)
    else assert.ok(cut?.texts === 120 && cut.cut === 120 && cut.share > 0.3)
    const predictor = await openPredictor(join(run, 'model'))
    const rows = await readPredictions(run)
    const probabilities = await predictor.predict(rows.map(({ text }) => text))
    for (const [i, row] of rows.entries())
      for (const [k, label] of predictor.labels.entries())
        assert.ok(
          Math.abs(
            (probabilities[i * predictor.labels.length + k] ?? Number.NaN) - (row.probabilities[label] ?? 0),
          ) < 1e-4,
        )
    await predictor.close()
    assert.match(
      readFileSync(join(run, 'model', 'README.md'), 'utf8'),
      {
        truncate: /the rest is cut/,
        'head+tail': /the first and the last 12/,
        windows: /mean of their logits/,
      }[long],
    )
  }
  assert.ok((accuracy.truncate ?? 1) < 0.8, JSON.stringify(accuracy))
  assert.ok((accuracy['head+tail'] ?? 0) > 0.9 && (accuracy.windows ?? 0) > 0.9, JSON.stringify(accuracy))
})

test('windows go through a frozen part that is cached, through all layers, and to the head alone', {
  skip: needsShared,
}, async (t) => {
  const file = join(temporaryFolder(t), 'late.csv')
  writeFileSync(file, late(40))
  for (const strategy of ['last:1', 'full', 'head'] as const) {
    const { ending } = await trained(
      file,
      { model: STORIES, max_length: 48, long: 'windows', strategy, accumulate: strategy === 'full' ? 2 : 1 },
      { out: join(file, '..', strategy.replace(':', '')) },
    )
    assert.equal(ending.kind, 'done')
  }
})
