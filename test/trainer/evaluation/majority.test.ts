import assert from 'node:assert/strict'
import { test } from 'node:test'
import { majorityProbabilities } from '../../../src/trainer/evaluation/majority.ts'

test('probabilities are the shares of the training rows', () => {
  const probabilities = majorityProbabilities(Int32Array.of(2, 0, 2, 2), 4, 2)
  assert.deepEqual([...probabilities], [0.25, 0, 0.75, 0, 0.25, 0, 0.75, 0])
})
