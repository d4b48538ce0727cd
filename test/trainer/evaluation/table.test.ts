import assert from 'node:assert/strict'
import { test } from 'node:test'
import { evaluate } from '../../../src/trainer/evaluation/metrics.ts'
import { classTable, comparisonSentence, comparisonTable } from '../../../src/trainer/evaluation/table.ts'

const scores = (accuracy: number, auc: number | null = 0.9) => ({
  accuracy,
  f1_macro: accuracy - 0.01,
  f1_weighted: accuracy,
  auc,
  log_loss: 1 - accuracy,
})
const before = { majority: scores(0.2, null), ngram: scores(0.9), probe: scores(0.925) }

test('before and after in columns', () => {
  assert.deepEqual(comparisonTable(before, scores(0.9434)), [
    'model             accuracy  F1 macro    AUC  log loss',
    'majority class       20.0%     19.0%      -     0.800',
    'n-gram model         90.0%     89.0%  90.0%     0.100',
    'linear probe         92.5%     91.5%  90.0%     0.075',
    'fine-tuned model     94.3%     93.3%  90.0%     0.057',
  ])
})

test('the sentence compares the fine-tuned model with the best of the others', () => {
  assert.equal(
    comparisonSentence(before, scores(0.95), 3080),
    'The fine-tuned model is best: 95.0% of 3,080 test rows right, 77 rows (2.5 points) more than the linear probe. Chance alone would seldom make such a difference.',
  )
  assert.match(comparisonSentence(before, scores(0.935), 200), /2 rows .* could .* one row is 0\.5 points\.$/)
  assert.match(
    comparisonSentence(before, scores(0.8), 1000),
    /^The linear probe is best: .* fine-tuned model/,
  )
  assert.match(comparisonSentence(before, scores(0.925), 1000), /model and the linear probe are equally good/)
})

test('labels from the worst, wide characters counted twice', () => {
  const labels = ['正面', 'b', 'never', 'd'.repeat(60)]
  const targets = [0, 0, 1, 3]
  const predicted = [0, 1, 1, 3]
  const probabilities = Float64Array.from(
    predicted.flatMap((label) => labels.map((_, index) => (index === label ? 1 : 0))),
  )
  const evaluation = evaluate(probabilities, targets, labels)
  const lines = classTable(evaluation, 2)
  assert.deepEqual(lines, [
    'label  precision  recall     F1  rows',
    '正面      100.0%   50.0%  66.7%     2',
    'b          50.0%  100.0%  66.7%     1',
    'and 1 more',
  ])
  assert.equal(classTable(evaluation)[3]?.indexOf('…'), 39)
})
