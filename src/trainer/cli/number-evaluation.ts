import { join } from 'node:path'
import { chooseColumns } from '../../data/columns.ts'
import { readExamples } from '../../data/examples.ts'
import { checkRows } from '../../data/labels.ts'
import { type ModelText, textOf } from '../../data/model-text.ts'
import { decimalMark, numbersOf } from '../../data/numbers.ts'
import { openTable } from '../../data/table.ts'
import type { Run } from '../../run/folder.ts'
import { readNumberPredictions } from '../../run/predictions.ts'
import type { Dtype } from '../../shared/compression.ts'
import { evaluateNumbers } from '../evaluation/regression-metrics.ts'
import { numbersEvaluationText } from './format.ts'
import { print, printJson } from './standard.ts'

interface Wanted {
  readonly text: string | null
  readonly pair: string | null
  readonly label: string | null
}

interface NumberRows {
  readonly texts: readonly ModelText[]
  readonly targets: Float64Array
  readonly found: string | null
}

/** Measures the exported model of a run that predicts numbers on a file, or (null) on its own test rows. */
export async function evaluateNumberRun(
  run: Run,
  file: string | null,
  wanted: Wanted,
  dtype: Dtype,
  json: boolean,
): Promise<void> {
  const { texts, targets, found } = file === null ? await ownRows(run) : await rowsOf(file, wanted, run)
  const { openPredictor } = await import('../prediction/predict.ts')
  const predictor = await openPredictor(join(run.path, 'model'), undefined, dtype)
  try {
    const evaluation = evaluateNumbers(await predictor.predict(texts), targets)
    if (json) await printJson(evaluation)
    else await print(`${found === null ? '' : `${found}\n\n`}${numbersEvaluationText(evaluation)}`)
  } finally {
    await predictor.close()
  }
}

async function ownRows(run: Run): Promise<NumberRows> {
  const rows = await readNumberPredictions(run.path)
  return {
    texts: rows.map(({ text, text_pair }) => textOf({ text, pair: text_pair })),
    targets: Float64Array.from(rows, ({ target }) => target),
    found: null,
  }
}

async function rowsOf(file: string, wanted: Wanted, { record }: Run): Promise<NumberRows> {
  const table = await openTable(file)
  const trained = (column: string): string | null => (table.columns.includes(column) ? column : null)
  const columns = await chooseColumns(table, {
    text: wanted.text ?? trained(record.data.text),
    pair: wanted.pair ?? record.data.text_pair,
    label: wanted.label ?? trained(record.data.label),
    numbers: true,
  })
  const examples = await readExamples(table, columns)
  checkRows(examples)
  return {
    texts: examples.examples.map(textOf),
    targets: numbersOf(examples, decimalMark([examples])),
    found: columns.found,
  }
}
