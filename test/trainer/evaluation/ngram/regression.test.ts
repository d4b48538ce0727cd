import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  solveRow,
  trainRegression,
  wrightOmega,
} from '../../../../src/trainer/evaluation/ngram/regression.ts'

const score = fc.double({ min: -30, max: 30, noNaN: true })

test('omega + log omega is the argument', () => {
  fc.assert(
    fc.property(fc.double({ min: -600, max: 1e6, noNaN: true }), (argument) => {
      const omega = wrightOmega(argument)
      const slack = 1e-5 * Math.max(1, Math.abs(argument))
      assert.ok(Math.abs(omega + Math.log(omega) - argument) <= slack, `${argument}: ${omega}`)
    }),
    { seed: 7, numRuns: 2000 },
  )
})

test('a row is solved to the stationary point on the simplex', () => {
  const problem = fc.record({
    entries: fc.array(fc.tuple(score, fc.double({ min: 1e-3, max: 1, noNaN: true })), {
      minLength: 1,
      maxLength: 20,
    }),
    q: fc.double({ min: 0.1, max: 500, noNaN: true }),
  })
  fc.assert(
    fc.property(problem, ({ entries, q }) => {
      const total = entries.reduce((sum, [, share]) => sum + share, 0)
      const scores = Float64Array.from(entries, ([value]) => value)
      const old = Float32Array.from(entries, ([, share]) => share / total)
      const solution = new Float64Array(scores.length)
      solveRow(scores, old, q, solution)
      assert.ok(Math.abs(solution.reduce((a, b) => a + b) - 1) < 1e-3)
      // log a + q a - scores - q old is the same for every label.
      const shifts = Array.from(
        solution,
        (a, label) => Math.log(a) + q * a - (scores[label] ?? 0) - q * (old[label] ?? 0),
      )
      assert.ok(Math.max(...shifts) - Math.min(...shifts) < 0.01, shifts.join(' '))
    }),
    { seed: 7, numRuns: 1000 },
  )
})

test('converges to the minimum: the gradient of the primal vanishes', async () => {
  const rows = [
    [1, 0.5, 0],
    [0.2, 1, 0.3],
    [0, 0.4, 1],
    [0.9, 0, 0.1],
    [0.1, 0.8, 0],
    [0.3, 0.3, 0.9],
  ]
  const targets = Int32Array.of(0, 1, 2, 0, 2, 1)
  const [features, classes, C] = [3, 3, 5]
  const data = {
    features,
    load(row: number, into: { size: number; ids: Int32Array; values: Float64Array }) {
      into.size = features
      into.ids = Int32Array.of(0, 1, 2)
      into.values = Float64Array.from(rows[row] ?? [])
    },
  }
  const options = { C, epochs: 500, tolerance: 1e-4, seed: 1 }
  const weights = await trainRegression(data, [0, 1, 2, 3, 4, 5], targets, classes, options)
  const gradient = Float64Array.from(weights)
  for (const [row, values] of rows.entries()) {
    const powers = [0, 1, 2].map((label) =>
      Math.exp(values.reduce((sum, value, id) => sum + value * (weights[id * classes + label] ?? 0), 0)),
    )
    const total = powers.reduce((a, b) => a + b)
    for (const [id, value] of values.entries()) {
      for (const [label, power] of powers.entries()) {
        const error = power / total - (targets[row] === label ? 1 : 0)
        gradient[id * classes + label] = (gradient[id * classes + label] ?? 0) + C * value * error
      }
    }
  }
  for (const value of gradient) assert.ok(Math.abs(value) < 0.01, gradient.join(' '))
})
