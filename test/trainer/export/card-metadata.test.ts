import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { RegressionScores, Scores } from '../../../src/shared/evaluation.ts'
import { baseFacts } from '../../../src/trainer/export/base-facts.ts'
import { limitsOfLabels } from '../../../src/trainer/export/card-limits.ts'
import { metadataBlock } from '../../../src/trainer/export/card-metadata.ts'
import { temporaryFolder } from '../../run/sample.ts'

const scores: Scores = { accuracy: 0.912345678, f1_macro: 0.9, f1_weighted: 0.91, auc: null, log_loss: 0.3 }
const numbers: RegressionScores = { mse: 1e-7, rmse: 3e-4, mae: 0.5, r2: null, spearman: -0.25 }

test('the metadata block follows the schema of the hub', () => {
  assert.equal(
    metadataBlock({
      library: 'transformers.js',
      base: { id: 'Xenova/all-MiniLM-L6-v2', license: 'apache-2.0', language: 'en' },
      kind: 'text-classification',
      test: scores,
      rows: 81,
    }),
    `---
license: apache-2.0
language: "en"
library_name: transformers.js
pipeline_tag: text-classification
base_model: "Xenova/all-MiniLM-L6-v2"
base_model_relation: finetune
tags:
- finesse
- onnx
- text-classification
metrics:
- accuracy
- f1
model-index:
- name: "all-MiniLM-L6-v2-text-classification"
  results:
  - task:
      type: text-classification
      name: Text Classification
    dataset:
      type: private
      name: 81 test rows
      split: test
    metrics:
    - type: accuracy
      value: 0.91235
      name: Accuracy
    - type: f1
      value: 0.9
      name: F1 macro
      args:
        average: macro
    - type: f1
      value: 0.91
      name: F1 weighted
      args:
        average: weighted
---
`,
  )
})

test('what is not known is left out, and a folder is no model of the hub', () => {
  const block = metadataBlock({
    library: 'onnx',
    base: { id: 'my: "model"', license: null, language: null },
    kind: 'text-regression',
    test: numbers,
    rows: 12,
  })
  assert.doesNotMatch(block, /^(license|language|base_model)/m)
  assert.match(block, /^- name: "my: \\"model\\"-text-regression"$/m)
  // YAML reads 1e-7 as a text.
  assert.match(block, /value: 1\.0e-7$/m)
  assert.doesNotMatch(block, /r_squared|null/)
})

test('licence and language are those of the catalogue or of the model’s own card', (t) => {
  const of = (card: string | null, id = 'somebody/model') => {
    const folder = join(temporaryFolder(t), 'model')
    mkdirSync(folder)
    if (card !== null) writeFileSync(join(folder, 'README.md'), card)
    const { license, language } = baseFacts({ id, folder })
    return [license, language]
  }
  assert.deepEqual(of(null, 'static-en'), ['apache-2.0', 'en'])
  assert.deepEqual(of(null, 'Xenova/bge-small-zh-v1.5'), ['mit', 'zh'])
  assert.deepEqual(of(null, 'Xenova/multilingual-e5-small'), ['mit', null])
  assert.deepEqual(of(null), [null, null])
  assert.deepEqual(of('---\nlicense: mit\nlanguage: fr\n---\n# M\n'), ['mit', 'fr'])
  assert.deepEqual(of('---\r\nlanguage:\r\n- de\r\nlicense: "apache-2.0"\r\n---\r\n'), ['apache-2.0', 'de'])
  assert.deepEqual(of('---\nlanguage: [de]\ntags:\n- license\n---\n'), [null, 'de'])
  assert.deepEqual(of('---\nlanguage:\n- de\n- fr\nlicense: other\n---\n'), [null, null])
  assert.deepEqual(of('---\nlicense: "mit\n---\nlanguage: en\n'), [null, null])
  assert.deepEqual(of('license: mit\n'), [null, null])
})

test('limits name the labels that fail', () => {
  const limits = limitsOfLabels(
    {
      classes: [
        { label: 'a', precision: 1, recall: 1, f1: 0.95, support: 40 },
        { label: 'b`', precision: 0.5, recall: 0.5, f1: 0.5, support: 10 },
      ],
      confusion: [
        [39, 1],
        [5, 5],
      ],
    },
    { train: 200, test: 50 },
  )
  assert.match(limits, /^- Weakest labels: `` b` `` \(F1 0\.50 on 10 rows\)\.$/m)
  assert.match(limits, /^- Mistaken most: `` b` `` for `a` \(5 rows\)\.$/m)
  assert.match(limits, /2\.0 points/)
})
