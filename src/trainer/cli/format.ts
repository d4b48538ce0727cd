import { rowCount } from '../../shared/counts.ts'
import type { Evaluation, RegressionEvaluation, TaskScores } from '../../shared/evaluation.ts'
import { t } from '../../shared/l10n.ts'
import type { Interval } from '../../shared/trust.ts'
import { scoreName } from './names.ts'

/**
 * Columns that line up; the first row is the header. The first column and those named in `left` are flush left,
 * numbers are flush right. Every line ends in a line break.
 */
export function table(rows: readonly (readonly string[])[], left: readonly number[] = []): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => width(row[column] ?? ''))))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => {
        const gap = ' '.repeat((widths[column] ?? 0) - width(cell))
        return column === 0 || left.includes(column) ? cell + gap : gap + cell
      })
      .join('  ')
      .trimEnd()
  return rows.map((row) => `${line(row)}\n`).join('')
}

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}]|[\u{20000}-\u{3fffd}]/u

/** Cells of a terminal that a text takes: East Asian letters take two, combining marks none. */
export function width(text: string): number {
  let cells = 0
  for (const character of text) cells += /\p{M}/u.test(character) ? 0 : WIDE.test(character) ? 2 : 1
  return cells
}

/** A text as one line of at most so many cells. */
export const shorten = (text: string, cells: number): string => cut(text.replaceAll(/\s+/g, ' '), cells)

/** An ellipsis stands where it is cut. */
export function cut(line: string, cells: number): string {
  if (width(line) <= cells) return line
  let kept = ''
  let used = 0
  for (const character of line) {
    used += width(character)
    if (used > cells - 1) break
    kept += character
  }
  return `${kept}…`
}

export const decimal = (value: number | null): string => (value === null ? '-' : value.toFixed(4))

/** Seconds as a person says them. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return t`${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return t`${whole} s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return t`${minutes} min ${whole % 60} s`
  return t`${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** Bytes as a person says them. */
export const bytes = (n: number): string =>
  n < 1e6
    ? t`${Math.ceil(n / 1e3)} kB`
    : n < 1e9
      ? t`${(n / 1e6).toFixed(1)} MB`
      : t`${(n / 1e9).toFixed(1)} GB`

/** A number of any size in the unit of a person's own numbers, to five digits. */
export const figure = (value: number | null): string =>
  value === null ? '-' : String(Number(value.toPrecision(5)))

/** The scores in the order of their columns, and how each is written. */
const LABEL_SCORES = ['accuracy', 'f1_macro', 'f1_weighted', 'auc', 'log_loss'] as const
const NUMBER_SCORES = ['rmse', 'mae', 'r2', 'spearman', 'mse'] as const

interface Printed {
  readonly key: string
  readonly value: string
}

const writtenNumber = (key: (typeof NUMBER_SCORES)[number], value: number | null): string =>
  key === 'r2' || key === 'spearman' ? decimal(value) : figure(value)

const printed = (scores: TaskScores): readonly Printed[] =>
  'accuracy' in scores
    ? LABEL_SCORES.map((key) => ({ key, value: decimal(scores[key]) }))
    : NUMBER_SCORES.map((key) => ({ key, value: writtenNumber(key, scores[key]) }))

/** An end of each score's interval, where it is known. */
const printedEnds = (
  scores: TaskScores,
  intervals: Readonly<Record<string, Interval>>,
  end: 0 | 1,
): readonly string[] =>
  'accuracy' in scores
    ? LABEL_SCORES.map((key) => decimal(intervals[key]?.[end] ?? null))
    : NUMBER_SCORES.map((key) => writtenNumber(key, intervals[key]?.[end] ?? null))

/**
 * Models of one task side by side, one a line.
 *
 * @param intervals of the last one's scores, by their names: two lines below it
 */
export function scoresTable(
  models: readonly (readonly [name: string, TaskScores])[],
  intervals: Readonly<Record<string, Interval>> = {},
): string {
  const [first] = models
  if (first === undefined) return ''
  return table([
    ['', ...printed(first[1]).map(({ key }) => scoreName(key))],
    ...models.map(([name, scores]) => [name, ...printed(scores).map(({ value }) => value)]),
    ...(Object.keys(intervals).length === 0
      ? []
      : [
          [t`  95 % interval from`, ...printedEnds(first[1], intervals, 0)],
          [t`  to`, ...printedEnds(first[1], intervals, 1)],
        ]),
  ])
}

export function numbersEvaluationText(evaluation: RegressionEvaluation): string {
  const { rows, median_error, p90_error, max_error } = evaluation
  const errors = table([
    ['', t`half of the rows`, t`9 of 10 rows`, t`all rows`],
    [t`off by at most`, figure(median_error), figure(p90_error), figure(max_error)],
  ])
  return `${scoresTable([[rowCount(rows), evaluation]])}\n${errors}`
}

/** Beyond this many labels a confusion matrix is wider than a terminal. */
const LARGEST_MATRIX = 12

export function evaluationText(evaluation: Evaluation): string {
  const { classes, confusion } = evaluation
  const label = (text: string): string => shorten(text, 30)
  const scores = (name: string, p: number, r: number, f: number): string[] => [
    name,
    decimal(p),
    decimal(r),
    decimal(f),
  ]
  let text = scoresTable([[rowCount(evaluation.rows), evaluation]])
  text += '\n'
  text += table([
    ['', t`precision`, t`recall`, 'F1', t`rows`],
    ...classes.map((c) => [...scores(label(c.label), c.precision, c.recall, c.f1), String(c.support)]),
    scores(t`macro`, evaluation.precision_macro, evaluation.recall_macro, evaluation.f1_macro),
    scores(t`weighted`, evaluation.precision_weighted, evaluation.recall_weighted, evaluation.f1_weighted),
  ])
  if (classes.length > LARGEST_MATRIX) return `${text}\n${mixUps(evaluation)}`
  text += `\n${t`Confusion (a line: the true label; a column: what was predicted)`}\n`
  return (
    text +
    table([
      ['', ...classes.map((c) => shorten(c.label, 12))],
      ...confusion.map((row, i) => [label(classes[i]?.label ?? ''), ...row.map(String)]),
    ])
  )
}

/** What of a large matrix is worth reading: the pairs of labels that are mistaken most. */
function mixUps({ classes, confusion }: Evaluation): string {
  const pairs = confusion
    .flatMap((row, truth) => row.map((rows, predicted) => ({ rows, truth, predicted })))
    .filter(({ rows, truth, predicted }) => rows > 0 && truth !== predicted)
    .sort((a, b) => b.rows - a.rows)
    .slice(0, 10)
  if (pairs.length === 0) return `${t`No row was mistaken.`}\n`
  const name = (index: number): string => shorten(classes[index]?.label ?? '', 30)
  return `${t`Mistaken most`}\n${table(
    [
      [t`true label`, t`predicted`, t`rows`],
      ...pairs.map(({ rows, truth, predicted }) => [name(truth), name(predicted), String(rows)]),
    ],
    [1],
  )}`
}
