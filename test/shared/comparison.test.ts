import assert from 'node:assert/strict'
import { test } from 'node:test'
import { comparisonSentence } from '../../src/shared/comparison.ts'

const scores = (accuracy: number, auc: number | null = 0.9) => ({
  accuracy,
  f1_macro: accuracy - 0.01,
  f1_weighted: accuracy,
  auc,
  log_loss: 1 - accuracy,
})
const before = { majority: scores(0.2, null), ngram: scores(0.9), probe: scores(0.925) }

test('the sentence compares the fine-tuned model with the best of the others', () => {
  assert.equal(
    comparisonSentence(before, scores(0.95), 3080),
    'The fine-tuned model is best: 95.0 % of 3,080 test rows right, 77 rows (2.5 points) more than the linear probe. Chance alone would seldom make such a difference.',
  )
  assert.match(comparisonSentence(before, scores(0.935), 200), /2 rows .* could .* one row is 0\.5 points\.$/)
  assert.match(
    comparisonSentence(before, scores(0.8), 1000),
    /^The linear probe is best: .* fine-tuned model/,
  )
  assert.match(comparisonSentence(before, scores(0.925), 1000), /model and the linear probe are equally good/)
})
