import type { TestPrediction } from '../../shared/evaluation.ts'
import { writtenIn } from '../../shared/slices/rows-of-slice.ts'

/** A row that both runs were tested on, as the second one read it. */
export interface DiffRow {
  readonly row: number
  readonly file: number | null
  readonly text: string
  /** In the second run, by which both are judged: a label may have been mended in between. */
  readonly label: string
  readonly predicted: readonly [first: string, second: string]
}

/** What changed from one run to the other, row by row. */
export interface PredictionDiff {
  /** Rows that both were tested on, and those of them whose label is another one now. */
  readonly rows: number
  readonly relabelled: number
  readonly right: number
  /** Wrong in the first and right in the second, and the other way; the surest of the second run first. */
  readonly mended: readonly DiffRow[]
  readonly broken: readonly DiffRow[]
  readonly still_wrong: readonly DiffRow[]
}

/**
 * The rows that two runs were both tested on, by what became of them. Rows are the same where their texts are: numbers
 * of rows move when a file is edited. Of equal texts the first of one is the first of the other.
 */
export const predictionDiff = (
  first: readonly TestPrediction[],
  second: readonly TestPrediction[],
): PredictionDiff => {
  const byText = new Map<string, TestPrediction[]>()
  for (const one of first) {
    const same = byText.get(writtenIn(one))
    if (same) same.push(one)
    else byText.set(writtenIn(one), [one])
  }
  const pairs = second.flatMap((after) => {
    const before = byText.get(writtenIn(after))?.shift()
    return before === undefined ? [] : [{ before, after }]
  })
  const sure = ({ predicted, probabilities }: TestPrediction): number => probabilities[predicted] ?? 0
  const those = (wasRight: boolean, isRight: boolean): readonly DiffRow[] =>
    pairs
      .filter(
        ({ before, after }) =>
          (before.predicted === after.label) === wasRight && (after.predicted === after.label) === isRight,
      )
      .sort((a, b) => sure(b.after) - sure(a.after))
      .map(({ before, after }) => ({
        row: after.row,
        file: after.file ?? null,
        text: writtenIn(after),
        label: after.label,
        predicted: [before.predicted, after.predicted],
      }))
  return {
    rows: pairs.length,
    relabelled: pairs.filter(({ before, after }) => before.label !== after.label).length,
    right: those(true, true).length,
    mended: those(false, true),
    broken: those(true, false),
    still_wrong: those(false, false),
  }
}
