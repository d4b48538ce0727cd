import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ngramAdvice } from '../../../src/trainer/evaluation/advice.ts'

const scores = (accuracy: number) => ({
  accuracy,
  f1_macro: accuracy,
  f1_weighted: accuracy,
  auc: null,
  log_loss: 1 - accuracy,
})
const before = { majority: scores(0.2), ngram: scores(0.9), probe: scores(0.8) }

test('the n-gram model is named where fine-tuning gave no more than chance, or the encoder cannot read', () => {
  assert.deepEqual(ngramAdvice(before, scores(0.95), 3000, undefined, null), [])
  assert.equal(ngramAdvice(before, scores(0.905), 3000, undefined, null).length, 1)
  assert.equal(ngramAdvice(before, scores(0.7), 3000, undefined, null).length, 1)
  assert.match(
    ngramAdvice(before, scores(0.95), 3000, undefined, 0.62)[0] ?? '',
    /62 % .* base model for their language, or ngram/,
  )
  // The same difference, on the same rows: it is told by the rows that one alone has right.
  assert.deepEqual(ngramAdvice(before, scores(0.905), 3000, { better: 15, worse: 0, p: 0.0001 }, null), [])
  assert.equal(ngramAdvice(before, scores(0.95), 3000, { better: 300, worse: 290, p: 0.7 }, null).length, 1)
  assert.deepEqual(ngramAdvice({ ...before, ngram: null }, scores(0.5), 3000, undefined, null), [])
})
