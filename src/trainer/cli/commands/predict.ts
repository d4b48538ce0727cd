import type { ModelText } from '../../../data/model-text.ts'
import { t } from '../../../shared/l10n.ts'
import type { Predictor } from '../../prediction/predict.ts'
import type { Command } from '../command.ts'
import { EXIT } from '../command.ts'
import { dtypeFrom, dtypeHelp } from '../dtype.ts'
import { openModel, wordAt } from '../run-references.ts'
import { print } from '../standard.ts'
import { openTexts } from '../texts.ts'

export const predict: Command = {
  summary: t`label texts with a trained model`,
  synopsis: 'RUN|MODEL [FILE|-] [--text COL] [--text-pair COL] [--dtype D]',
  about: t`Labels the texts of FILE: a text a line, or a column of a table. Without
FILE, or with -, the lines of standard input are labelled as they come. Each answer is
a JSON object in a line, in the order of the texts: text, label, probability, whether the
model is unsure, and the probabilities of all labels; or, where numbers are predicted,
text and value. MODEL is a folder that finesse export made. A model of pairs reads two
columns, or JSON lines as {"text": "...", "text_pair": "..."}.`,
  required: ['RUN|MODEL'],
  optional: ['FILE'],
  options: { text: 'value', text_pair: 'value', dtype: 'value' },
  optionHelp: [
    ['--text COL', t`column of the texts (else the one trained on, else found)`],
    ['--text-pair COL', t`column of the second texts, for a model of pairs (else the one trained on)`],
    dtypeHelp(),
  ],
  examples: [
    'echo "a wonderful film" | finesse predict reviews',
    'finesse predict reviews new.csv --text review > labelled.jsonl',
  ],
  async run({ words, values }) {
    const { folder, run } = openModel(wordAt(words, 0))
    const file = words[1] === undefined || words[1] === '-' ? null : words[1]
    const { openPredictor } = await import('../../prediction/predict.ts')
    const predictor = await openPredictor(folder, undefined, dtypeFrom(values))
    try {
      const [text, pair] = predictor.pair ?? [run?.record.data.text ?? null, null]
      const asked = { text: values.get('text') ?? null, pair: values.get('text_pair') ?? null }
      const texts = await openTexts(file, asked, { text, pair }, predictor.pair !== null)
      if (file === null && process.stdin.isTTY)
        process.stderr.write(`${t`Write a text and press Enter; Ctrl-D ends.`}\n`)
      if (texts.found !== null) process.stderr.write(`${texts.found}\n`)
      for await (const batch of texts.batches) {
        const answers = await predictor.predict(batch)
        await print(
          batch
            .map((text, row) =>
              predictor.task === 'regress'
                ? number(text, answers[row] ?? Number.NaN)
                : answer(text, row, predictor, answers),
            )
            .join(''),
        )
      }
      if (texts.blank() > 0)
        process.stderr.write(`${t`${lineCount(texts.blank())} without a text left out.`}\n`)
    } finally {
      await predictor.close()
    }
    return EXIT.done
  },
}

/** In single precision, as models answer: more digits say nothing. */
const number = (text: ModelText, value: number): string =>
  `${JSON.stringify({ ...asked(text), value: Number(value.toPrecision(7)) })}\n`

const asked = (text: ModelText) =>
  typeof text === 'string' ? { text } : { text: text[0], text_pair: text[1] }

/** Of equally probable labels the first, as in an evaluation. Whether it is unsure is said by models that know. */
function answer(
  text: ModelText,
  row: number,
  { labels, unsure }: Pick<Predictor, 'labels' | 'unsure'>,
  probabilities: Float64Array,
): string {
  const ofRow = labels.map((label, i) => [label, probabilities[row * labels.length + i] ?? 0] as const)
  const [label, probability] = ofRow.reduce((best, next) => (next[1] > best[1] ? next : best))
  return `${JSON.stringify({
    ...asked(text),
    label,
    probability,
    ...(unsure === null ? {} : { unsure: probability < unsure }),
    probabilities: Object.fromEntries(ofRow),
  })}\n`
}

const lineCount = (count: number): string => (count === 1 ? t`${count} line` : t`${count} lines`)
