import type { TaskScores } from '../../shared/evaluation.ts'
import { t } from '../../shared/l10n.ts'
import type { SeriesRun, SeriesSummary, Spread } from '../../shared/series.ts'
import { decimal, table } from './format.ts'
import { afterName, beforeName, scoreName } from './names.ts'

/** In the order of their columns; a task has some of them. */
const SCORES = ['accuracy', 'f1_macro', 'f1_weighted', 'auc', 'log_loss', 'rmse', 'mae', 'r2', 'spearman']

export const runName = ({ seed, fold }: Pick<SeriesRun, 'seed' | 'fold'>, seeds: number): string =>
  fold === null
    ? t`seed ${String(seed)}`
    : seeds > 1
      ? t`seed ${String(seed)}, fold ${fold}`
      : t`fold ${fold}`

/** The runs that are done, then mean and deviation of all models, then what they say. */
export function seriesText(runs: readonly SeriesRun[], summary: SeriesSummary): string {
  const seeds = new Set(runs.map(({ seed }) => seed)).size
  const columns = SCORES.filter((key) => key in summary.test)
  const done = runs.flatMap((run) => (run.test === null ? [] : [{ run, test: run.test }]))
  const each = table([
    [t`test rows`, ...columns.map(scoreName)],
    ...done.map(({ run, test }) => [
      runName(run, seeds),
      ...columns.map((key) => decimal(scoreOf(test, key))),
    ]),
  ])
  const models = [
    ...Object.entries(summary.before).map(([name, scores]) => [beforeName(name).row, scores] as const),
    [afterName(summary.before.ngram !== undefined).row, summary.test] as const,
  ]
  const all = table([
    [t`mean ± deviation of ${summary.runs}`, ...columns.map(scoreName)],
    ...models.map(([name, scores]) => [name, ...columns.map((key) => spread(scores[key] ?? null))]),
  ])
  return `${each}\n${all}\n${comparison(done, summary)}\n`
}

const scoreOf = (scores: TaskScores, key: string): number | null =>
  new Map<string, number | null>(Object.entries(scores)).get(key) ?? null

const spread = (value: Spread | null): string =>
  value === null ? '-' : `${decimal(value.mean)} ± ${decimal(value.deviation)}`

/** How often, and by how much, the fine-tuned model beats the best of the others run by run. */
function comparison(
  done: readonly { readonly run: SeriesRun; readonly test: TaskScores }[],
  summary: SeriesSummary,
): string {
  const key = 'accuracy' in summary.test ? 'accuracy' : 'rmse'
  const sign = key === 'accuracy' ? 1 : -1
  const mean = (name: string): number =>
    sign * (summary.before[name]?.[key]?.mean ?? Number.NEGATIVE_INFINITY)
  const [rival] = Object.keys(summary.before).sort((a, b) => mean(b) - mean(a))
  if (rival === undefined) return ''
  const differences = done.flatMap(({ run, test }) => {
    const before = new Map<string, TaskScores | null>(Object.entries(run.before ?? {})).get(rival)
    const [own, other] = [scoreOf(test, key), before ? scoreOf(before, key) : null]
    return own === null || other === null ? [] : [sign * (own - other)]
  })
  const better = differences.filter((difference) => difference > 0).length
  const average =
    differences.reduce((sum, difference) => sum + difference, 0) / Math.max(1, differences.length)
  const amount =
    key === 'accuracy'
      ? t`${Math.abs(100 * average).toFixed(1)} points of accuracy`
      : t`${decimal(Math.abs(average))} of RMSE`
  const other = beforeName(rival).model
  const own = afterName(summary.before.ngram !== undefined).model
  const runs = differences.length
  return average < 0
    ? t`The ${own} is better than the ${other} in ${better} of ${runs} runs, and on average worse by ${amount}.`
    : t`The ${own} is better than the ${other} in ${better} of ${runs} runs, and on average better by ${amount}.`
}
