import * as v from 'valibot'
import { RunOptions } from '../../../src/shared/config.ts'
import type { RegressionScores, Scores, TestPrediction } from '../../../src/shared/evaluation.ts'
import type { RunEvent } from '../../../src/shared/events.ts'
import type { RunRecord } from '../../../src/shared/run.ts'
import { evaluate } from '../../../src/trainer/evaluation/metrics.ts'
import { evaluateNumbers } from '../../../src/trainer/evaluation/regression-metrics.ts'
import type { LabelFacts, NumberFacts } from '../../../src/trainer/report/facts.ts'
import { sampleRecord } from '../../run/sample.ts'

const WHEN = '2026-01-02T03:04:05.000Z'

/** Numbers from 0 to 1 that look random and are the same each time. */
function* chance(): Generator<number, never> {
  for (let state = 1; ; ) {
    state = (state * 48271) % 2147483647
    yield state / 2147483647
  }
}

const recordWith = (name: string, data: Partial<RunRecord['data']>): RunRecord => ({
  ...sampleRecord,
  schema: 1,
  name,
  created: WHEN,
  updated: WHEN,
  status: 'done',
  seconds: 47.2,
  train_seconds: 31,
  peak_rss_mb: 290,
  options: v.parse(RunOptions, { epochs: 4, clean: 'trim,urls' }),
  data: { ...sampleRecord.data, ...data },
})

const eventsWith = (valid: (epoch: number) => Extract<RunEvent, { event: 'epoch' }>['valid']): RunEvent[] => {
  const random = chance()
  const steps = Array.from({ length: 500 }, (_, i) => ({
    event: 'step' as const,
    time: i,
    step: i + 1,
    epoch: 1 + Math.floor(i / 125),
    loss: 0.3 + 2 / (1 + i / 40) + 0.2 * random.next().value,
    lr: 1e-4,
    gradient_norm: 1,
    tokens_per_second: 1000,
  }))
  const epochs = [1, 2, 3, 4].map((epoch) => ({
    event: 'epoch' as const,
    time: epoch * 125,
    step: epoch * 125,
    epoch,
    train_loss: 1.5 / epoch,
    valid: valid(epoch),
    best: epoch < 4,
  }))
  return [...steps, ...epochs].sort((a, b) => a.step - b.step)
}

const worse = (scores: Scores, by: number): Scores => ({
  accuracy: scores.accuracy * by,
  f1_macro: scores.f1_macro * by,
  f1_weighted: scores.f1_weighted * by,
  auc: scores.auc === null ? null : 0.5 + (scores.auc - 0.5) * by,
  log_loss: scores.log_loss / by,
})

/**
 * A run of labels as its folder tells it, with every part that a report can have.
 *
 * @param text of a test row by its number
 */
export const labelFacts = (
  labels: readonly string[],
  {
    name = 'reviews',
    rows = 400,
    text = (row: number): string => `the text of row ${row}`,
    trust = true,
  } = {},
): LabelFacts => {
  const random = chance()
  const targets = Int32Array.from({ length: rows }, (_, i) => i % labels.length)
  const probabilities = Float64Array.from({ length: rows * labels.length }, () => random.next().value * 0.5)
  for (let row = 0; row < rows; row++) {
    const right = random.next().value < 0.85
    const shown = right ? (targets[row] ?? 0) : Math.floor(random.next().value * labels.length)
    probabilities[row * labels.length + shown] = labels.length
    const line = probabilities.subarray(row * labels.length, (row + 1) * labels.length)
    const sum = line.reduce((a, b) => a + b, 0)
    for (let i = 0; i < line.length; i++) line[i] = (line[i] ?? 0) / sum
  }
  const test = evaluate(probabilities, targets, labels)
  return {
    path: '/runs/20260102-030405-reviews',
    task: 'classify',
    record: recordWith(name, { labels: [...labels], split: { train: 3200, valid: 400, test: rows } }),
    events: eventsWith((epoch) => worse(test, 0.8 + 0.05 * epoch)),
    receipt: null,
    rows: Array.from({ length: rows }, (_, row): TestPrediction => {
      const line = [...probabilities.subarray(row * labels.length, (row + 1) * labels.length)]
      return {
        row: row + 1,
        text: text(row + 1),
        label: labels[targets[row] ?? 0] ?? '',
        predicted: labels[line.indexOf(Math.max(...line))] ?? '',
        probabilities: Object.fromEntries(labels.map((label, i) => [label, line[i] ?? 0])),
      }
    }),
    evaluation: {
      schema: 1,
      labels: [...labels],
      valid: test,
      test,
      before: { majority: worse(test, 0.2), ngram: worse(test, 0.8), probe: worse(test, 0.9) },
      export_difference: 0,
      cut: { texts: 4000, cut: 31, share: 0.004 },
      ...(trust ? trustOf(name, test.accuracy) : {}),
    },
  }
}

const trustOf = (word: string, accuracy: number): Partial<LabelFacts['evaluation']> => ({
  intervals: { accuracy: [accuracy - 0.03, accuracy + 0.03], f1_macro: [0.8, 0.9] },
  calibration: {
    temperature: 1.31,
    ece_before: 0.081,
    ece_after: 0.023,
    bins: [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].map((from) => ({
      from,
      to: from + 0.1,
      rows: 40,
      confidence: from + 0.06,
      accuracy: from + 0.03,
    })),
    unsure: { precision: 0.95, threshold: 0.61, coverage: 0.87, accuracy: 0.954 },
  },
  leaks: { exact: 3, near: 9, accuracy_without: accuracy - 0.01 },
  slices: [
    { kind: 'length', column: null, value: '1-3', rows: 40, accuracy: 0.6, difference: -0.25, p: 0.0004 },
    { kind: 'word', column: null, value: word, rows: 31, accuracy: 0.7, difference: -0.15, p: 0.02 },
    { kind: 'column', column: 'source', value: word, rows: 55, accuracy: 0.74, difference: -0.11, p: 0.04 },
    { kind: 'cut', column: null, value: 'cut', rows: 12, accuracy: 0.75, difference: -0.1, p: 0.4 },
  ],
  findings: [
    {
      rule: 'over-fitting',
      figures: { epoch: 5, train_loss: 0.04, valid_loss: 0.62, best_epoch: 2, best_valid_loss: 0.41 },
      change: { label_smoothing: 0.1, weight_decay: 0.05 },
    },
    { rule: 'too-little-data', figures: { rows: 120, labels: 6, held: 24 }, change: {} },
  ],
})

/** A run of numbers as its folder tells it. */
export const numberFacts = (rows = 200): NumberFacts => {
  const random = chance()
  const targets = Float64Array.from({ length: rows }, () => 5 * random.next().value)
  const values = targets.map((target) => target + random.next().value - 0.5)
  const test = evaluateNumbers(values, targets)
  const worseBy = (by: number): RegressionScores => ({ ...test, rmse: test.rmse * by, mae: test.mae * by })
  return {
    path: '/runs/20260102-030405-stars',
    task: 'regress',
    record: {
      ...recordWith('stars', { labels: [], label: 'stars', target: { mean: 2.5, deviation: 1.4 } }),
      schema: 2,
    },
    events: eventsWith((epoch) => worseBy(2 - epoch / 4)),
    receipt: null,
    rows: [...targets].map((target, i) => ({
      row: i + 1,
      text: `the text of row ${i + 1}`,
      target,
      value: values[i] ?? 0,
    })),
    evaluation: {
      schema: 2,
      task: 'regress',
      target: { mean: 2.5, deviation: 1.4 },
      valid: test,
      test,
      before: { mean: worseBy(4), ngram: worseBy(3), probe: worseBy(2) },
      export_difference: 0,
      intervals: { rmse: [test.rmse * 0.9, test.rmse * 1.1] },
    },
  }
}
