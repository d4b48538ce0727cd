import type { StepColumns } from './columns.ts'

/** Steps that the speed is taken from: what was is no sign of what comes once it is long ago. */
const RECENT = 200

/** Seconds that the steps left would take at the speed of the last ones, validations between them included. null: too few to tell. */
export const secondsLeft = (
  steps: Pick<StepColumns, 'length' | 'step' | 'time'>,
  total: number,
): number | null => {
  const last = steps.length - 1
  const first = Math.max(0, last - RECENT)
  const taken = (steps.step[last] ?? 0) - (steps.step[first] ?? 0)
  const seconds = (steps.time[last] ?? 0) - (steps.time[first] ?? 0)
  if (taken <= 0 || seconds <= 0) return null
  return (seconds / taken) * Math.max(0, total - (steps.step[last] ?? 0))
}

/** Mean of the last values, which jump with the lengths of the texts. null: there are none. */
export const recentMean = (values: Float64Array, count = 20): number | null => {
  const recent = values.subarray(-count)
  return recent.length === 0 ? null : recent.reduce((sum, value) => sum + value, 0) / recent.length
}
