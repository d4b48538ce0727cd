import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestPrediction } from '../../../src/shared/evaluation.ts'
import { predictionDiff } from '../../../src/trainer/evaluation/prediction-diff.ts'

const row = (number: number, text: string, label: string, predicted: string, sure = 0.9): TestPrediction => ({
  row: number,
  text,
  label,
  predicted,
  probabilities: { [predicted]: sure },
})

test('rows are mended, broken, still wrong or right in both, by their texts', () => {
  const first = [
    row(1, 'one', 'a', 'a'),
    row(2, 'two', 'a', 'b'),
    row(3, 'three', 'b', 'b'),
    row(4, 'four', 'b', 'a'),
    row(5, 'five', 'b', 'a'),
    row(6, 'gone', 'b', 'a'),
  ]
  // A row was taken out above, so all numbers are others; the label of `five` was mended.
  const second = [
    row(1, 'two', 'a', 'a', 0.6),
    row(2, 'three', 'b', 'a'),
    row(3, 'four', 'b', 'c'),
    row(4, 'five', 'a', 'a'),
    row(5, 'one', 'a', 'a'),
    row(6, 'new', 'a', 'b'),
    row(7, 'two', 'a', 'b'),
  ]
  const diff = predictionDiff(first, second)
  const numbers = (rows: readonly { readonly row: number }[]): readonly number[] => rows.map((one) => one.row)
  assert.deepEqual([diff.rows, diff.relabelled, diff.right], [5, 1, 2])
  assert.deepEqual(numbers(diff.mended), [1])
  assert.deepEqual(numbers(diff.broken), [2])
  assert.deepEqual(numbers(diff.still_wrong), [3])
  assert.deepEqual(diff.still_wrong[0]?.predicted, ['a', 'c'])
  assert.equal(diff.right + diff.mended.length + diff.broken.length + diff.still_wrong.length, diff.rows)
})

test('a run compared with itself mends and breaks nothing', () => {
  const rows = [row(1, 'same', 'a', 'b'), row(2, 'same', 'b', 'b')]
  const { rows: count, mended, broken, still_wrong } = predictionDiff(rows, rows)
  assert.deepEqual([count, mended.length, broken.length, still_wrong.length], [2, 0, 0, 1])
})
