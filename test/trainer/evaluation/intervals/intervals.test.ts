import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom } from '../../../../src/data/random.ts'
import {
  labelIntervals,
  weightedScores,
} from '../../../../src/trainer/evaluation/intervals/label-intervals.ts'
import {
  numberIntervals,
  weightedNumberScores,
} from '../../../../src/trainer/evaluation/intervals/number-intervals.ts'
import { evaluate, scoresOf } from '../../../../src/trainer/evaluation/metrics.ts'
import { evaluateNumbers, regressionScoresOf } from '../../../../src/trainer/evaluation/regression-metrics.ts'

/** Few different probabilities, so that many are equal. */
function labelledRows(rows: number, labels: number, seed: number) {
  const random = createRandom(seed)
  const targets = Int32Array.from({ length: rows }, () => random.below(labels))
  const probabilities = new Float64Array(rows * labels)
  for (let row = 0; row < rows; row++) {
    const ofRow = probabilities.subarray(row * labels, (row + 1) * labels)
    ofRow.forEach((_, label) => {
      ofRow[label] = 1 + random.below(4) + (targets[row] === label ? random.below(5) : 0)
    })
    const sum = ofRow.reduce((a, b) => a + b)
    ofRow.forEach((weight, label) => {
      ofRow[label] = weight / sum
    })
  }
  return { targets, probabilities }
}

const countsOf = (rows: number, seed: number): Uint16Array => {
  const random = createRandom(seed)
  const counts = new Uint16Array(rows)
  for (let i = 0; i < rows; i++) {
    const row = random.below(rows)
    counts[row] = (counts[row] ?? 0) + 1
  }
  return counts
}

const near = (actual: object, expected: object): void => {
  const wanted = new Map<string, unknown>(Object.entries(expected))
  for (const [name, value] of Object.entries(actual)) {
    const other = wanted.get(name)
    if (typeof value === 'number' && typeof other === 'number')
      assert.ok(Math.abs(value - other) < 1e-9, `${name}: ${value}, not ${other}`)
    else assert.equal(value, other, name)
  }
}

test('rows that count twice score as rows that stand there twice', () => {
  for (const [labels, rows] of [
    [2, 40],
    [3, 60],
    [5, 12],
  ] as const)
    for (let seed = 1; seed <= 5; seed++) {
      const { targets, probabilities } = labelledRows(rows, labels, seed)
      const counts = countsOf(rows, seed)
      const drawn = Array.from(counts, (count, row) => new Array<number>(count).fill(row)).flat()
      const names = Array.from({ length: labels }, (_, label) => String(label))
      const again = evaluate(
        Float64Array.from(
          drawn.flatMap((row) => [...probabilities.subarray(row * labels, (row + 1) * labels)]),
        ),
        drawn.map((row) => targets[row] ?? 0),
        names,
      )
      near(weightedScores(probabilities, targets, labels)(counts, true), scoresOf(again))
    }
})

test('numbers too', () => {
  for (let seed = 1; seed <= 5; seed++) {
    const random = createRandom(seed)
    const targets = Float64Array.from({ length: 50 }, () => random.below(12))
    const values = targets.map((target) => target + random.below(5) - 2)
    const counts = countsOf(50, seed)
    const drawn = Array.from(counts, (count, row) => new Array<number>(count).fill(row)).flat()
    const of = (from: Float64Array) => Float64Array.from(drawn, (row) => from[row] ?? 0)
    near(
      weightedNumberScores(values, targets)(counts),
      regressionScoresOf(evaluateNumbers(of(values), of(targets))),
    )
  }
})

test('a 95 % interval holds what is true in about 95 of 100 sets of rows', () => {
  const sets = 300
  const rows = 150
  const accuracy = 0.8
  const deviation = 2
  let holdsAccuracy = 0
  let holdsError = 0
  for (let set = 0; set < sets; set++) {
    const random = createRandom(set, 'coverage')
    const targets = Int32Array.from({ length: rows }, () => random.below(2))
    const probabilities = Float64Array.from(
      [...targets].flatMap((target) => {
        const answer = random.next() < accuracy ? target : 1 - target
        return [answer === 0 ? 0.9 : 0.1, answer === 1 ? 0.9 : 0.1]
      }),
    )
    const [low, high] = labelIntervals(probabilities, targets, 2, set).accuracy ?? [1, 0]
    if (low <= accuracy && accuracy <= high) holdsAccuracy++
    const truth = Float64Array.from({ length: rows }, () => random.next())
    const normal = (): number =>
      Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
    const values = truth.map((value) => value + deviation * normal())
    const [from, to] = numberIntervals(values, truth, set).mse ?? [1, 0]
    if (from <= deviation ** 2 && deviation ** 2 <= to) holdsError++
  }
  // Two standard errors of 300 sets about 95 %, and the percentile interval's known want of some points.
  for (const held of [holdsAccuracy, holdsError])
    assert.ok(held / sets > 0.91 && held / sets < 0.98, `${held} of ${sets}`)
})

test('the same seed gives the same interval, and more rows a narrower one', () => {
  const few = labelledRows(100, 3, 1)
  const many = labelledRows(1600, 3, 1)
  const intervals = labelIntervals(few.probabilities, few.targets, 3, 42)
  assert.deepEqual(Object.keys(intervals).sort(), ['accuracy', 'auc', 'f1_macro', 'f1_weighted', 'log_loss'])
  assert.deepEqual(labelIntervals(few.probabilities, few.targets, 3, 42), intervals)
  const width = ([low, high]: readonly [number, number] = [0, 0]): number => high - low
  const narrower = labelIntervals(many.probabilities, many.targets, 3, 42)
  for (const [name, interval] of Object.entries(intervals)) {
    const ratio = width(interval) / width(narrower[name])
    assert.ok(ratio > 2.5 && ratio < 6, `${name}: ${ratio}`)
  }
})

test('of rows that are all right resampling tells nothing, and the exact binomial interval stands for accuracy', () => {
  const targets = Int32Array.from({ length: 20 }, (_, row) => row % 2)
  const probabilities = Float64Array.from([...targets].flatMap((target) => [1 - target, target]))
  const intervals = labelIntervals(probabilities, targets, 2, 1)
  assert.deepEqual(Object.keys(intervals), ['accuracy'])
  // Clopper and Pearson's for 20 of 20 by scipy.stats.binomtest: 0.8315665.
  assert.ok(Math.abs((intervals.accuracy?.[0] ?? 0) - 0.8315665) < 1e-6)
  assert.equal(intervals.accuracy?.[1], 1)
})
