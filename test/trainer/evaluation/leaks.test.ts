import assert from 'node:assert/strict'
import { test } from 'node:test'
import { leaksSentence } from '../../../src/shared/leaks.ts'
import { evaluateLeaks } from '../../../src/trainer/evaluation/leaks.ts'

// Right, right, wrong, wrong.
const probabilities = Float64Array.of(0.9, 0.1, 0.2, 0.8, 0.6, 0.4, 0.3, 0.7)
const targets = Int32Array.of(0, 1, 1, 0)
const rows = [20, 21, 22, 23]

test('accuracy without the leaked rows is that of the others', () => {
  const leaks = (exact: number[], near: number[]) =>
    evaluateLeaks(probabilities, targets, rows, { exact, near })
  assert.deepEqual(leaks([], []), { exact: 0, near: 0, accuracy_without: 0.5 })
  assert.deepEqual(leaks([20], []), { exact: 1, near: 0, accuracy_without: 1 / 3 })
  assert.deepEqual(leaks([20], [21]), { exact: 1, near: 1, accuracy_without: 0 })
  assert.deepEqual(leaks([20, 22], [21, 23]), { exact: 2, near: 2, accuracy_without: null })
})

test('the sentence says both accuracies, and nothing where nothing leaks', () => {
  assert.equal(leaksSentence({ exact: 0, near: 0, accuracy_without: 0.5 }, 0.5, 4), null)
  assert.equal(
    leaksSentence({ exact: 1, near: 1, accuracy_without: 0 }, 0.5, 4),
    '2 of 4 rows for the test stand in training or validation too (1 equal, 1 nearly equal): accuracy 50.0 % with them, 0.0 % without.',
  )
  assert.match(
    leaksSentence({ exact: 4, near: 0, accuracy_without: null }, 0.5, 4) ?? '',
    /says nothing of new texts/,
  )
})
