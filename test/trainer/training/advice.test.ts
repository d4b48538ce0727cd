import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v from 'valibot'
import { type ResolvedOptions, SettledOptions } from '../../../src/shared/config.ts'
import { optionWarnings } from '../../../src/trainer/training/advice.ts'

const LAYERS = 6
const ROWS = 160
const warningsOf = (options: Partial<ResolvedOptions>): readonly string[] =>
  optionWarnings(
    {
      ...v.parse(SettledOptions, {}),
      task: 'classify',
      metric: 'accuracy',
      strategy: 'last:3',
      embeddings: 'frozen',
      pooling: 'mean',
      epochs: 3,
      batch: 16,
      lr: 1e-4,
      warmup_steps: 2,
      max_length: 64,
      device: 'cpu',
      ...options,
    },
    LAYERS,
    ROWS,
  )

test('options that do what they are meant to are not spoken of', () => {
  for (const options of [
    {},
    { strategy: 'head' },
    { warmup_steps: 29 },
    { unfreeze: 0.5 },
    { strategy: 'full', unfreeze: 0.4, epochs: 3 },
    { accumulate: 16, optimiser: 'sgd', momentum: 0.5, schedule: 'cosine' },
    { class_weights: 'balanced', focal_gamma: 2, dropout: 0.1, head_dropout: 0.1, layer_decay: 0.9 },
  ] as const)
    assert.deepEqual(warningsOf(options), [])
})

test('options that can not do what they are meant to are named, in a sentence each', () => {
  for (const [options, pattern] of [
    [{ warmup_steps: 30 }, /all 30 steps/],
    [{ unfreeze: 1 }, /lowest layer joins after 3 epochs, and there are 3/],
    [{ strategy: 'full', unfreeze: 0.5 }, /after 3.5 epochs/],
    [{ accumulate: 17 }, /no 17 parts/],
    [{ strategy: 'lora:8', embeddings: 'touched' }, /without effect: embeddings\.$/],
    [{ momentum: 0.5 }, /Momentum is for sgd; adamw/],
    [{ strategy: 'head', dropout: 0.1, schedule: 'cosine' }, /without effect: schedule, dropout\.$/],
    [{ task: 'regress', focal_gamma: 1 }, /without effect: focal_gamma\.$/],
  ] as const) {
    const warnings = warningsOf(options)
    assert.equal(warnings.length, 1, JSON.stringify(options))
    assert.match(warnings[0] ?? '', pattern)
    assert.match(warnings[0] ?? '', /^[^!\n]*\.$/)
  }
})
