import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { env, pipeline } from '@huggingface/transformers'
import * as v from 'valibot'
import { chooseSteps } from '../../../src/data/clean/choose.ts'
import { textCleaner } from '../../../src/data/clean/text.ts'
import { readRecord } from '../../../src/run/folder.ts'
import { TestPrediction } from '../../../src/shared/evaluation.ts'
import { openTokenizer } from '../../../src/trainer/text/open-tokenizer.ts'
import { temporaryFolder } from '../../run/sample.ts'
import { bytesOf, resumed, STATIC, STATIC_FOLDER, sampleRows, trained } from './small-run.ts'

const ALL = 'all,no-duplicates'

/** The sample with dirt in its texts, which cleaning takes out again. */
function dirtyFile(t: TestContext, dirt: (text: string) => string): string {
  const file = join(temporaryFolder(t), 'dirty.csv')
  const [header = '', ...rows] = sampleRows(60).trim().split('\n')
  const dirty = rows.map((row) => {
    const at = row.lastIndexOf(',')
    const text = row.slice(0, at).replace(/^"|"$/g, '').replaceAll('""', '"')
    // The sample has rows without a text, which would get one.
    if (text.trim() === '') return row
    return `"${dirt(text).replaceAll('"', '""')}"${row.slice(at)}`
  })
  writeFileSync(file, `${[header, ...dirty].join('\n')}\n`)
  return file
}

const mess = (text: string): string =>
  `<p>\u200b ${text.replaceAll(' ', ' \t ')}</p> &amp; <br/>http://example.org/${text.length} joe@example.com\n`

const testRows = (run: string): TestPrediction[] =>
  readFileSync(join(run, 'predictions.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => v.parse(TestPrediction, JSON.parse(line)))

const python = process.env.FINESSE_PYTHON || 'python3'
const hasPython = spawnSync(python, ['-c', 'import numpy, onnxruntime, tokenizers']).status === 0
const needsPython = hasPython ? false : `${python} has no onnxruntime and tokenizers (set FINESSE_PYTHON)`
const hasTransformers = spawnSync(python, ['-c', 'import transformers']).status === 0
const needsTransformers = hasTransformers ? false : `${python} has no transformers (set FINESSE_PYTHON)`
const checkExport = fileURLToPath(new URL('../../../scripts/check_export.py', import.meta.url))

test('what was trained on cleaned texts answers to raw ones', async (t) => {
  const file = dirtyFile(t, mess)
  const { run } = await trained(file, { model: STATIC, clean: ALL, max_length: 64 })
  const rows = testRows(run)
  // The rows are as they stand in the file; that these are what the exported model was compared on is the gate.
  assert.ok(rows.every(({ text }) => text.startsWith('<p>\u200b ')))
  const tokenizer = openTokenizer(join(run, 'model'))
  const base = openTokenizer(STATIC_FOLDER)
  const { clean } = textCleaner(chooseSteps(ALL))
  for (const { text } of rows)
    assert.deepEqual(tokenizer.encode(text, 64).ids, base.encode(clean(text), 64).ids, text)
  assert.ok(rows.every(({ text }) => clean(text).endsWith('& [URL] [EMAIL]')))

  await t.test('in transformers.js', async () => {
    env.localModelPath = run
    env.allowRemoteModels = false
    const classify = await pipeline('text-classification', 'model', { local_files_only: true, dtype: 'fp32' })
    const Scored = v.array(v.array(v.object({ label: v.string(), score: v.number() })))
    const scored = v.parse(
      Scored,
      await classify(
        rows.map(({ text }) => text),
        { top_k: 100 },
      ),
    )
    await classify.dispose()
    for (const [i, { probabilities }] of rows.entries())
      for (const { label, score } of scored[i] ?? [])
        assert.ok(Math.abs(score - (probabilities[label] ?? Number.NaN)) < 1e-4)
  })
  await t.test('in Python', { skip: needsPython }, () => {
    const { stdout, stderr } = spawnSync(python, [checkExport, join(run, 'model')], {
      input: rows.map(({ text }) => JSON.stringify(text)).join('\n'),
      encoding: 'utf8',
    })
    const lines = stdout.trim().split('\n')
    assert.equal(lines.length, rows.length, stderr)
    const Line = v.object({ probabilities: v.record(v.string(), v.number()) })
    for (const [i, { probabilities }] of rows.entries())
      for (const [label, score] of Object.entries(v.parse(Line, JSON.parse(lines[i] ?? '')).probabilities))
        assert.ok(Math.abs(score - (probabilities[label] ?? Number.NaN)) < 1e-4)
  })
  await t.test('in Python by the transformers library', { skip: needsTransformers }, () => {
    const script = `import json, sys
from transformers import AutoTokenizer
tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
print(json.dumps([tokenizer(json.loads(line), truncation=True)["input_ids"] for line in sys.stdin]))`
    const { stdout, stderr } = spawnSync(python, ['-c', script, join(run, 'model')], {
      input: rows.map(({ text }) => JSON.stringify(text)).join('\n'),
      encoding: 'utf8',
    })
    const ids: unknown = JSON.parse(stdout || `"${stderr.slice(-300)}"`)
    assert.deepEqual(
      ids,
      rows.map(({ text }) => [...tokenizer.encode(text, 64).ids]),
    )
  })
  await t.test('a run on it cleans by its own steps', async () => {
    const again = await trained(file, { model: run, clean: 'nfc' })
    const own = openTokenizer(join(again.run, 'model'))
    for (const { text } of rows) assert.deepEqual(own.encode(text, 64), base.encode(text, 64))
  })
})

/** Compared as a whole: a difference of megabytes shown byte for byte takes minutes. */
const sameModel = (a: string, b: string): boolean =>
  bytesOf(a, 'model', 'onnx', 'model.onnx').equals(bytesOf(b, 'model', 'onnx', 'model.onnx'))

test('dirt that cleaning takes out makes no difference', async (t) => {
  const { run: plain } = await trained(
    dirtyFile(t, (text) => text),
    { model: STATIC },
  )
  const { run: dirty } = await trained(
    dirtyFile(t, (text) => `\u200b${text.replaceAll(' ', ' \t ')} `),
    { model: STATIC },
  )
  assert.deepEqual(
    testRows(dirty).map(({ row, probabilities }) => ({ row, probabilities })),
    testRows(plain).map(({ row, probabilities }) => ({ row, probabilities })),
  )
  assert.ok(sameModel(dirty, plain))
})

test('augmentation adds training rows alone, and an interrupted run goes on with the same', async (t) => {
  const file = dirtyFile(t, (text) => text)
  const options = { model: STATIC, augment: 'deletion,swap,typo', epochs: 3 }
  const plain = await trained(file, { model: STATIC, epochs: 3 })
  const whole = await trained(file, options)
  const { split } = readRecord(whole.run).data
  assert.deepEqual(split, readRecord(plain.run).data.split)
  assert.deepEqual(
    testRows(whole.run).map(({ row, text }) => ({ row, text })),
    testRows(plain.run).map(({ row, text }) => ({ row, text })),
  )
  const stepsOf = (run: string) => readRecord(run).progress.steps
  assert.equal(stepsOf(plain.run), 3 * Math.ceil(split.train / 32))
  assert.equal(stepsOf(whole.run), 3 * Math.ceil((2 * split.train) / 32))
  assert.ok(
    whole.events.some(
      (event) =>
        event.event === 'note' && event.message.startsWith(`${split.train} rows added by augmentation`),
    ),
  )
  const broken = await trained(file, options, { until: (event) => event.event === 'epoch' })
  assert.equal(broken.ending.kind, 'interrupted')
  const goneOn = await resumed(broken.run)
  assert.ok(sameModel(goneOn.run, whole.run))
})
