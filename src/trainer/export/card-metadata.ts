import type { RegressionScores, Scores } from '../../shared/evaluation.ts'
import type { BaseFacts } from './base-facts.ts'

interface Measured {
  /** As the hub calls it. */
  readonly type: string
  readonly name: string
  readonly value: number | null
  readonly average?: 'macro' | 'weighted'
}

interface Described {
  readonly library: string
  /** null: it starts from nothing. */
  readonly base: BaseFacts | null
  readonly kind: 'text-classification' | 'text-regression'
  readonly test: Scores | RegressionScores
  /** How many it was measured on. */
  readonly rows: number
}

/**
 * The metadata block at the top of a card, in the hub's schema
 * (https://github.com/huggingface/hub-docs/blob/main/modelcard.md). Texts are in JSON's quotes, which are YAML's too.
 */
export const metadataBlock = ({ library, base, kind, test, rows }: Described): string => {
  const measured = scores(test).filter(({ value }) => value !== null && Number.isFinite(value))
  const metrics = [...new Set(measured.map(({ type }) => type))]
  return `---
${base?.license ? `license: ${base.license}\n` : ''}${base?.language ? `language: ${JSON.stringify(base.language)}\n` : ''}library_name: ${library}
pipeline_tag: text-classification
${base && isHubName(base.id) ? `base_model: ${JSON.stringify(base.id)}\nbase_model_relation: finetune\n` : ''}tags:
- finesse
- onnx
- ${kind}
metrics:
${metrics.map((type) => `- ${type}\n`).join('')}model-index:
- name: ${JSON.stringify(`${(base?.id ?? 'ngram').replace(/^.*\//, '')}-${kind}`)}
  results:
  - task:
      type: text-classification
      name: ${kind === 'text-classification' ? 'Text Classification' : 'Text Regression'}
    dataset:
      type: private
      name: ${rows} test rows
      split: test
    metrics:
${measured.map(metric).join('')}---
`
}

/** Anything else would be taken for a model of the hub that there is not. */
const isHubName = (id: string): boolean => /^[\w.-]+\/[\w.-]+$/.test(id)

const metric = ({ type, name, value, average }: Measured): string => `    - type: ${type}
      value: ${written(value ?? 0)}
      name: ${name}
${average ? `      args:\n        average: ${average}\n` : ''}`

/** YAML takes a number with an exponent only where it has a point. */
const written = (value: number): string => String(value).replace(/^(-?\d+)e/, '$1.0e')

const scores = (test: Scores | RegressionScores): readonly Measured[] => {
  const round = (value: number | null): number | null =>
    value === null ? null : Number(value.toPrecision(5))
  return 'accuracy' in test
    ? [
        { type: 'accuracy', name: 'Accuracy', value: round(test.accuracy) },
        { type: 'f1', name: 'F1 macro', value: round(test.f1_macro), average: 'macro' },
        { type: 'f1', name: 'F1 weighted', value: round(test.f1_weighted), average: 'weighted' },
        { type: 'roc_auc', name: 'ROC AUC', value: round(test.auc) },
      ]
    : [
        { type: 'mse', name: 'MSE', value: round(test.mse) },
        { type: 'mae', name: 'MAE', value: round(test.mae) },
        { type: 'r_squared', name: 'R squared', value: round(test.r2) },
        { type: 'spearmanr', name: 'Spearman', value: round(test.spearman) },
      ]
}
