import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { env, pipeline } from '@huggingface/transformers'
import * as v from 'valibot'
import { readPredictions } from '../../../../src/run/predictions.ts'
import { COMPRESSED } from '../../../../src/shared/compression.ts'
import { RunEvaluation } from '../../../../src/shared/evaluation.ts'
import { fileOf } from '../../../../src/trainer/export/dtype.ts'
import { openPredictor } from '../../../../src/trainer/prediction/predict.ts'
import { STATIC, sampleFile, trained } from '../../training/small-run.ts'

const python = process.env.FINESSE_PYTHON || 'python3'
const hasPython = spawnSync(python, ['-c', 'import numpy, onnxruntime, tokenizers']).status === 0
const needsPython = hasPython ? false : `${python} has no onnxruntime and tokenizers (set FINESSE_PYTHON)`
const checkExport = fileURLToPath(new URL('../../../../scripts/check_export.py', import.meta.url))

const Scored = v.array(v.array(v.object({ label: v.string(), score: v.number() })))
const Line = v.object({ label: v.string(), probabilities: v.record(v.string(), v.number()) })

test('a run with compress exports smaller files that answer alike everywhere', async (t) => {
  const { run, events } = await trained(sampleFile(t, 150), {
    model: STATIC,
    max_length: 64,
    compress: 'int8,fp16',
  })
  const folder = join(run, 'model')
  const evaluation = v.parse(RunEvaluation, JSON.parse(readFileSync(join(run, 'evaluation.json'), 'utf8')))
  const files = new Map((evaluation.files ?? []).map((file) => [file.dtype, file]))
  assert.deepEqual([...files.keys()], ['fp32', 'fp16', 'int8'])
  assert.equal(files.get('fp32')?.accuracy, evaluation.test.accuracy)
  const card = readFileSync(join(folder, 'README.md'), 'utf8')
  assert.match(card, /## Smaller files[\s\S]*model_int8\.onnx[\s\S]*\n## Use\n/)

  const rows = (await readPredictions(run)).slice(0, 12)
  const texts = rows.map(({ text }) => text)
  for (const dtype of COMPRESSED) {
    const file = files.get(dtype)
    assert.ok(file)
    assert.equal(file.bytes, statSync(join(folder, fileOf(dtype))).size)
    assert.ok(file.bytes < (dtype === 'int8' ? 0.3 : 0.52) * (files.get('fp32')?.bytes ?? 0))
    assert.ok(file.difference > 0 && file.difference < (dtype === 'int8' ? 0.1 : 0.005), `${file.difference}`)
    assert.ok(file.ms_single > 0 && file.ms_batch > 0)
    assert.ok(events.some((event) => event.event === 'note' && event.message.startsWith(fileOf(dtype))))
    assert.ok(card.includes(fileOf(dtype)))

    const predictor = await openPredictor(folder, undefined, dtype)
    // One text at a time, as the others are asked: in a batch the activations are rounded by another range.
    const own: Float64Array[] = []
    for (const text of texts) own.push(await predictor.predict([text]))
    const { labels } = predictor
    await predictor.close()
    const near = (row: number, label: string, probability: number, what: string): void => {
      const expected = own[row]?.[labels.indexOf(label)] ?? Number.NaN
      assert.ok(
        Math.abs(probability - expected) < 1e-4,
        `${what} ${dtype}: ${label} ${probability} ${expected}`,
      )
    }

    env.localModelPath = run
    env.allowRemoteModels = false
    const classify = await pipeline('text-classification', 'model', { local_files_only: true, dtype })
    for (const [row, text] of texts.entries())
      for (const { label, score } of v.parse(Scored, [await classify(text, { top_k: 100 })])[0] ?? [])
        near(row, label, score, 'transformers.js')
    await classify.dispose()

    await t.test(`Python reads ${dtype}`, { skip: needsPython }, () => {
      const { stdout, stderr } = spawnSync(python, [checkExport, folder, fileOf(dtype)], {
        input: texts.map((text) => JSON.stringify(text)).join('\n'),
        encoding: 'utf8',
      })
      const lines = stdout.trim().split('\n')
      assert.equal(lines.length, texts.length, stderr)
      for (const [row, line] of lines.entries())
        for (const [label, probability] of Object.entries(v.parse(Line, JSON.parse(line)).probabilities))
          near(row, label, probability, 'Python')
    })
  }
})

test('a run without compress exports the one file, and a file that is not there is refused by name', async (t) => {
  const { run } = await trained(sampleFile(t, 80), { model: STATIC, max_length: 32 })
  const folder = join(run, 'model')
  assert.ok(!existsSync(join(folder, fileOf('int8'))))
  await assert.rejects(
    openPredictor(folder, undefined, 'int8'),
    /model_int8\.onnx; its files are fp32\. Export the run again/,
  )
})
