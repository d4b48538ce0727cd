import { join } from 'node:path'
import { chooseColumns } from '../../../data/columns.ts'
import { type Examples, readExamples } from '../../../data/examples.ts'
import { type ModelText, textOf } from '../../../data/model-text.ts'
import { openTable } from '../../../data/table.ts'
import type { Run } from '../../../run/folder.ts'
import { readPredictions } from '../../../run/predictions.ts'
import { UserError } from '../../../shared/error.ts'
import type { TestPrediction } from '../../../shared/evaluation.ts'
import { t } from '../../../shared/l10n.ts'
import { evaluate as evaluateRows } from '../../evaluation/metrics.ts'
import type { Command } from '../command.ts'
import { EXIT } from '../command.ts'
import { dtypeFrom, dtypeHelp } from '../dtype.ts'
import { evaluationText, shorten } from '../format.ts'
import { evaluateNumberRun } from '../number-evaluation.ts'
import { openFinishedRun, wordAt } from '../run-references.ts'
import { print, printJson } from '../standard.ts'

export const evaluate: Command = {
  summary: t`measure a trained model on labelled rows`,
  synopsis: 'RUN [FILE] [--text COL] [--text-pair COL] [--label COL] [--dtype D]',
  about: t`Measures the exported model of RUN on the rows of FILE (a table), or without FILE
on the run's own test rows: scores, scores of each label, confusion matrix; or, where numbers
are predicted, how far they are off.`,
  required: ['RUN'],
  optional: ['FILE'],
  options: { text: 'value', text_pair: 'value', label: 'value', dtype: 'value' },
  optionHelp: [
    ['--text COL', t`column of the texts (else the one trained on, else found)`],
    ['--text-pair COL', t`column of the second texts, for a model of pairs (else the one trained on)`],
    ['--label COL', t`column of the labels (else the one trained on, else found)`],
    dtypeHelp(),
  ],
  examples: ['finesse evaluate reviews', 'finesse evaluate reviews new-reviews.csv'],
  async run({ words, values, flags }) {
    const run = openFinishedRun(wordAt(words, 0))
    const [, file] = words
    const wanted = {
      text: values.get('text') ?? null,
      pair: values.get('text_pair') ?? null,
      label: values.get('label') ?? null,
    }
    if (file === undefined && (wanted.text ?? wanted.pair ?? wanted.label) !== null)
      throw new UserError(
        t`--text, --text-pair and --label name columns of FILE; name a file too, or leave them out`,
        'usage',
      )
    if (run.record.data.target !== null) {
      await evaluateNumberRun(run, file ?? null, wanted, dtypeFrom(values), flags.has('json'))
      return EXIT.done
    }
    const { rows, found } =
      file === undefined
        ? { rows: (await readPredictions(run.path)).map(read), found: null }
        : await rowsOf(file, wanted, run)
    const { openPredictor } = await import('../../prediction/predict.ts')
    const predictor = await openPredictor(join(run.path, 'model'), undefined, dtypeFrom(values))
    try {
      const { labels } = predictor
      const targets = rows.map(({ label }) => labels.indexOf(label))
      const probabilities = await predictor.predict(rows.map(({ text }) => text))
      const evaluation = evaluateRows(probabilities, targets, labels)
      if (flags.has('json')) await printJson(evaluation)
      else await print(`${found === null ? '' : `${found}\n\n`}${evaluationText(evaluation)}`)
    } finally {
      await predictor.close()
    }
    return EXIT.done
  },
}

interface LabelledRows {
  readonly rows: readonly { readonly text: ModelText; readonly label: string }[]
  readonly found: string | null
}

const read = ({ text, text_pair, label }: TestPrediction): LabelledRows['rows'][number] => ({
  text: textOf({ text, pair: text_pair }),
  label,
})

async function rowsOf(
  file: string,
  wanted: { text: string | null; pair: string | null; label: string | null },
  { record }: Run,
): Promise<LabelledRows> {
  const table = await openTable(file)
  const trained = (column: string): string | null => (table.columns.includes(column) ? column : null)
  const { text_pair } = record.data
  if (wanted.pair !== null && text_pair === null)
    throw new UserError(t`--text-pair ${wanted.pair}: this model reads one text; leave it out`, 'usage')
  const columns = await chooseColumns(table, {
    text: wanted.text ?? trained(record.data.text),
    pair: wanted.pair ?? text_pair,
    label: wanted.label ?? trained(record.data.label),
  })
  const examples = await readExamples(table, columns)
  checkLabels(examples, record.data.labels)
  const rows = examples.examples.map((example) => ({ text: textOf(example), label: example.label }))
  return { rows, found: [...table.said, columns.found ?? ''].filter((said) => said !== '').join(' ') || null }
}

/** A label that the model cannot give would only ever count as wrong. */
function checkLabels({ path, columns, examples, rows }: Examples, known: readonly string[]): void {
  if (examples.length === 0)
    throw new UserError(
      t`${path}: none of its ${rows} rows has both a text in column "${columns.text}" and a label in column "${columns.label}"; choose others with --text and --label`,
    )
  const unknown = examples.find(({ label }) => !known.includes(label))
  if (unknown === undefined) return
  const list = known.slice(0, 10).map((label) => `"${shorten(label, 30)}"`)
  if (known.length > 10) list.push(t`${known.length - 10} more`)
  throw new UserError(
    t`${path} row ${unknown.row}: label "${shorten(unknown.label, 60)}" is none of the model's (${list.join(', ')}); take such rows out, or choose another column with --label`,
  )
}
