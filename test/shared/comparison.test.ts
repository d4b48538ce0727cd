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

test('where it is known which rows each has right, these tell whether chance could make the difference', () => {
  const paired = (better: number, worse: number, p: number) => ({ probe: { better, worse, p } })
  assert.match(
    comparisonSentence(before, scores(0.935), 200, paired(2, 0, 0.5)),
    /They are not distinguishable on these rows \(McNemar, p = 0\.500\): one row is 0\.5 points\.$/,
  )
  assert.match(
    comparisonSentence(before, scores(0.935), 1000, paired(10, 0, 0.00195)),
    /Chance alone would seldom make such a difference \(McNemar, p = 0\.002\)\.$/,
  )
  // Of another model than the best of the others nothing is said.
  assert.match(
    comparisonSentence(before, scores(0.935), 200, { ngram: { better: 9, worse: 0, p: 0.0001 } }),
    /Chance alone could make/,
  )
})
