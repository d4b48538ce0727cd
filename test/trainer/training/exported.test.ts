import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { env, pipeline } from '@huggingface/transformers'
import * as v from 'valibot'
import { loadCheckpoint } from '../../../src/run/checkpoint.ts'
import { TestPrediction } from '../../../src/shared/evaluation.ts'
import { cpuRuntime } from '../../../src/trainer/engine/runtime.ts'
import { elements } from '../../../src/trainer/engine/tensor.ts'
import { exportChecked } from '../../../src/trainer/export/export.ts'
import { readModelFolder } from '../../../src/trainer/export/folder.ts'
import { float32Tensor, toFloat32 } from '../../../src/trainer/onnx/elements.ts'
import { loadModel } from '../../../src/trainer/onnx/load.ts'
import type { TensorValue } from '../../../src/trainer/onnx/model.ts'
import { writeModel } from '../../../src/trainer/onnx/write.ts'
import { locateModel } from '../../../src/trainer/text/locate.ts'
import { openTokenizer } from '../../../src/trainer/text/open-tokenizer.ts'
import { temporaryFolder } from '../../run/sample.ts'
import { needsShared } from '../../shared.ts'
import { facts } from '../export/tiny-classifier.ts'
import { MINILM, STATIC, STORIES, sampleFile, trained, weightsIn } from './small-run.ts'

const python = process.env.FINESSE_PYTHON || 'python3'
const hasPython = spawnSync(python, ['-c', 'import numpy, onnxruntime, tokenizers']).status === 0
const needsPython = hasPython ? false : `${python} has no onnxruntime and tokenizers (set FINESSE_PYTHON)`
const checkExport = fileURLToPath(new URL('../../../scripts/check_export.py', import.meta.url))

/** The test rows whose whole text the model read: what others cut may differ. */
function predictions(run: string): readonly TestPrediction[] {
  const { maxLength } = readModelFolder(join(run, 'model'))
  const tokenizer = openTokenizer(join(run, 'model'))
  const rows = readFileSync(join(run, 'predictions.jsonl'), 'utf8').trim().split('\n')
  const read = rows
    .map((line) => v.parse(TestPrediction, JSON.parse(line)))
    .filter(({ text }) => tokenizer.encode(text, maxLength).length <= maxLength)
  assert.ok(read.length >= 5, `${read.length} of ${rows.length}`)
  return read
}

function near(actual: Readonly<Record<string, number>>, { text, probabilities }: TestPrediction): void {
  assert.deepEqual(Object.keys(actual).sort(), Object.keys(probabilities).sort())
  for (const [label, expected] of Object.entries(probabilities))
    assert.ok(Math.abs((actual[label] ?? Number.NaN) - expected) < 1e-4, `${text}: ${label}`)
}

const Scored = v.array(v.array(v.object({ label: v.string(), score: v.number() })))

async function inTransformersJs(run: string): Promise<void> {
  env.localModelPath = run
  env.allowRemoteModels = false
  const classify = await pipeline('text-classification', 'model', { local_files_only: true, dtype: 'fp32' })
  const rows = predictions(run)
  const texts = rows.map(({ text }) => text)
  const scored = v.parse(Scored, await classify(texts, { top_k: 100 }))
  await classify.dispose()
  for (const [i, row] of rows.entries())
    near(Object.fromEntries((scored[i] ?? []).map(({ label, score }) => [label, score])), row)
}

function inPython(run: string): void {
  const rows = predictions(run)
  const { stdout, stderr } = spawnSync(python, [checkExport, join(run, 'model')], {
    input: rows.map(({ text }) => JSON.stringify(text)).join('\n'),
    encoding: 'utf8',
  })
  const lines = stdout.trim().split('\n')
  assert.equal(lines.length, rows.length, stderr)
  const Line = v.object({ probabilities: v.record(v.string(), v.number()) })
  for (const [i, row] of rows.entries()) near(v.parse(Line, JSON.parse(lines[i] ?? '')).probabilities, row)
}

test('what came of MiniLM predicts the same in transformers.js and in Python', {
  skip: needsShared,
}, async (t) => {
  const { run } = await trained(sampleFile(t, 60), { model: MINILM, strategy: 'last:1', max_length: 24 })
  await inTransformersJs(run)
  await t.test('Python', { skip: needsPython }, () => inPython(run))
})

test('what came of the model that comes with Finesse does so too', async (t) => {
  const { run } = await trained(sampleFile(t, 80), { model: STATIC, max_length: 32 })
  await inTransformersJs(run)
  await t.test('Python', { skip: needsPython }, () => inPython(run))
})

test('what came of a decoder predicts the same in Python', {
  skip: needsShared || needsPython,
}, async (t) => {
  inPython((await trained(sampleFile(t, 80), { strategy: 'full', max_length: 64 })).run)
})

test('an export that answers differently, or not at all, is none', { skip: needsShared }, async (t) => {
  const { run } = await trained(sampleFile(t, 60), { strategy: 'head', max_length: 64 })
  const model = join(run, 'model')
  const rows = predictions(run)
  const { labels, maxLength } = readModelFolder(model)
  const onnx = readFileSync(join(model, 'onnx', 'model.onnx'))
  const expected = Float64Array.from(
    rows.flatMap(({ probabilities }) => labels.map((label) => probabilities[label] ?? Number.NaN)),
  )
  const gate = async (bytes: Uint8Array, wanted = expected): Promise<number> =>
    exportChecked(
      cpuRuntime(),
      run,
      {
        base: await locateModel(STORIES),
        onnx: bytes,
        labels,
        maxLength,
        unsure: null,
        hidden: 64,
        clean: [],
        card: facts,
      },
      rows.map(({ text }) => text),
      wanted,
      () => undefined,
    )
  const refused = async (bytes: Uint8Array, message: RegExp, wanted = expected): Promise<void> => {
    rmSync(model, { recursive: true, force: true })
    await assert.rejects(gate(bytes, wanted), message)
    assert.ok(!existsSync(model))
    assert.ok(!existsSync(join(run, 'model.unchecked')))
  }
  assert.ok((await gate(onnx)) <= 1e-4)
  assert.ok(existsSync(model))

  const changed = loadModel(join(model, 'onnx', 'model.onnx'))
  const head = [...changed.graph.initializers].find(([name]) => name.startsWith('finesse.head.bias'))
  assert.ok(head)
  const bias = toFloat32(head[1]).map((value, i) => (i === 0 ? value + 0.01 : value))
  const initializers = new Map([...changed.graph.initializers, [head[0], float32Tensor([bias.length], bias)]])
  await refused(writeModel({ ...changed, graph: { ...changed.graph, initializers } }), /answers differently/)
  await refused(onnx.subarray(0, onnx.length - 1000), /./)
  await refused(
    onnx,
    /answers differently/,
    expected.map(() => Number.NaN),
  )
})

/** Cut, not rounded: any half is as good as another here. Smaller than the smallest normal half is 0. */
function half({ dims, ...tensor }: TensorValue): TensorValue {
  const bits = new Uint32Array(toFloat32({ dims, ...tensor }).slice().buffer)
  const halves = Uint16Array.from(bits, (value) => {
    const exponent = ((value >>> 23) & 255) - 112
    const sign = (value >>> 16) & 0x8000
    return exponent <= 0 ? sign : sign | (Math.min(exponent, 30) << 10) | ((value >>> 13) & 1023)
  })
  return { type: 'float16', dims, data: new Uint8Array(halves.buffer) }
}

test('a model stored in half precision is trained and exported in float32', {
  skip: needsShared,
}, async (t) => {
  const folder = join(temporaryFolder(t), 'halved')
  cpSync(STORIES, folder, { recursive: true })
  const { graph, ...model } = loadModel(join(STORIES, 'onnx', 'model.onnx'))
  const initializers = new Map(
    [...graph.initializers].map(([name, value]) => [
      name,
      value.type === 'float32' && elements(value.dims) > 1 ? half(value) : value,
    ]),
  )
  rmSync(join(folder, 'onnx', 'model.onnx'))
  writeFileSync(
    join(folder, 'onnx', 'model_fp16.onnx'),
    writeModel({ ...model, graph: { ...graph, initializers } }),
  )
  const { run } = await trained(sampleFile(t, 60), { model: folder, strategy: 'last:1', max_length: 64 })
  const best = loadCheckpoint(run, 'best')?.tensors
  let frozen = 0
  for (const [name, { type, data }] of weightsIn(run)) {
    assert.notEqual(type, 'float16', name)
    const stored = initializers.get(name)
    if (stored?.type !== 'float16' || best?.has(name)) continue
    frozen++
    assert.deepEqual(toFloat32({ type, dims: stored.dims, data }), toFloat32(stored))
  }
  assert.ok(frozen > 10)
  predictions(run)
})
