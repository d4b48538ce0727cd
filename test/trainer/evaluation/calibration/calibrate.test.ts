import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import * as v from 'valibot'
import { createRandom } from '../../../../src/data/random.ts'
import {
  answersOf,
  calibrate,
  measureCalibration,
} from '../../../../src/trainer/evaluation/calibration/calibrate.ts'
import { reliability } from '../../../../src/trainer/evaluation/calibration/reliability.ts'
import { fitTemperature } from '../../../../src/trainer/evaluation/calibration/temperature.ts'
import { coverageAt, unsureThreshold } from '../../../../src/trainer/evaluation/calibration/unsure.ts'
import { softmaxRows } from '../../../../src/trainer/evaluation/softmax.ts'

const Fixture = v.object({
  cases: v.array(
    v.object({
      name: v.string(),
      logits: v.array(v.array(v.number())),
      targets: v.array(v.number()),
      temperature: v.number(),
      ece_before: v.number(),
      ece_after: v.number(),
    }),
  ),
})
const file = new URL('../../../fixtures/calibration.json', import.meta.url)
const { cases } = v.parse(Fixture, JSON.parse(readFileSync(file, 'utf8')))

for (const { name, ...expected } of cases) {
  test(`temperature and calibration error are scipy's and torchmetrics': ${name}`, () => {
    const labels = expected.logits[0]?.length ?? 0
    const logits = Float64Array.from(expected.logits.flat(), (whole) => whole / 64)
    const targets = Int32Array.from(expected.targets)
    const temperature = fitTemperature(logits, targets, labels)
    assert.ok(Math.abs(temperature / expected.temperature - 1) < 1e-5, `${temperature}`)
    const ece = (divisor: number): number =>
      reliability(answersOf(softmaxRows(logits, labels, divisor), targets, labels)).ece
    assert.ok(Math.abs(ece(1) - expected.ece_before) < 1e-6, `${ece(1)}`)
    assert.ok(Math.abs(ece(expected.temperature) - expected.ece_after) < 1e-6, `${ece(temperature)}`)
  })
}

/** Rows whose labels are drawn from softmax(logits / temperature): that temperature is the right one. */
function drawnRows(rows: number, labels: number, temperature: number, seed: number) {
  const random = createRandom(seed)
  const logits = Float64Array.from({ length: rows * labels }, () => 6 * random.next())
  const probabilities = softmaxRows(logits, labels, temperature)
  const targets = Int32Array.from({ length: rows }, (_, row) => {
    let left = random.next()
    for (let label = 0; label < labels - 1; label++) {
      left -= probabilities[row * labels + label] ?? 0
      if (left < 0) return label
    }
    return labels - 1
  })
  return { logits, targets }
}

test('the temperature that rows were drawn with is found, and mends test rows without changing an answer', () => {
  for (const temperature of [0.4, 1, 3]) {
    const [valid, test] = [drawnRows(4000, 4, temperature, 1), drawnRows(4000, 4, temperature, 2)]
    const calibrated = calibrate(valid, test, 4)
    assert.equal(calibrated.unfitted, null)
    assert.ok(Math.abs(calibrated.temperature / temperature - 1) < 0.08, `${calibrated.temperature}`)
    const { ece_before, ece_after, bins } = measureCalibration(valid, test, 4, calibrated)
    assert.ok(ece_after < 0.03, `${ece_after}`)
    if (temperature !== 1) assert.ok(ece_after < ece_before / 3, `${ece_before} ${ece_after}`)
    assert.equal(
      bins.reduce((sum, bin) => sum + bin.rows, 0),
      4000,
    )
    const right = (probabilities: Float64Array) =>
      answersOf(probabilities, test.targets, 4).map(({ isRight }) => isRight)
    assert.deepEqual(right(calibrated.test), right(softmaxRows(test.logits, 4)))
  }
})

test('rows that can tell no temperature leave it 1, and the reason is known', () => {
  const test = drawnRows(50, 3, 1, 3)
  const reason = (valid: typeof test) => {
    const { temperature, unfitted, test: probabilities } = calibrate(valid, test, 3)
    assert.equal(temperature, 1)
    assert.deepEqual(probabilities, softmaxRows(test.logits, 3))
    return unfitted
  }
  assert.equal(reason(drawnRows(99, 3, 1, 4)), 'few-rows')
  const rare = drawnRows(200, 3, 1, 4)
  const first = rare.targets.indexOf(2)
  const without = rare.targets.map((target, row) => (target === 2 && row !== first ? 0 : target))
  assert.equal(reason({ ...rare, targets: without }), 'few-of-label')
  const all = drawnRows(200, 3, 1, 5)
  const best = Int32Array.from(all.targets, (_, row) => {
    const ofRow = all.logits.subarray(row * 3, row * 3 + 3)
    return ofRow.indexOf(Math.max(...ofRow))
  })
  assert.equal(reason({ ...all, targets: best }), 'no-mistake')
})

test('the threshold is the lowest from which on the wanted share is right', () => {
  const answers = Array.from({ length: 100 }, (_, i) => ({ confidence: 1 - i / 100, isRight: i < 57 }))
  // 57 of 60 are 95 %.
  const threshold = unsureThreshold(answers, 0.95)
  assert.equal(threshold, 0.41)
  assert.deepEqual(coverageAt(answers, threshold), { coverage: 0.6, accuracy: 0.95 })
  assert.equal(unsureThreshold(answers.slice(0, 50), 0.95), 0.51)
  assert.equal(unsureThreshold(answers.slice(0, 19), 0.95), null)
  assert.equal(unsureThreshold(answers.slice(50), 0.95), null)
  assert.deepEqual(coverageAt(answers, null), { coverage: 0, accuracy: null })
  // Equally certain rows are on the same side.
  const alike = answers.map((answer, i) => (i < 50 ? answer : { ...answer, confidence: 0.3 }))
  assert.equal(unsureThreshold(alike, 0.95), 0.51)
})
