import type { TextStep } from '../../data/clean/steps.ts'
import type { Evaluation, Scores } from '../../shared/evaluation.ts'
import { code } from '../export/card-code.ts'
import { limitsOfLabels } from '../export/card-limits.ts'
import { metadataBlock } from '../export/card-metadata.ts'

/** What the model card says beside the model itself. No time, path or name of a run. */
export interface NgramCard {
  readonly rows: { readonly train: number; readonly valid: number; readonly test: number }
  readonly seed: number
  readonly C: number
  /** On the test rows. */
  readonly test: Scores & Pick<Evaluation, 'classes' | 'confusion'>
  readonly majority: Scores
  /** Of a model that reads two texts as a pair: the columns they were in. */
  readonly pair: readonly [text: string, pair: string] | null
}

/** `README.md` of an exported n-gram model. */
export function ngramCard(
  labels: readonly string[],
  ngrams: number,
  steps: readonly TextStep[],
  { rows, seed, C, test, majority, pair }: NgramCard,
): string {
  const scores = (name: string, of: Scores): string =>
    `| ${name} | ${of.accuracy.toFixed(4)} | ${of.f1_macro.toFixed(4)} | ${of.f1_weighted.toFixed(4)} | ${of.auc?.toFixed(4) ?? '-'} | ${of.log_loss.toFixed(4)} |`
  const read = pair
    ? `two texts (${code(pair[0])} and ${code(pair[1])}), given as one with a line break between them,`
    : 'a text'
  return `${metadataBlock({ library: 'onnx', base: null, kind: 'text-classification', test, rows: rows.test })}
# Text classifier

Sorts ${read} into one of ${labels.length} labels. A linear model of ${ngrams} n-grams of words and characters, trained with Finesse from the rows alone; it reads any language.

## Labels

${labels.map((label, i) => `${i}. ${code(label)}`).join('\n')}

## Measured on ${rows.test} test rows

| model | accuracy | macro F1 | weighted F1 | AUC | log loss |
|---|---|---|---|---|---|
${scores('**this model**', test)}
${scores('always the commonest label', majority)}

## Trained

On ${rows.train} rows; ${rows.valid} others chose the regularisation (C ${C}). Seed ${seed}.

## Limits

${limitsOfLabels(test, rows)}
## Use

One file from string to probabilities. Texts are expected in Unicode form NFC${steps.length > 0 ? `. Finesse cleans them first (${steps.join(', ')}): \`finesse_normalizer\` in config.json holds these steps in the form of a tokenizer.json` : ''}.

Python, with \`pip install onnxruntime\`:

\`\`\`python
import unicodedata
import numpy as np
import onnxruntime

session = onnxruntime.InferenceSession("onnx/model.onnx")
texts = [unicodedata.normalize("NFC", "Some text")]
label, probabilities = session.run(["label", "probabilities"], {"text": np.array(texts, dtype=object)})
print(label[0], probabilities[0])
\`\`\`

JavaScript, with [onnxruntime-node](https://www.npmjs.com/package/onnxruntime-node):

\`\`\`js
import * as ort from 'onnxruntime-node'

const session = await ort.InferenceSession.create('onnx/model.onnx')
const texts = ['Some text'.normalize('NFC')]
const { label, probabilities } = await session.run({ text: new ort.Tensor('string', texts, [1]) })
console.log(label.data[0], probabilities.data)
\`\`\`
`
}
