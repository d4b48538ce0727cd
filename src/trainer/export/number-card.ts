import { isTextStep } from '../../data/clean/steps.ts'
import type { Step } from '../../shared/clean-steps.ts'
import type { ResolvedOptions } from '../../shared/config.ts'
import type { RegressionBefore, RegressionScores } from '../../shared/evaluation.ts'
import type { BaseFacts } from './base-facts.ts'
import { code } from './card-code.ts'
import { metadataBlock } from './card-metadata.ts'
import { type CardFacts, READS } from './model-card.ts'

/** What the card of a model of numbers says beside the model itself. */
export interface NumberCardFacts {
  readonly rows: { readonly train: number; readonly valid: number; readonly test: number }
  readonly options: ResolvedOptions
  /** On the test rows. */
  readonly test: RegressionScores
  readonly before: RegressionBefore
  /** Of a model that reads two texts as a pair: the columns they were in. */
  readonly pair?: readonly [text: string, pair: string] | null
}

export const isOfNumbers = (card: CardFacts | NumberCardFacts): card is NumberCardFacts => 'mse' in card.test

/** `README.md` of an exported model of numbers. @param target the column of the numbers */
export function numberCard(
  base: BaseFacts,
  target: string,
  maxLength: number,
  facts: NumberCardFacts,
  clean: readonly Step[],
): string {
  const { rows, options, test, before, pair = null } = facts
  const steps = clean.filter(isTextStep)
  const number = (value: number): string => String(Number(value.toPrecision(5)))
  const scores = (name: string, of: RegressionScores): string =>
    `| ${name} | ${number(of.rmse)} | ${number(of.mae)} | ${of.r2?.toFixed(4) ?? '-'} | ${of.spearman?.toFixed(4) ?? '-'} | ${number(of.mse)} |`
  return `${metadataBlock({ library: 'transformers.js', base, kind: 'text-regression', test, rows: rows.test })}
# Text regression

Gives ${pair ? `two texts, read as a pair (${code(pair[0])} and ${code(pair[1])}),` : 'a text'} a number: ${code(target)}, in the unit of the rows it was trained on. Fine-tuned from ${code(base.id)} with Finesse.

## Measured on ${rows.test} test rows

| model | RMSE | MAE | R2 | Spearman | MSE |
|---|---|---|---|---|---|
${scores('**this model**', test)}
${scores('linear probe on the base model', before.probe)}
${scores('linear model of words and characters', before.ngram)}
${scores('always the mean of the training rows', before.mean)}

## Trained

On ${rows.train} rows, chosen by ${options.metric} on ${rows.valid} others. Strategy ${code(options.strategy)}, pooling ${code(options.pooling)}, embeddings ${options.embeddings}, ${options.epochs} epochs at most, batch ${options.batch}, learning rate ${options.lr}, seed ${options.seed}.

${pair ? `It reads ${maxLength} tokens of both texts together; of more, the longer text is cut first.` : READS[options.long](maxLength)}
${steps.length > 0 ? `\nIts tokenizer cleans the text before anything else: ${steps.join(', ')}.\n` : ''}
## Limits

- It knows texts like the ${rows.train} it was trained on; on texts of another kind it is not measured.
- It gives every text a number, also one that is not about what the number stands for, and numbers beyond those it was trained on seldom.

## Use

The output \`logits\`, [rows, 1], is the number itself. The \`text-classification\` pipeline of transformers.js is for labels and answers score 1 to every text, so call the model. JavaScript, with [transformers.js](https://www.npmjs.com/package/@huggingface/transformers):

\`\`\`js
import { AutoModelForSequenceClassification, AutoTokenizer, env } from '@huggingface/transformers'

env.localModelPath = '.' // the folder that holds this one
const tokenizer = await AutoTokenizer.from_pretrained('model', { local_files_only: true })
const model = await AutoModelForSequenceClassification.from_pretrained('model', {
  local_files_only: true,
  dtype: 'fp32',
})
const { logits } = await model(${pair ? "tokenizer('First text', { text_pair: 'Second text', truncation: true })" : "tokenizer('Some text', { truncation: true })"})
console.log(logits.data[0])
\`\`\`

Python, with \`pip install onnxruntime tokenizers\`:

\`\`\`python
import numpy as np
import onnxruntime
from tokenizers import Tokenizer

tokenizer = Tokenizer.from_file("tokenizer.json")
session = onnxruntime.InferenceSession("onnx/model.onnx")

encoded = tokenizer.encode(${pair ? '"First text", "Second text"' : '"Some text"'})
known = {"input_ids": encoded.ids, "attention_mask": encoded.attention_mask, "token_type_ids": encoded.type_ids}
feeds = {i.name: np.array([known[i.name]], dtype=np.int64) for i in session.get_inputs()}
print(session.run(["logits"], feeds)[0][0, 0])
\`\`\`
`
}
