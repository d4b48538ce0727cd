import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import * as v from 'valibot'
import { atLeast } from '../../../../src/trainer/evaluation/findings/binomial-tail.ts'
import { fisherExact, holm, logFactorials } from '../../../../src/trainer/evaluation/slices/fisher.ts'

const number = v.number()
const Fixture = v.object({
  fisher: v.array(
    v.object({ right: number, rows: number, other_right: number, other_rows: number, p: number }),
  ),
  binomial: v.array(v.object({ count: number, rows: number, share: number, p: number })),
  holm: v.object({ ps: v.array(number), corrected: v.array(number) }),
})
const file = new URL('../../../fixtures/slices.json', import.meta.url)
const fixture = v.parse(Fixture, JSON.parse(readFileSync(file, 'utf8')))

const close = (actual: number, expected: number, what: string): void =>
  assert.ok(
    Math.abs(actual - expected) <= 1e-9 * Math.max(1e-6, expected),
    `${what}: ${actual}, not ${expected}`,
  )

test("Fisher's exact test equals SciPy's", () => {
  const logs = logFactorials(10_000)
  for (const { right, rows, other_right, other_rows, p } of fixture.fisher)
    close(
      fisherExact({ right, rows }, { right: other_right, rows: other_rows }, logs),
      p,
      `${right}/${rows} and ${other_right}/${other_rows}`,
    )
})

test("the binomial tail equals SciPy's", () => {
  for (const { count, rows, share, p } of fixture.binomial)
    close(atLeast(count, rows, share), p, `${count} of ${rows} at ${share}`)
})

test("Holm's correction is that of its definition, in any order", () => {
  const { ps, corrected } = fixture.holm
  for (const [i, p] of holm(ps).entries()) close(p, corrected[i] ?? -1, `p ${ps[i]}`)
  const backwards = holm(ps.toReversed()).toReversed()
  for (const [i, p] of backwards.entries()) close(p, corrected[i] ?? -1, `p ${ps[i]} backwards`)
})
