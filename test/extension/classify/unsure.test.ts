import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isUnsure, predictionOf } from '../../../src/extension/classify/prediction.ts'
import { readEntries } from '../../../src/extension/classify/setting.ts'

test("an answer is unsure by the setting, else by the model's own threshold, else below 0.6", () => {
  const answered = (unsure: number | null, probability: number) =>
    predictionOf({ task: 'classify', labels: ['a', 'b'], pair: null, unsure }, [probability, 1 - probability])
  const [entry] = readEntries([{ model: 'run', files: '*.txt' }]).entries
  assert.ok(entry)
  assert.equal(isUnsure(answered(0.9, 0.85), entry.threshold), true)
  assert.equal(isUnsure(answered(0.9, 0.85), 0.8), false)
  assert.equal(isUnsure(answered(0.55, 0.58), entry.threshold), false)
  assert.equal(isUnsure(answered(null, 0.58), entry.threshold), true)
  assert.equal(isUnsure(answered(null, 0.62), entry.threshold), false)
})
