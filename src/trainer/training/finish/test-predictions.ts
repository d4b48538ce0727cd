import { isSystemError } from '../../../data/atomic-write.ts'
import { readFewValues } from '../../../data/few-values.ts'
import { UserError } from '../../../shared/error.ts'
import type { TestPrediction } from '../../../shared/evaluation.ts'
import type { Data } from '../prepare.ts'

/**
 * The test rows with what was predicted of them, and what they can be sliced by.
 *
 * @param probabilities [rows, labels]
 * @param isCut whether a row was longer than the model reads
 */
export const testPredictions = async (
  data: Data,
  probabilities: Float64Array,
  isCut: (row: number) => boolean,
): Promise<readonly TestPrediction[]> => {
  const { examples, labels, columns, files, parts } = data
  const rows = parts.test.flatMap((row) => examples[row] ?? [])
  const { text, label, pair, group, split } = columns
  const tested = files.test === null ? [files.train, ...files.more] : [files.test]
  // A group may well be what a model fails on.
  const others = [label, pair, split].filter((name) => name !== group)
  const paths = tested.map(({ path }) => path)
  const values = await readFewValues(paths, { text, others }, rows).catch((error: unknown) => {
    // The file may have gone since the run began, which needs it no more.
    if (error instanceof UserError || isSystemError(error)) return []
    throw error
  })
  return rows.map((example, i) => {
    const ofRow = probabilities.subarray(i * labels.length, (i + 1) * labels.length)
    const own = values[i] ?? {}
    return {
      row: example.row,
      file: example.file,
      text: example.text,
      text_pair: example.pair,
      label: example.label,
      predicted: labels[ofRow.indexOf(Math.max(...ofRow))] ?? '',
      probabilities: Object.fromEntries(
        labels.map((name, k) => [name, Number((ofRow[k] ?? 0).toPrecision(7))]),
      ),
      ...(Object.keys(own).length > 0 ? { columns: { ...own } } : {}),
      ...(isCut(parts.test[i] ?? 0) ? { cut: true } : {}),
    }
  })
}

/** `predictions.jsonl`. */
export const predictionLines = (predictions: readonly TestPrediction[]): string =>
  predictions.map((row) => `${JSON.stringify(row)}\n`).join('')
