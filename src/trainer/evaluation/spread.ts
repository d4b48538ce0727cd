import type { TaskBefore, TaskScores } from '../../shared/evaluation.ts'
import type { SeriesSummary, Spread, SpreadScores } from '../../shared/series.ts'

/** Mean and standard deviation of the sample; of one value the deviation is 0. */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new Error('no values')
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, deviation: values.length === 1 ? 0 : Math.sqrt(squares / (values.length - 1)) }
}

/** Of each score that all have. */
export function spreadScores(scores: readonly TaskScores[]): SpreadScores {
  const [first] = scores
  if (first === undefined) throw new Error('no scores')
  const all = scores.map((one): ReadonlyMap<string, number | null> => new Map(Object.entries(one)))
  return Object.fromEntries(
    Object.keys(first).map((name) => {
      const values = all.flatMap((one) => one.get(name) ?? [])
      return [name, values.length === scores.length ? spreadOf(values) : null]
    }),
  )
}

/** Over runs of one task, one at least. */
export function summarise(
  runs: readonly { readonly test: TaskScores; readonly before: TaskBefore }[],
): SeriesSummary {
  const befores = runs.map(
    ({ before }): ReadonlyMap<string, TaskScores | null> => new Map(Object.entries(before)),
  )
  const names = [...(befores[0]?.keys() ?? [])]
  return {
    runs: runs.length,
    test: spreadScores(runs.map(({ test }) => test)),
    before: Object.fromEntries(
      names.flatMap((name) => {
        const scores = befores.flatMap((before) => before.get(name) ?? [])
        return scores.length === runs.length ? [[name, spreadScores(scores)] as const] : []
      }),
    ),
  }
}
