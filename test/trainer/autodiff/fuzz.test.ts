import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fuzzGradients } from './fuzz/fuzz-gradients.ts'

// Another seed, or more graphs: npm run fuzz:gradients -- --seed N --graphs 2000
const SEED = 20261121
const GRAPHS = 120

test(`${GRAPHS} random graphs of the table: every gradient is that of directional derivatives`, async (t) => {
  const { failures, slopes, sure, operators, wide } = await fuzzGradients({
    seed: SEED,
    from: 0,
    graphs: GRAPHS,
  })
  t.diagnostic(
    `seed ${SEED}: ${GRAPHS} graphs, ${wide} in float64, ${operators.size} operators, ${slopes} slopes, ${sure} above rounding`,
  )
  assert.deepEqual(failures, [])
  assert.ok(operators.size > 80)
  assert.ok(sure > 0.7 * slopes)
})
