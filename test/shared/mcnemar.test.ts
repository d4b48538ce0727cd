import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import * as v from 'valibot'
import { isDistinguishable, mcnemar, pairedBy } from '../../src/shared/mcnemar.ts'

const Fixture = v.object({
  pairs: v.array(v.object({ first: v.number(), second: v.number(), p: v.number() })),
})
const file = new URL('../fixtures/calibration.json', import.meta.url)
const { pairs } = v.parse(Fixture, JSON.parse(readFileSync(file, 'utf8')))

test("McNemar's p is statsmodels' exact one, whichever model is named first", () => {
  assert.ok(pairs.length > 5)
  for (const { first, second, p } of pairs) {
    assert.ok(
      Math.abs(mcnemar(first, second) - p) < 1e-9,
      `${first} ${second}: ${mcnemar(first, second)}, not ${p}`,
    )
    assert.equal(mcnemar(second, first), mcnemar(first, second))
  }
})

test('counts of any size have a p', () => {
  assert.equal(mcnemar(0, 0), 1)
  assert.equal(mcnemar(0, 5000), 0)
  assert.ok(mcnemar(500_000, 501_000) > 0.3)
})

test('rows that both have right or wrong tell nothing', () => {
  const first = [true, true, true, true, true, true, false, true]
  const second = [false, false, false, false, false, false, false, true]
  const paired = pairedBy(first, second)
  assert.deepEqual([paired.better, paired.worse], [6, 0])
  assert.ok(Math.abs(paired.p - 2 / 64) < 1e-9)
  assert.ok(isDistinguishable(paired))
  assert.ok(!isDistinguishable(pairedBy(first.slice(1), second.slice(1))))
})
