import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readPredictions } from '../../run/predictions.ts'
import { rowCount } from '../../shared/counts.ts'
import { t } from '../../shared/l10n.ts'
import { type DiffRow, type PredictionDiff, predictionDiff } from '../evaluation/prediction-diff.ts'
import { shorten, table } from './format.ts'

const SHOWN = 10

/** Of two runs row by row; null where one has no predictions any more. */
export const readPredictionDiff = async (first: string, second: string): Promise<PredictionDiff | null> =>
  [first, second].every((run) => existsSync(join(run, 'predictions.jsonl')))
    ? predictionDiff(await readPredictions(first), await readPredictions(second))
    : null

/** What became of the rows that two runs were both tested on: counts, and the first rows of what changed. */
export const predictionDiffText = (diff: PredictionDiff): string => {
  const { rows, relabelled, right, mended, broken, still_wrong } = diff
  if (rows === 0) return `\n${t`No row was tested by both runs.`}\n`
  const counts = table([
    [t`rows tested by both`, String(rows)],
    [t`right in both`, String(right)],
    [t`mended (wrong, then right)`, String(mended.length)],
    [t`broken (right, then wrong)`, String(broken.length)],
    [t`still wrong`, String(still_wrong.length)],
  ])
  const said =
    relabelled > 0
      ? `${t`Labels that differ between the runs: ${rowCount(relabelled)}; the second run's count.`}\n`
      : ''
  return `\n${counts}${said}${listOf(t`Mended`, mended)}${listOf(t`Broken`, broken)}`
}

const listOf = (title: string, rows: readonly DiffRow[]): string => {
  if (rows.length === 0) return ''
  const shown = table(
    [
      [title, t`label`, t`first`, t`second`, t`text`],
      ...rows
        .slice(0, SHOWN)
        .map(({ row, file, label, predicted: [before, after], text }) => [
          file === null ? t`row ${String(row)}` : t`file ${file}, row ${String(row)}`,
          shorten(label, 20),
          shorten(before, 20),
          shorten(after, 20),
          shorten(text, 60),
        ]),
    ],
    [1, 2, 3, 4],
  )
  const more = rows.length - SHOWN
  return `\n${shown}${more > 0 ? `${t`and ${rowCount(more)} more`}\n` : ''}`
}
