import { join } from 'node:path'
import * as v from 'valibot'
import { readText } from '../data/decode.ts'
import { UserError } from '../shared/error.ts'
import { RegressionPrediction, TestPrediction } from '../shared/evaluation.ts'
import { t } from '../shared/l10n.ts'

/** The test rows of a run, as they were predicted (`predictions.jsonl`). */
export const readPredictions = (run: string): Promise<readonly TestPrediction[]> =>
  readLines(run, TestPrediction)

/** Those of a run that predicts numbers. */
export const readNumberPredictions = (run: string): Promise<readonly RegressionPrediction[]> =>
  readLines(run, RegressionPrediction)

async function readLines<S extends v.GenericSchema>(
  run: string,
  schema: S,
): Promise<readonly v.InferOutput<S>[]> {
  const file = join(run, 'predictions.jsonl')
  let text = ''
  for await (const piece of readText(file)) text += piece
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line, index) => {
      const row = v.safeParse(schema, parsed(line))
      if (!row.success)
        throw new UserError(t`${file} line ${index + 1}: damaged; evaluate the run on a file instead`)
      return row.output
    })
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}
