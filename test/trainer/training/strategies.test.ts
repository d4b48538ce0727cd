import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import * as v from 'valibot'
import { loadCheckpoint } from '../../../src/run/checkpoint.ts'
import { readEvents } from '../../../src/run/metrics.ts'
import type { RunOptions } from '../../../src/shared/config.ts'
import { UserError } from '../../../src/shared/error.ts'
import { Before, RunEvaluation, Scores, TestPrediction } from '../../../src/shared/evaluation.ts'
import { PHASES, RunEvent } from '../../../src/shared/events.ts'
import { RunRecord } from '../../../src/shared/run.ts'
import { cpuRuntime, floatOutput, openSession } from '../../../src/trainer/engine/runtime.ts'
import type { Tensor } from '../../../src/trainer/engine/tensor.ts'
import { evaluate, scoresOf } from '../../../src/trainer/evaluation/metrics.ts'
import { loadModel } from '../../../src/trainer/onnx/load.ts'
import { openPredictor } from '../../../src/trainer/prediction/predict.ts'
import { openTokenizer } from '../../../src/trainer/text/open-tokenizer.ts'
import { needsShared } from '../../shared.ts'
import {
  losses,
  MINILM,
  onlyRun,
  STATIC,
  STATIC_FOLDER,
  STORIES,
  sampleFile,
  type Trained,
  trained,
  weightsIn,
} from './small-run.ts'

const json = (run: string, name: string): unknown => JSON.parse(readFileSync(join(run, name), 'utf8'))
const jsonLines = (run: string, name: string): unknown[] =>
  readFileSync(join(run, name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

/** The run's folder is as docs/run-format.md says, and its files agree with each other and with what was told. */
async function checkFolder({ run, events, ending, progress }: Trained): Promise<RunRecord> {
  const record = v.parse(v.strictObject(RunRecord.entries), json(run, 'run.json'))
  const evaluation = v.parse(v.strictObject(RunEvaluation.entries), json(run, 'evaluation.json'))
  const before = v.parse(v.strictObject(Before.entries), json(run, 'before.json'))
  const kept = jsonLines(run, 'metrics.jsonl').map((line) => v.parse(RunEvent, line))
  const rows = jsonLines(run, 'predictions.jsonl').map((line) =>
    v.parse(v.strictObject(TestPrediction.entries), line),
  )
  const isHead = record.resolved?.strategy === 'head'
  assert.deepEqual(
    readdirSync(run).sort(),
    [
      'before-mistakes.json',
      'before.json',
      ...(isHead ? [] : ['checkpoints']),
      ...['evaluation.json', 'log.txt', 'metrics.jsonl', 'model', 'predictions.jsonl'],
      ...['receipt.json', 'report.html', 'run.json'],
    ],
    'nothing else is in the folder: no cache, no temporary file',
  )
  assert.equal(record.status, 'done')
  assert.equal(record.error, null)
  assert.deepEqual(kept, events)

  const phases = events.flatMap((event) => (event.event === 'phase' ? [event.phase] : []))
  const wanted = PHASES.filter((phase) => phase !== 'model' && !(isHead && phase === 'train'))
  assert.deepEqual([...phases].sort(), [...wanted].sort())
  for (const phase of ['trunk', 'probe', 'ngram', 'evaluate', 'export', ...(isHead ? [] : ['train'])])
    assert.ok(
      progress.some((event) => event.phase === phase),
      `${phase} tells how far it is`,
    )
  for (const { done, total, phase } of progress)
    assert.ok(done >= 0 && done <= total, `${phase} ${done} of ${total}`)

  const steps = events.flatMap((event) => (event.event === 'step' ? [event] : []))
  assert.deepEqual(
    steps.map(({ step }) => step),
    Array.from({ length: isHead ? 0 : record.progress.steps }, (_, i) => i + 1),
  )
  for (const { loss, lr, gradient_norm } of steps)
    assert.ok(loss > 0 && lr > 0 && gradient_norm > 0, `${loss} ${lr} ${gradient_norm}`)
  assert.ok(isHead || steps.at(-1)?.step === record.progress.step)

  const { labels } = evaluation
  assert.deepEqual(labels, record.data.labels)
  assert.deepEqual(before, evaluation.before)
  assert.equal(rows.length, record.data.split.test)
  assert.equal(evaluation.valid.rows, record.data.split.valid)
  assert.ok(evaluation.export_difference <= 1e-4)
  assert.equal(
    Object.values(record.data.split).reduce((a, b) => a + b),
    record.data.train.rows - leftOut(events),
  )
  for (const { probabilities, predicted } of rows) {
    assert.deepEqual(Object.keys(probabilities).sort(), [...labels].sort())
    const values = Object.values(probabilities)
    assert.ok(Math.abs(values.reduce((a, b) => a + b) - 1) < 1e-5)
    assert.equal(probabilities[predicted], Math.max(...values))
  }
  const again = evaluate(
    Float64Array.from(rows.flatMap((row) => labels.map((label) => row.probabilities[label] ?? Number.NaN))),
    rows.map(({ label }) => labels.indexOf(label)),
    labels,
  )
  assert.deepEqual(again.confusion, evaluation.test.confusion)
  assert.ok(Math.abs(again.log_loss - evaluation.test.log_loss) < 1e-5)
  assert.deepEqual(record.test, scoresOf(evaluation.test))
  assert.equal(ending.kind, 'done')
  if (ending.kind === 'done')
    assert.deepEqual(
      [ending.done.test, ending.done.before],
      [v.parse(Scores, record.test), evaluation.before],
    )

  const predictor = await openPredictor(join(run, 'model'))
  const predicted = await predictor.predict(rows.map(({ text }) => text))
  await predictor.close()
  for (const [i, row] of rows.entries())
    for (const [k, label] of labels.entries())
      assert.ok(
        Math.abs((predicted[i * labels.length + k] ?? 0) - (row.probabilities[label] ?? 9)) <= 1e-4,
        row.text,
      )
  return record
}

/** Rows that the warnings say were left out. */
const leftOut = (events: readonly RunEvent[]): number =>
  events.reduce((sum, event) => {
    const told = event.event === 'warning' ? /: (\d+) rows? without a/.exec(event.message) : null
    return sum + Number(told?.[1] ?? 0)
  }, 0)

/**
 * The names of the weights that training changed, by the last checkpoint. Of the export every weight that was
 * trained has the bits of the best checkpoint's mean, every other those of the base model.
 */
function changed(run: string, base: string): ReadonlySet<string> {
  const original = weightsIn(base)
  const best = loadCheckpoint(run, 'best')?.tensors
  let common = 0
  for (const [name, { data, dims }] of weightsIn(run)) {
    const from = original.get(name)
    const trainedTo = best?.get(`mean ${name}`) ?? best?.get(name)
    const expected = trainedTo ? bytes(trainedTo) : from?.data
    if (!expected) continue
    common++
    if (from) assert.deepEqual(dims, from.dims)
    assert.ok(Buffer.compare(data, expected) === 0, name)
  }
  assert.ok(common > 0)
  const last = [...(loadCheckpoint(run, 'last')?.tensors ?? [])]
  return new Set(
    last.flatMap(([name, values]) => {
      const from = original.get(name)
      return from && Buffer.compare(bytes(values), from.data) !== 0 ? [name] : []
    }),
  )
}

const bytes = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)

/** The graph keeps its dynamic dimensions: it answers to lengths never trained, and padding changes nothing. */
async function checkDynamic(run: string): Promise<void> {
  const file = join(run, 'model', 'onnx', 'model.onnx')
  const { inputs, outputs } = loadModel(file).graph
  for (const { name, dims } of inputs)
    assert.deepEqual(
      dims?.map((size) => typeof size),
      ['string', 'string'],
      name,
    )
  assert.deepEqual(
    outputs.map(({ name }) => name),
    ['logits'],
  )
  const session = await openSession(cpuRuntime(), readFileSync(file))
  const logits = async (rows: number, tokens: number, padding: number): Promise<Float32Array> => {
    const width = tokens + padding
    const fill = (value: (at: number) => number): Tensor => ({
      type: 'int64',
      dims: [rows, width],
      data: BigInt64Array.from({ length: rows * width }, (_, i) => BigInt(value(i % width))),
    })
    const known: Record<string, Tensor> = {
      input_ids: fill((at) => (at < tokens ? 3 + (at % 90) : 0)),
      attention_mask: fill((at) => Number(at < tokens)),
      token_type_ids: fill(() => 0),
      position_ids: fill((at) => at),
    }
    return floatOutput(await session.run(known, ['logits']), 'logits')
  }
  for (const tokens of [1, 2, 77]) {
    const bare = await logits(1, tokens, 0)
    const padded = await logits(3, tokens, 5)
    const difference = padded.map((value, i) => Math.abs(value - (bare[i % bare.length] ?? Number.NaN)))
    assert.ok(Math.max(...difference) < 1e-4, `${tokens} tokens: ${Math.max(...difference)}`)
  }
  await session.release()
}

const run = async (t: TestContext, options: Partial<RunOptions>, rows = 120): Promise<Trained> => {
  const result = await trained(sampleFile(t, rows), options)
  await checkFolder(result)
  return result
}

test('a decoder by every strategy: what is trained changes, all else keeps its bits', {
  skip: needsShared,
}, async (t) => {
  const weights = async (options: Partial<RunOptions>): Promise<ReadonlySet<string>> => {
    const result = await run(t, options)
    assert.equal(
      result.events.some((event) => event.event === 'step'),
      options.strategy !== 'head',
    )
    if (options.strategy === 'full') await checkDynamic(result.run)
    return changed(result.run, STORIES)
  }
  const head = await weights({ strategy: 'head' })
  const one = await weights({ strategy: 'last:1' })
  const two = await weights({ strategy: 'last:2' })
  const frozen = await weights({ strategy: 'full', embeddings: 'frozen' })
  const touched = await weights({ strategy: 'full', embeddings: 'touched' })
  assert.equal(head.size, 0)
  for (const [inner, outer] of [
    [one, two],
    [two, frozen],
    [frozen, touched],
  ] as const)
    assert.ok([...inner].every((name) => outer.has(name)))
  const layer = two.size - one.size
  // A layer of this model: four products of attention, three of the feed-forward network, two norms.
  assert.equal(layer, 9)
  // With the last layer goes the norm above it.
  assert.equal(one.size, layer + 1)
  assert.equal(frozen.size, 5 * layer + 1)
  const tables = [...touched].filter((name) => !frozen.has(name))
  assert.equal(tables.length, 1)
})

test('only the rows of an embedding table that training rows use are changed', async (t) => {
  const { run: path, events } = await run(t, { model: STATIC, strategy: 'full', embeddings: 'touched' })
  const original = weightsIn(STATIC_FOLDER)
  const [[table, before] = [], ...others] = [...original].filter(([, { dims }]) => (dims[0] ?? 0) > 10_000)
  assert.ok(table !== undefined && before)
  assert.deepEqual(others, [])
  assert.ok(changed(path, STATIC_FOLDER).has(table))
  const after = weightsIn(path).get(table)
  assert.ok(after)
  const [rows = 0, width = 0] = after.dims
  const different = Array.from({ length: rows }, (_, row) => row).filter((row) => {
    const at = (bytes: Uint8Array): Uint8Array => bytes.subarray(row * width * 4, (row + 1) * width * 4)
    return Buffer.compare(at(after.data), at(before.data)) !== 0
  })
  const tokenizer = openTokenizer(STATIC_FOLDER)
  const texts = readFileSync(join(path, '..', '..', 'headlines.csv'), 'utf8').split('\n')
  const used = new Set(texts.flatMap((text) => [...tokenizer.encode(text, 512).ids]))
  assert.ok(different.length > 50)
  for (const row of different) assert.ok(used.has(row), `row ${row} belongs to no text`)
  assert.ok(events.some((event) => event.event === 'epoch'))
  await checkDynamic(path)
})

test('auto trains the upper half of the layers', { skip: needsShared }, async (t) => {
  const { run: path } = await run(t, { strategy: 'auto' })
  const { resolved } = v.parse(RunRecord, json(path, 'run.json'))
  assert.deepEqual(
    [resolved?.strategy, resolved?.embeddings, resolved?.pooling],
    ['last:3', 'frozen', 'last'],
  )
})

test('an encoder of real size: the loss falls and the lower half keeps its bits', {
  skip: needsShared,
}, async (t) => {
  const result = await run(t, { model: MINILM, max_length: 16, epochs: 2 }, 80)
  const { resolved } = v.parse(RunRecord, json(result.run, 'run.json'))
  assert.deepEqual([resolved?.strategy, resolved?.pooling], ['last:3', 'mean'])
  const all = losses(result)
  const mean = (part: readonly number[]): number => part.reduce((a, b) => a + b) / part.length
  const half = Math.floor(all.length / 2)
  assert.ok(mean(all.slice(half)) < mean(all.slice(0, half)))
  // A layer of this model: six products with their biases, two norms of two.
  assert.equal(changed(result.run, MINILM).size, 3 * 16)
  await checkDynamic(result.run)
})

test('a rate that is too high ends the run in one line, its record readable', {
  skip: needsShared,
}, async (t) => {
  const file = sampleFile(t, 60)
  const options = { strategy: 'last:1', lr: 1e30, epochs: 3, warmup: 0 } as const
  await assert.rejects(trained(file, options), (error) => {
    return error instanceof UserError && /^Step \d+: .*lower learning rate/.test(error.message)
  })
  const path = onlyRun(join(file, '..', 'runs'))
  const { status, error } = v.parse(RunRecord, json(path, 'run.json'))
  assert.deepEqual([status, error?.startsWith('Step ')], ['failed', true])
  assert.ok(readEvents(path).length > 0)
  assert.ok(!existsSync(join(path, 'model')))
})
