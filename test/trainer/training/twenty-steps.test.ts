import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import * as v from 'valibot'
import { readSafetensors } from '../../../src/run/safetensors.ts'
import { SettledOptions } from '../../../src/shared/config.ts'
import { cpuRuntime } from '../../../src/trainer/engine/runtime.ts'
import { specialise } from '../../../src/trainer/engine/specialise.ts'
import { weightOf } from '../../../src/trainer/engine/weights.ts'
import { toFloat32 } from '../../../src/trainer/onnx/elements.ts'
import { findParameters } from '../../../src/trainer/structure/parameters.ts'
import { lossFeeds } from '../../../src/trainer/tasks/classification.ts'
import { HEAD_BIAS, HEAD_WEIGHT, LOGITS, LOSS } from '../../../src/trainer/tasks/head.ts'
import { locateModel } from '../../../src/trainer/text/locate.ts'
import { openTextModel } from '../../../src/trainer/text/text-model.ts'
import type { Encoded } from '../../../src/trainer/text/tokenizer.ts'
import { type LoopState, trainLoop } from '../../../src/trainer/training/loop.ts'
import { featureNetwork, headedNetwork, upperPart } from '../../../src/trainer/training/step/network.ts'
import { openSteps } from '../../../src/trainer/training/step/open-steps.ts'
import { rowFeeds, Stopped } from '../../../src/trainer/training/step/rows.ts'
import { type Loop, newMoments } from '../../../src/trainer/training/step/steps.ts'
import { unfreezing } from '../../../src/trainer/training/step/unfreeze.ts'
import { needsShared, shared } from '../../shared.ts'

// Twenty steps of training, by the loop of every run, against the same twenty in PyTorch (see
// scripts/fixtures/minilm_20_steps.py). The loop makes its own batches; it is given the fixture's by offering it
// the rows of one batch, stopping it after the step, and going on with the next.

const fixtureFile = (name: string): string =>
  fileURLToPath(new URL(`../../fixtures/minilm-20-steps/${name}`, import.meta.url))

const Numbers = v.array(v.number())
const Fixture = v.object({
  settings: v.object({
    batch: v.number(),
    steps: v.number(),
    lr: v.number(),
    warmup_steps: v.number(),
    weight_decay: v.number(),
    clip: v.number(),
  }),
  trained: v.array(v.string()),
  labels: v.array(v.string()),
  batches: v.array(
    v.object({ input_ids: v.array(Numbers), attention_mask: v.array(Numbers), targets: Numbers }),
  ),
  steps: v.array(v.object({ lr: v.number(), loss: v.number(), gradient_norm: v.number() })),
  final: v.record(v.string(), v.object({ norm: v.number(), moved: v.number() })),
})

const OWN_NAMES: Readonly<Record<string, string>> = { 'head.weight': HEAD_WEIGHT, 'head.bias': HEAD_BIAS }

const encode = (ids: readonly number[], mask: readonly number[]): Encoded => {
  const kept = ids.filter((_, i) => mask[i] === 1)
  return { ids: Int32Array.from(kept), types: new Int32Array(kept.length), length: kept.length }
}

const headTensor = (name: string): Float32Array => {
  const tensor = readSafetensors(fixtureFile('head.safetensors')).tensors.get(name)
  assert.equal(tensor?.dtype, 'F32')
  return toFloat32({ type: 'float32', dims: tensor.dims, data: tensor.data }).slice()
}

const norm = (x: Float32Array, y?: Float32Array): number =>
  Math.sqrt(x.reduce((sum, value, i) => sum + (value - (y?.[i] ?? 0)) ** 2, 0))

const assertNear = (actual: number, expected: number, share: number, what: string): void =>
  assert.ok(
    Math.abs(actual - expected) <= share * Math.abs(expected),
    `${what}: ${actual}, PyTorch ${expected}`,
  )

test('twenty training steps of all-MiniLM-L6-v2 follow PyTorch', { skip: needsShared }, async (t) => {
  const fixture = v.parse(Fixture, JSON.parse(readFileSync(fixtureFile('steps.json'), 'utf8')))
  const { settings } = fixture
  const runtime = cpuRuntime()
  const model = await openTextModel(runtime, await locateModel(shared('models/all-MiniLM-L6-v2')))
  const network = headedNetwork(featureNetwork(model, 'mean'), {
    weight: headTensor('weight'),
    bias: headTensor('bias'),
  })
  const source = {
    encoded: fixture.batches.flatMap((batch) =>
      batch.input_ids.map((ids, i) => encode(ids, batch.attention_mask[i] ?? [])),
    ),
    padId: model.tokenizer.padId,
    cache: null,
  }

  const logits = upperPart(network, null, LOGITS)
  const forward = await specialise(runtime, logits, rowFeeds(logits.graph.inputs, source, [0], 8))
  const { dense } = findParameters(forward, 'input_ids', logits.weights)
  const trained = fixture.trained.map((name) => OWN_NAMES[name] ?? name)
  assert.deepEqual([...dense].sort(), trained.sort(), 'what is trained')

  const loss = upperPart(network, null, LOSS)
  const trainables = { dense, tables: [] }
  const targets = fixture.batches.flatMap((batch) => batch.targets)
  const targetOf = (row: number): number => targets[row] ?? 0
  const labels = fixture.labels.length
  const wanted = { labels, weights: new Float64Array(labels).fill(1), smoothing: 0 }
  const loop: Omit<Loop, 'rows'> = {
    runtime,
    segments: [],
    options: {
      ...v.parse(SettledOptions, {}),
      strategy: 'full',
      embeddings: 'frozen',
      pooling: 'mean',
      epochs: settings.steps,
      batch: settings.batch,
      lr: settings.lr,
      warmup_steps: settings.warmup_steps,
      weight_decay: settings.weight_decay,
      clip: settings.clip,
      max_length: 32,
      task: 'classify',
      metric: 'accuracy',
      patience: settings.steps,
      cache_mb: 0,
      seed: 1,
      device: 'cpu',
    },
    model: loss,
    trainables,
    unfreezing: unfreezing(new Map(), 0, 1),
    dropout: [],
    source,
    lossFeeds: (part, batch, size) => lossFeeds(wanted, part.map(targetOf), batch.map(targetOf), size),
    moments: newMoments(loss, trainables, 'adamw'),
    mean: null,
  }
  const before = new Map(dense.map((name) => [name, weightOf(loss, name).slice()]))
  const scores = { accuracy: 0, f1_macro: 0, f1_weighted: 0, auc: null, log_loss: 0 }
  let state: LoopState = {
    step: 0,
    lossSum: 0,
    lossCount: 0,
    bestEpoch: 0,
    bestScores: scores,
    trainedScores: null,
    unimproved: 0,
    parts: 1,
  }
  let [worstLoss, worstNorm] = [0, 0]
  for (const [k, expected] of fixture.steps.entries()) {
    const rows = Array.from({ length: settings.batch }, (_, i) => k * settings.batch + i)
    const events = {
      step: (event: { loss: number; lr: number; gradientNorm: number }) => {
        assertNear(event.loss, expected.loss, 1e-4, `loss of step ${k}`)
        assertNear(event.gradientNorm, expected.gradient_norm, 1e-3, `gradient norm of step ${k}`)
        assertNear(event.lr, expected.lr, 1e-9, `rate of step ${k}`)
        worstLoss = Math.max(worstLoss, Math.abs(event.loss - expected.loss))
        worstNorm = Math.max(worstNorm, Math.abs(event.gradientNorm / expected.gradient_norm - 1))
      },
      epoch: async (current: LoopState) => current,
      parts: () => undefined,
      stepped: (current: LoopState) => {
        state = current
      },
    }
    const own = { ...loop, rows }
    const steps = await openSteps(own)
    await assert.rejects(trainLoop(own, steps, state, events, AbortSignal.abort()), Stopped)
    await steps.release()
    assert.equal(state.step, k + 1)
  }

  let worstMoved = 0
  for (const [theirs, { norm: length, moved }] of Object.entries(fixture.final)) {
    const name = OWN_NAMES[theirs] ?? theirs
    const start = before.get(name)
    assert.ok(start, name)
    assertNear(norm(weightOf(loss, name)), length, 1e-3, `norm of ${name}`)
    const own = norm(weightOf(loss, name), start)
    assertNear(own, moved, 1e-3, `how far ${name} moved`)
    worstMoved = Math.max(worstMoved, Math.abs(own / moved - 1))
  }
  t.diagnostic(`largest differences: loss ${worstLoss}, gradient norm ${worstNorm}, moved ${worstMoved}`)
})
