import { isTextStep } from '../../data/clean/steps.ts'
import type { Step } from '../../shared/clean-steps.ts'
import type { Long, ResolvedOptions } from '../../shared/config.ts'
import type { Before, Evaluation, Scores } from '../../shared/evaluation.ts'
import type { BaseFacts } from './base-facts.ts'
import { code } from './card-code.ts'
import { limitsOfLabels } from './card-limits.ts'
import { metadataBlock } from './card-metadata.ts'

/** What a model card says beside the model itself. No time, path or name of a run: equal runs are equal bytes. */
export interface CardFacts {
  readonly rows: { readonly train: number; readonly valid: number; readonly test: number }
  readonly options: ResolvedOptions
  /** On the test rows. */
  readonly test: Scores & Pick<Evaluation, 'classes' | 'confusion'>
  readonly before: Before
  /** Of a model that reads two texts as a pair: the columns they were in. */
  readonly pair?: readonly [text: string, pair: string] | null
}

/** `README.md` of an exported model: the hub's metadata block, then what a person wants to know first. */
export function modelCard(
  base: BaseFacts,
  labels: readonly string[],
  maxLength: number,
  facts: CardFacts,
  clean: readonly Step[] = [],
): string {
  const steps = clean.filter(isTextStep)
  const { rows, options, test, before, pair = null } = facts
  const scores = (name: string, of: Scores): string =>
    `| ${name} | ${of.accuracy.toFixed(4)} | ${of.f1_macro.toFixed(4)} | ${of.f1_weighted.toFixed(4)} | ${of.auc?.toFixed(4) ?? '-'} | ${of.log_loss.toFixed(4)} |`
  return `${metadataBlock({ library: 'transformers.js', base, kind: 'text-classification', test, rows: rows.test })}
# Text classifier

Sorts ${pair ? `two texts, read as a pair (${code(pair[0])} and ${code(pair[1])}),` : 'a text'} into one of ${labels.length} labels. Fine-tuned from ${code(base.id)} with Finesse.

## Labels

${labels.map((label, i) => `${i}. ${code(label)}`).join('\n')}

## Measured on ${rows.test} test rows

| model | accuracy | macro F1 | weighted F1 | AUC | log loss |
|---|---|---|---|---|---|
${scores('**this model**', test)}
${before.probe ? `${scores('linear probe on the base model', before.probe)}\n` : ''}${before.ngram ? `${scores('linear model of words and characters', before.ngram)}\n` : ''}${scores('always the commonest label', before.majority)}

## Trained

On ${rows.train} rows, chosen by ${options.metric} on ${rows.valid} others. Strategy ${code(options.strategy)}, pooling ${code(options.pooling)}, embeddings ${options.embeddings}, ${options.epochs} epochs at most, batch ${options.batch}, learning rate ${options.lr}, seed ${options.seed}.

${pair ? `It reads ${maxLength} tokens of both texts together; of more, the longer text is cut first.` : READS[options.long](maxLength)}
${steps.length > 0 ? `\nIts tokenizer cleans the text before anything else: ${steps.join(', ')}.\n` : ''}
## Limits

${limitsOfLabels(test, rows)}
## Use

JavaScript, with [transformers.js](https://www.npmjs.com/package/@huggingface/transformers):

${pair ? JAVASCRIPT_PAIR : JAVASCRIPT}

transformers.js cuts a text of more than ${maxLength} tokens without keeping the closing special token, so that its answer to such a text may differ a little.

Python, with \`pip install onnxruntime tokenizers\`:

\`\`\`python
import json
import numpy as np
import onnxruntime
from tokenizers import Tokenizer

tokenizer = Tokenizer.from_file("tokenizer.json")
session = onnxruntime.InferenceSession("onnx/model.onnx")
labels = json.load(open("config.json", encoding="utf-8"))["id2label"]

encoded = tokenizer.encode(${pair ? '"First text", "Second text"' : '"Some text"'})
known = {"input_ids": encoded.ids, "attention_mask": encoded.attention_mask, "token_type_ids": encoded.type_ids}
feeds = {i.name: np.array([known[i.name]], dtype=np.int64) for i in session.get_inputs()}
logits = session.run(["logits"], feeds)[0][0]
probabilities = np.exp(logits - logits.max())
print(labels[str(logits.argmax())], probabilities.max() / probabilities.sum())
\`\`\`
`
}

/** What the model does with a text that is longer than it reads at once; other programs do the first. */
export const READS: Readonly<Record<Long, (tokens: number) => string>> = {
  truncate: (tokens) => `It reads the first ${tokens} tokens of a text; the rest is cut.`,
  'head+tail': (tokens) =>
    `Of a text of more than ${tokens} tokens it was trained to read the first and the last ${tokens / 2} or so, special tokens counted (${code('--long head+tail')}): drop the tokens between them before you call it. Programs that cut the end off, as those below do, answer worse to such texts.`,
  windows: (tokens) =>
    `It reads a text of more than ${tokens} tokens in windows of ${tokens}, special tokens counted, that overlap by a quarter; the mean of their logits is the answer (${code('--long windows')}). The file holds the model of one window: call it for each and take the mean. The programs below read the first window alone.`,
}

const JAVASCRIPT = `\`\`\`js
import { env, pipeline } from '@huggingface/transformers'

env.localModelPath = '.' // the folder that holds this one
const classify = await pipeline('text-classification', 'model', { local_files_only: true, dtype: 'fp32' })
console.log(await classify('Some text', { top_k: 3 }))
\`\`\``

/** The pipeline takes no pairs. */
const JAVASCRIPT_PAIR = `\`\`\`js
import { AutoModelForSequenceClassification, AutoTokenizer, env } from '@huggingface/transformers'

env.localModelPath = '.' // the folder that holds this one
const tokenizer = await AutoTokenizer.from_pretrained('model', { local_files_only: true })
const model = await AutoModelForSequenceClassification.from_pretrained('model', {
  local_files_only: true,
  dtype: 'fp32',
})
const inputs = tokenizer('First text', { text_pair: 'Second text', truncation: true })
const { logits } = await model(inputs)
console.log(model.config.id2label[logits.data.indexOf(Math.max(...logits.data))])
\`\`\``
