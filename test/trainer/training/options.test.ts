import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as v from 'valibot'
import { readRecord } from '../../../src/run/folder.ts'
import { type ResolvedOptions, type RunOptions, SettledOptions } from '../../../src/shared/config.ts'
import { UserError } from '../../../src/shared/error.ts'
import { weightOf } from '../../../src/trainer/engine/weights.ts'
import { openPredictor } from '../../../src/trainer/prediction/predict.ts'
import { type LoopState, trainLoop } from '../../../src/trainer/training/loop.ts'
import { batchGradients } from '../../../src/trainer/training/step/batch-gradient.ts'
import { openSteps } from '../../../src/trainer/training/step/open-steps.ts'
import { newMoments } from '../../../src/trainer/training/step/steps.ts'
import { temporaryFolder } from '../../run/sample.ts'
import { needsShared } from '../../shared.ts'
import { bytesOf, losses, resumed, STATIC, sampleFile, trained } from './small-run.ts'
import { LENGTH, rows, tinyNetwork } from './tiny-network.ts'

const scores = { accuracy: 0, f1_macro: 0, f1_weighted: 0, auc: null, log_loss: 1 }
const start: LoopState = {
  step: 0,
  lossSum: 0,
  lossCount: 0,
  bestEpoch: 0,
  bestScores: scores,
  trainedScores: null,
  unimproved: 0,
  parts: null,
}
const options: ResolvedOptions = {
  ...v.parse(SettledOptions, {}),
  task: 'classify',
  metric: 'accuracy',
  strategy: 'full',
  embeddings: 'touched',
  pooling: 'mean',
  epochs: 1,
  batch: rows.length,
  lr: 0.01,
  warmup_steps: 0,
  max_length: LENGTH,
  device: 'cpu',
  schedule: 'constant',
  weight_decay: 0,
  clip: 1e9,
  patience: 1,
  average: 0,
}

/** What the loop makes of the tiny network in an epoch: by weight, its change. */
const changes = async (
  change: Partial<ResolvedOptions>,
  interval = 0,
): Promise<ReadonlyMap<string, Float32Array>> => {
  const all = { ...options, ...change }
  const tiny = await tinyNetwork({ batch: all.batch, interval })
  const names = [...tiny.trainables.dense, ...tiny.trainables.tables]
  const before = new Map(names.map((name) => [name, weightOf(tiny.model, name).slice()]))
  const moments = newMoments(tiny.model, tiny.trainables, all.optimiser)
  const events = {
    step: () => undefined,
    epoch: async (state: LoopState) => state,
    stepped: () => undefined,
    parts: () => undefined,
  }
  const loop = { ...tiny, options: all, rows, moments, mean: null }
  const steps = await openSteps(loop)
  await trainLoop(loop, steps, start, events, new AbortController().signal)
  await steps.release()
  return new Map(
    names.map((name) => [
      name,
      weightOf(tiny.model, name).map((value, i) => value - (before.get(name)?.[i] ?? 0)),
    ]),
  )
}

test('with a layer decay each layer takes that share of the step of the layer above', async () => {
  const tiny = await tinyNetwork({ batch: rows.length })
  const gradients = batchGradients(tiny, [LENGTH])
  const { dense } = await gradients.of(rows, 0, 1)
  await gradients.release()
  const changed = await changes({ optimiser: 'sgd', momentum: 0, layer_decay: 0.5 })
  const depths = new Set<number>()
  for (const [name, gradient] of dense) {
    const depth = tiny.unfreezing.depths.get(name) ?? -1
    depths.add(depth)
    for (const [i, g] of gradient.entries()) {
      const expected = -options.lr * 0.5 ** depth * g
      assert.ok(Math.abs((changed.get(name)?.[i] ?? 9) - expected) < 3e-7, `${name} at depth ${depth}`)
    }
  }
  assert.deepEqual([...depths].sort(), [0, 1, 2, 3])
})

test('a weight that joins late takes the first step of its own, as if training began with it', async () => {
  // Three steps; the head takes part in all, the last layer in two, the first in one, the embeddings in none.
  const changed = await changes({ batch: 4 }, 1)
  const largest = (pattern: RegExp): number =>
    Math.max(...[...changed].flatMap(([name, d]) => (pattern.test(name) ? [...d.map(Math.abs)] : [])))
  assert.equal(largest(/^embeddings/), 0)
  // The first step of AdamW is the rate itself, wherever the gradient is not 0.
  const first = largest(/^layer0/)
  assert.ok(Math.abs(first - options.lr) < 1e-4, `${first}`)
  assert.ok(largest(/^layer1/) > 1.5 * options.lr)
  assert.ok(largest(/finesse/) > 2.5 * options.lr)
})

const everything: Partial<RunOptions> = {
  strategy: 'last:2',
  epochs: 2,
  optimiser: 'sgd',
  momentum: 0.8,
  schedule: 'cosine',
  warmup: 3,
  lr: 0.05,
  layer_decay: 0.8,
  unfreeze: 0.5,
  accumulate: 3,
  class_weights: 'balanced',
  focal_gamma: 1,
  label_smoothing: 0.05,
  dropout: 0.1,
  head_dropout: 0.1,
}

test('with every option set a run that was stopped goes on to the same bytes, and others have others', {
  skip: needsShared,
}, async (t) => {
  const file = sampleFile(t, 80)
  const whole = await trained(file, everything)
  const told = losses(whole)
  assert.ok(told.length > 4 && told.every((loss) => loss > 0))
  for (const at of [1, Math.floor(told.length / 2) + 1]) {
    const stopped = await trained(file, everything, {
      until: (event) => event.event === 'step' && event.step === at,
    })
    assert.equal(stopped.ending.kind, 'interrupted')
    const end = await resumed(stopped.run)
    assert.equal(end.ending.kind, 'done')
    assert.deepEqual(losses(end), told.slice(at))
    for (const path of [['predictions.jsonl'], ['model', 'onnx', 'model.onnx']])
      assert.ok(bytesOf(end.run, ...path).equals(bytesOf(whole.run, ...path)), `${path} after step ${at}`)
  }
  const resolved = readRecord(whole.run).resolved
  for (const [name, value] of Object.entries(everything))
    if (name !== 'warmup')
      assert.equal(Object.entries(resolved ?? {}).find(([key]) => key === name)?.[1], value)
  const other = await trained(file, { ...everything, dropout: 0, head_dropout: 0 })
  assert.notDeepEqual(losses(other), told)
})

test('dropout is refused where there is nothing that it could be in', async (t) => {
  await assert.rejects(
    trained(sampleFile(t, 60), { model: STATIC, dropout: 0.1 }),
    (error) => error instanceof UserError && /A dropout.*the dropout before the head/.test(error.message),
  )
})

test('English, Chinese and emoji in one file train, and are predicted as they stand', async (t) => {
  const texts = [
    ['great film, loved it', 'good'],
    ['非常好看的电影 👍', 'good'],
    ['😍😍😍 wonderful 太棒了', 'good'],
    ['a dreadful bore', 'bad'],
    ['难看,浪费时间 👎', 'bad'],
    ['😡 awful 糟糕 🤦🏽‍♀️', 'bad'],
  ] as const
  const file = join(temporaryFolder(t), 'mixed.csv')
  const lines = Array.from({ length: 90 }, (_, i) => {
    const [text, label] = texts[i % texts.length] ?? ['', '']
    return `"${text} ${i} ${'🎬片ab'[i % 4] ?? ''}",${label}`
  })
  writeFileSync(file, `text,label\n${lines.join('\n')}\n`)
  const { ending, run } = await trained(file, { model: STATIC, epochs: 2, head_dropout: 0.1 })
  assert.equal(ending.kind, 'done')
  const told = readFileSync(join(run, 'predictions.jsonl'), 'utf8')
  for (const sign of ['电影', '👎', '🤦🏽‍♀️'])
    assert.ok(told.includes(sign) || !lines.join('').includes(sign), sign)
  const predictor = await openPredictor(join(run, 'model'))
  const probabilities = await predictor.predict(['很好 👍', 'great', '🤦🏽‍♀️', '', '\u{20000}'])
  await predictor.close()
  assert.equal(probabilities.length, 10)
  for (let row = 0; row < 5; row++) {
    const [a = Number.NaN, b = Number.NaN] = probabilities.slice(2 * row, 2 * row + 2)
    assert.ok(Math.abs(a + b - 1) < 1e-6)
  }
})
