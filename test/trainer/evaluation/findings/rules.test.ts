import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import * as v from 'valibot'
import { ResolvedOptions, RunOptions } from '../../../../src/shared/config.ts'
import { deadHead } from '../../../../src/trainer/evaluation/findings/dead-head.ts'
import type { Course, Epoch, Examined, Step } from '../../../../src/trainer/evaluation/findings/examined.ts'
import { labelNoise } from '../../../../src/trainer/evaluation/findings/label-noise.ts'
import { rateTooHigh } from '../../../../src/trainer/evaluation/findings/rate-too-high.ts'
import { evaluate } from '../../../../src/trainer/evaluation/metrics.ts'

const ROWS = 200
/** Two thirds of the rows have one label. */
const targets = Int32Array.from({ length: ROWS }, (_, i) => (i % 3 === 0 ? 1 : 0))
/** @param others of the first rows the less frequent label is said */
const scoresOf = (others: number) =>
  evaluate(
    Float64Array.from({ length: 2 * ROWS }, (_, i) => ((i % 2 === 0) === i < 2 * others ? 0.3 : 0.7)),
    targets,
    ['bad', 'good'],
  )
const scores = scoresOf(20)
const constant = scoresOf(0)

const step = (loss: number): Step => ({
  event: 'step',
  time: 0,
  step: 1,
  epoch: 1,
  loss,
  lr: 0.02,
  gradient_norm: 1,
  tokens_per_second: 1,
})

const epoch = (train_loss: number, best: boolean, valid = scores): Epoch => ({
  event: 'epoch',
  time: 0,
  step: 10,
  epoch: 1,
  train_loss,
  valid,
  best,
})

const asked = v.parse(RunOptions, {})
const options = v.parse(ResolvedOptions, {
  ...asked,
  task: 'classify',
  metric: 'accuracy',
  strategy: 'full',
  embeddings: 'frozen',
  pooling: 'mean',
  epochs: 3,
  batch: 16,
  lr: 0.02,
  warmup_steps: 2,
  max_length: 64,
  device: 'cpu',
})

/** A run that began with a loss and came to another in its first epoch. */
const course = (begun: number, first: number, isKept: boolean): Course => ({
  asked,
  options,
  steps: [step(begun)],
  epochs: [epoch(first, isKept), epoch(begun, isKept)],
})

/** @param right of the held rows the probe has so many right, all of them at the same probability */
const examined = (right: number, of: Course | null): Examined => ({
  course: of,
  train: [400, 200],
  valid: scores,
  test: scores,
  held: Array.from({ length: 2 * ROWS }, (_, i) => ({ isRight: i % 100 < right, probability: 0.7 })),
})

/** Of 100 held rows 66 or 67 have the most frequent label. */
const KNOWS = 90
const KNOWS_NOTHING = 68

suite('rules of what is wrong with a run', () => {
  test('a rate is too high where the loss rose and no epoch was kept', () => {
    const found = (begun: number, first: number, isKept: boolean) =>
      rateTooHigh(examined(KNOWS, course(begun, first, isKept)))
    assert.deepEqual(found(0.3, 0.7, false)?.figures, { lr: 0.02, train_loss: 0.7, first_loss: 0.3 })
    assert.equal(found(0.3, 0.7, true), null)
    assert.equal(found(0.3, 0.5, false), null)
    assert.ok(found(0.3, 1.5, true) !== null)
  })

  test('a head that died is not laid to the rate, though the loss rose', () => {
    const died = {
      ...course(0.3, 0.7, false),
      epochs: [0.7, 0.7].map((loss) => epoch(loss, false, constant)),
    }
    const dead = { ...examined(KNOWS, died), valid: constant }
    assert.equal(rateTooHigh(dead), null)
    assert.equal(deadHead(dead)?.rule, 'dead-head')
  })

  test('where the untouched model knows nothing, neither rate nor labels are blamed', () => {
    assert.equal(rateTooHigh(examined(KNOWS_NOTHING, course(0.6, 1.7, true))), null)
    assert.equal(labelNoise(examined(KNOWS_NOTHING, null)), null)
    assert.ok(labelNoise(examined(78, null)) !== null)
  })
})
