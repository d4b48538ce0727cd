import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import * as v from 'valibot'
import { UserError } from '../../../src/shared/error.ts'
import { RegressionEvaluation } from '../../../src/shared/evaluation.ts'
import { evaluateNumbers, regressionScoresOf } from '../../../src/trainer/evaluation/regression-metrics.ts'

const Cases = v.array(
  v.object({
    name: v.string(),
    targets: v.array(v.number()),
    values: v.array(v.number()),
    expected: RegressionEvaluation,
  }),
)
const cases = v.parse(
  Cases,
  JSON.parse(readFileSync(new URL('../../fixtures/regression-metrics.json', import.meta.url), 'utf8')),
)

for (const { name, targets, values, expected } of cases)
  test(`${name}: equal to scikit-learn and SciPy`, () => {
    const found = evaluateNumbers(Float64Array.from(values), Float64Array.from(targets))
    assert.deepEqual(Object.keys(found).sort(), Object.keys(expected).sort())
    for (const [key, value] of Object.entries(found)) {
      const wanted = Object.entries(expected).find(([other]) => other === key)?.[1]
      if (value === null || wanted === null || wanted === undefined) assert.equal(value, wanted, key)
      else
        assert.ok(
          Math.abs(value - wanted) <= 1e-12 * Math.max(1, Math.abs(wanted)),
          `${key}: ${value} ${wanted}`,
        )
    }
  })

test('the scores are those of the evaluation', () => {
  const found = evaluateNumbers(Float64Array.of(1, 2), Float64Array.of(1, 3))
  assert.deepEqual(regressionScoresOf(found), {
    mse: 0.5,
    rmse: Math.sqrt(0.5),
    mae: 0.5,
    r2: 0.5,
    spearman: 1,
  })
})

test('an answer that is no number is training that diverged', () => {
  assert.throws(
    () => evaluateNumbers(Float64Array.of(1, Number.NaN), Float64Array.of(1, 2)),
    (error) => error instanceof UserError && /row 2 .*lower learning rate/.test(error.message),
  )
})
