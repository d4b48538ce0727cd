import type { TaskScores } from '../../shared/evaluation.ts'
import type { SeriesRun, SeriesSummary, Spread } from '../../shared/series.ts'
import { decimal, table } from './format.ts'

/** Scores as a person calls them, in the order of their columns; a task has some of them. */
const SCORES: readonly (readonly [key: string, name: string])[] = [
  ['accuracy', 'accuracy'],
  ['f1_macro', 'F1 macro'],
  ['f1_weighted', 'F1 weighted'],
  ['auc', 'AUC'],
  ['log_loss', 'log loss'],
  ['rmse', 'RMSE'],
  ['mae', 'MAE'],
  ['r2', 'R2'],
  ['spearman', 'Spearman'],
]

const BEFORE: Readonly<Record<string, string>> = {
  majority: 'before: majority class',
  mean: 'before: mean of the rows',
  ngram: 'before: n-gram model',
  probe: 'before: linear probe',
}

export const runName = ({ seed, fold }: Pick<SeriesRun, 'seed' | 'fold'>, seeds: number): string =>
  fold === null ? `seed ${seed}` : seeds > 1 ? `seed ${seed}, fold ${fold}` : `fold ${fold}`

/** The runs that are done, then mean and deviation of all models, then what they say. */
export function seriesText(runs: readonly SeriesRun[], summary: SeriesSummary): string {
  const seeds = new Set(runs.map(({ seed }) => seed)).size
  const columns = SCORES.filter(([key]) => key in summary.test)
  const done = runs.flatMap((run) => (run.test === null ? [] : [{ run, test: run.test }]))
  const each = table([
    ['test rows', ...columns.map(([, name]) => name)],
    ...done.map(({ run, test }) => [
      runName(run, seeds),
      ...columns.map(([key]) => decimal(scoreOf(test, key))),
    ]),
  ])
  const models = [
    ...Object.entries(summary.before).map(([name, scores]) => [BEFORE[name] ?? name, scores] as const),
    [`after:  ${summary.before.ngram ? 'fine-tuned' : 'n-gram model'}`, summary.test] as const,
  ]
  const all = table([
    [`mean ± deviation of ${summary.runs}`, ...columns.map(([, name]) => name)],
    ...models.map(([name, scores]) => [name, ...columns.map(([key]) => spread(scores[key] ?? null))]),
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
      ? `${Math.abs(100 * average).toFixed(1)} points of accuracy`
      : `${decimal(Math.abs(average))} of RMSE`
  const rivalName = (BEFORE[rival] ?? rival).replace('before: ', '')
  const own = summary.before.ngram ? 'fine-tuned model' : 'n-gram model'
  const side = average < 0 ? 'worse' : 'better'
  return `The ${own} is better than the ${rivalName} in ${better} of ${differences.length} runs, and on average ${side} by ${amount}.`
}
