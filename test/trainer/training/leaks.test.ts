import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as v from 'valibot'
import { readChecked, readRecord } from '../../../src/run/folder.ts'
import { RunOptions } from '../../../src/shared/config.ts'
import { RunEvaluation, TestPrediction } from '../../../src/shared/evaluation.ts'
import { prepareData } from '../../../src/trainer/training/prepare.ts'
import { temporaryFolder } from '../../run/sample.ts'
import { sampleRows, trained } from './small-run.ts'

test('a run says how right it is without the test rows that training has, and drop leaves none', async (t) => {
  const folder = temporaryFolder(t)
  const [file, named] = [join(folder, 'rows.csv'), join(folder, 'test.csv')]
  const [header = '', ...lines] = sampleRows(100).trim().split('\n')
  const copies = lines.slice(0, 8)
  const nearly = lines.slice(8, 14).map((line) => line.replace(/[a-z](?="?,[^,]*$)/, '$&.'))
  writeFileSync(file, `${[header, ...lines].join('\n')}\n`)
  writeFileSync(named, `${sampleRows(30, 100).trim()}\n${[...copies, ...nearly].join('\n')}\n`)

  const { run, events } = await trained(file, { model: 'ngram', test: named })
  const { leaks, test: scores } = readChecked(join(run, 'evaluation.json'), RunEvaluation, 'none')
  assert.deepEqual([leaks?.exact, leaks?.near], [8, 6])
  const predictions = readFileSync(join(run, 'predictions.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => v.parse(TestPrediction, JSON.parse(line)))
  const fresh = predictions.slice(0, 30)
  const right = fresh.filter(({ label, predicted }) => label === predicted).length
  assert.equal(leaks?.accuracy_without, right / fresh.length)
  assert.equal(scores.rows, 44)
  const warnings = events.flatMap((event) => (event.event === 'warning' ? [event.message] : []))
  assert.ok(
    warnings.some((said) => said.includes('8 rows for the test with a text')),
    warnings.join('\n'),
  )
  assert.ok(
    warnings.some((said) => said.includes('6 rows for the test nearly equal')),
    warnings.join('\n'),
  )

  const options = v.parse(RunOptions, { test: named, near_duplicates: 'drop' })
  const dropped = await prepareData([file], options)
  assert.deepEqual(dropped.leaks, { exact: [], near: [] })
  assert.equal(dropped.parts.test.length, 44)
  const { split } = readRecord(run).data
  assert.equal(dropped.parts.train.length + dropped.parts.valid.length, split.train + split.valid - 14)

  // A record of a version that knew nothing of near duplicates goes on as it began.
  const record = v.parse(
    v.looseObject({ options: v.looseObject({}) }),
    JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')),
  )
  const { near_duplicates: _, ...older } = record.options
  writeFileSync(join(run, 'run.json'), JSON.stringify({ ...record, options: older }))
  assert.equal(readRecord(run).options.near_duplicates, 'keep')
})

test('a file named for the test may lack the group column; where it has it, groups on both sides are told', async (t) => {
  const folder = temporaryFolder(t)
  const [file, named] = [join(folder, 'rows.csv'), join(folder, 'test.csv')]
  const rows = Array.from({ length: 40 }, (_, i) => `text ${i},${i % 2 ? 'a' : 'b'},g${i % 9}`)
  writeFileSync(file, `text,label,author\n${rows.join('\n')}\n`)
  const options = v.parse(RunOptions, { test: named, group: 'author' })
  writeFileSync(named, 'text,label\nmore,a\nothers,b\n')
  assert.deepEqual((await prepareData([file], options)).warnings, [])
  writeFileSync(named, 'text,label,author\nmore,a,other\nothers,b,g1\nlast,a,g2\n')
  const { warnings } = await prepareData([file], options)
  assert.equal(warnings.length, 1)
  assert.match(warnings[0] ?? '', /test\.csv: [12] rows? of a group that is trained on too/)
  const { notes } = await prepareData([file], v.parse(RunOptions, { test: named }))
  assert.ok(notes.some((note) => note.startsWith('Column "author" looks like groups')))
})
