import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FileMeasure } from '../../../../src/shared/compression.ts'
import { withFileTable, withoutFileTable } from '../../../../src/trainer/export/compress/card-section.ts'
import { modelCard } from '../../../../src/trainer/export/model-card.ts'
import { facts } from '../tiny-classifier.ts'

const file = (dtype: FileMeasure['dtype'], bytes: number): FileMeasure => ({
  file: `onnx/model_${dtype}.onnx`,
  dtype,
  trimmed: false,
  bytes,
  ms_single: 2,
  ms_batch: 1,
  accuracy: 0.9,
  difference: 0.01,
})

test('the table of files comes into a card, is replaced, and goes again', () => {
  const card = modelCard({ id: 'base', license: null, language: null }, ['a', 'b'], 12, facts)
  const once = withFileTable(card, [file('fp32', 4e6), file('int8', 1e6)], 15, 2)
  assert.match(once, /\| onnx\/model_int8\.onnx \| int8 \| 1\.00 \| 0\.25 \|/)
  assert.equal(withFileTable(once, [file('fp32', 4e6), file('int8', 1e6)], 15, 2), once)
  assert.equal(withoutFileTable(once), card)
  assert.equal(withoutFileTable(card), card)
  assert.ok(once.indexOf('## Smaller files') < once.indexOf('## Use'))
})
