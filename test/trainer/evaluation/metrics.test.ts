import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import * as v from 'valibot'
import { Evaluation } from '../../../src/shared/evaluation.ts'
import { evaluate, scoresOf } from '../../../src/trainer/evaluation/metrics.ts'

const numbers = v.array(v.number())
const Cases = v.array(
  v.object({
    name: v.string(),
    denominator: v.number(),
    targets: numbers,
    counts: v.array(numbers),
    expected: v.looseObject({}),
  }),
)
const fixture = new URL('../../fixtures/metrics.json', import.meta.url)
const cases = v.parse(Cases, JSON.parse(readFileSync(fixture, 'utf8')))

for (const { name, denominator, targets, counts, expected } of cases) {
  test(`equals scikit-learn: ${name}`, () => {
    const labels = (counts[0] ?? []).map((_, label) => `label ${label}`)
    const probabilities = Float64Array.from(counts.flat(), (count) => count / denominator)
    const evaluation = v.parse(Evaluation, evaluate(probabilities, targets, labels))
    close(evaluation, { ...expected, rows: targets.length }, name)
    assert.deepEqual(
      evaluation.classes.map(({ label }) => label),
      labels,
    )
  })
}

/** Every number of `expected` stands in `actual`, to 1e-9. */
function close(actual: unknown, expected: unknown, path: string): void {
  if (typeof expected === 'number' && typeof actual === 'number') {
    assert.ok(Math.abs(actual - expected) <= 1e-9, `${path}: ${actual}, not ${expected}`)
  } else if (typeof expected === 'object' && expected !== null) {
    assert.ok(typeof actual === 'object' && actual !== null, path)
    const fields = new Map(Object.entries(actual))
    for (const [key, value] of Object.entries(expected)) close(fields.get(key), value, `${path}.${key}`)
  } else assert.equal(actual, expected, path)
}

type Rows = { labels: string[]; rows: { target: number; weights: number[] }[] }

/** Small weights, so that equal probabilities are common. */
const rowsOf = fc.integer({ min: 1, max: 6 }).chain((classes): fc.Arbitrary<Rows> => {
  const row = fc.record({
    target: fc.nat({ max: classes - 1 }),
    weights: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: classes, maxLength: classes }),
  })
  return fc.record({
    labels: fc.constant(Array.from({ length: classes }, (_, label) => String(label))),
    rows: fc.array(row, { minLength: 1, maxLength: 30 }),
  })
})

const flat = (rows: Rows['rows']) =>
  Float64Array.from(
    rows.flatMap(({ weights }) => weights.map((weight) => weight / weights.reduce((a, b) => a + b))),
  )
const run = ({ labels, rows }: Rows) =>
  evaluate(
    flat(rows),
    rows.map(({ target }) => target),
    labels,
  )
const seeded = { seed: 7, numRuns: 200 }

test('the order of rows changes nothing', () => {
  fc.assert(
    fc.property(rowsOf, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (set, keys) => {
      const keyed = set.rows.map((row) => ({ row, key: keys.next().value }))
      const shuffled = keyed.sort((a, b) => a.key - b.key).map(({ row }) => row)
      const evaluation = run(set)
      close(run({ ...set, rows: shuffled }), evaluation, 'shuffled')
    }),
    seeded,
  )
})

test('the order of labels changes no score', () => {
  // Without ties in the prediction: of equal probabilities the first label is taken.
  const distinct = rowsOf.map((set) => ({
    ...set,
    rows: set.rows.map((row) => ({
      ...row,
      weights: row.weights.map((weight, label) => weight * 8 + label),
    })),
  }))
  fc.assert(
    fc.property(distinct, (set) => {
      const last = set.labels.length - 1
      const reversed = {
        labels: set.labels.toReversed(),
        rows: set.rows.map(({ target, weights }) => ({
          target: last - target,
          weights: weights.toReversed(),
        })),
      }
      close(scoresOf(run(reversed)), scoresOf(run(set)), 'reversed')
      close(run(reversed).classes.toReversed(), run(set).classes, 'reversed')
    }),
    seeded,
  )
})

test('sums of the confusion matrix agree with the scores', () => {
  fc.assert(
    fc.property(rowsOf, (set) => {
      const evaluation = run(set)
      const total = (values: number[]) => values.reduce((a, b) => a + b, 0)
      const trace = total(evaluation.confusion.map((counts, label) => counts[label] ?? 0))
      assert.equal(evaluation.accuracy, trace / set.rows.length)
      assert.equal(total(evaluation.confusion.flat()), set.rows.length)
      assert.deepEqual(
        evaluation.confusion.map(total),
        evaluation.classes.map(({ support }) => support),
      )
      close(evaluation.recall_weighted, evaluation.accuracy, 'weighted recall is accuracy')
      const { auc, ...others } = evaluation
      const bounded = [auc ?? 0, others.f1_macro, others.f1_weighted, others.precision_macro]
      for (const score of bounded) assert.ok(score >= 0 && score <= 1 + 1e-12)
    }),
    seeded,
  )
})

test('the area is that over all pairs', () => {
  fc.assert(
    fc.property(rowsOf, (set) => {
      if (set.labels.length !== 2) return
      const scored = Array.from(flat(set.rows)).filter((_, index) => index % 2 === 1)
      const of = (target: number) => scored.filter((_, row) => set.rows[row]?.target === target)
      const pairs = of(1).flatMap((p) => of(0).map((n) => (p > n ? 1 : p === n ? 0.5 : 0)))
      const area = pairs.length === 0 ? null : pairs.reduce<number>((a, b) => a + b, 0) / pairs.length
      close(run(set).auc, area, 'auc')
    }),
    { ...seeded, numRuns: 1000 },
  )
})

test('single and double precision give one log loss', () => {
  const labels = ['a', 'b']
  const double = evaluate(Float64Array.of(1, 0, 0.5, 0.5), [1, 0], labels)
  const single = evaluate(Float32Array.of(1, 0, 0.5, 0.5), [1, 0], labels)
  assert.deepEqual(single, double)
})

test('probabilities that are not numbers name the row', () => {
  assert.throws(() => evaluate(Float64Array.of(1, 0, Number.NaN, 0), [0, 0], ['a', 'b']), {
    name: 'UserError',
    message: /row 2/,
  })
})
