import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { suite, test } from 'node:test'
import * as v from 'valibot'
import {
  confidentLabels,
  confidentThresholds,
  countWrong,
  type Judged,
  likeliestOther,
  rankSuspects,
  selfConfidence,
} from '../../../src/trainer/label-errors/confident-learning.ts'

/** Written by scripts/fixtures/label_errors.py: what cleanlab says. */
const Cases = v.array(
  v.object({
    name: v.string(),
    denominator: v.number(),
    labels: v.number(),
    given: v.array(v.number()),
    counts: v.array(v.array(v.number())),
    expected: v.object({
      thresholds: v.array(v.nullable(v.number())),
      joint: v.array(v.array(v.number())),
      issues: v.number(),
      scores: v.array(v.number()),
    }),
  }),
)
const path = new URL('../../fixtures/label-errors.json', import.meta.url)
const cases = v.parse(Cases, JSON.parse(readFileSync(path, 'utf8')))

const judgedOf = ({ given, counts, denominator, labels }: (typeof cases)[number]): Judged => ({
  given: Int32Array.from(given),
  probabilities: Float64Array.from(counts.flat(), (count) => count / denominator),
  labels,
})

/** Rows by given label and by the label that they are confidently of, one right row of each label at least. */
function jointOf(judged: Judged): number[][] {
  const joint = Array.from({ length: judged.labels }, () => new Array<number>(judged.labels).fill(0))
  for (const [row, label] of confidentLabels(judged).entries()) {
    const line = joint[judged.given[row] ?? 0]
    if (line && label >= 0) line[label] = (line[label] ?? 0) + 1
  }
  return joint.map((line, label) =>
    line.map((count, other) => (other === label ? Math.max(1, count) : count)),
  )
}

suite('confident learning', () => {
  for (const one of cases) {
    const judged = judgedOf(one)
    const { expected } = one
    test(`${one.name}: thresholds, confident joint, issues and scores are cleanlab's`, () => {
      const thresholds = confidentThresholds(judged)
      for (const [label, threshold] of expected.thresholds.entries())
        assert.ok(
          threshold === null
            ? thresholds[label] === Number.POSITIVE_INFINITY
            : Math.abs((thresholds[label] ?? 0) - threshold) < 1e-12,
        )
      assert.deepEqual(jointOf(judged), expected.joint)
      assert.equal(countWrong(judged), expected.issues)
      assert.deepEqual([...selfConfidence(judged)], expected.scores)
    })

    test(`${one.name}: the suspects are the rows of least self-confidence that something else is likelier for`, () => {
      const ranked = rankSuspects(judged)
      const scores = selfConfidence(judged)
      const other = likeliestOther(judged)
      assert.ok(ranked.length > 0)
      assert.ok(ranked.length <= expected.issues)
      const at = (row: number, label: number): number =>
        judged.probabilities[row * judged.labels + label] ?? 0
      for (const [i, row] of ranked.entries()) {
        assert.ok((scores[ranked[i - 1] ?? row] ?? 0) <= (scores[row] ?? 0))
        assert.notEqual(other[row], judged.given[row])
        assert.ok(at(row, other[row] ?? 0) > (scores[row] ?? 0))
      }
      const isRanked = new Set(ranked)
      const worst = scores[ranked.at(-1) ?? 0] ?? 0
      for (const [row, score] of scores.entries())
        if (!isRanked.has(row) && at(row, other[row] ?? 0) > score) assert.ok(score >= worst)
    })
  }
})
