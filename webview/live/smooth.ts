/**
 * The running mean of noisy values, in which a value that is `window` steps old counts for a third. Its start is
 * not drawn towards 0.
 */
export const smoothed = (values: Float64Array, window: number): Float64Array => {
  const keep = 1 - 1 / Math.max(1, window)
  const result = new Float64Array(values.length)
  let sum = 0
  let weight = 0
  for (let i = 0; i < values.length; i++) {
    sum = sum * keep + (values[i] ?? 0)
    weight = weight * keep + 1
    result[i] = sum / weight
  }
  return result
}

/** A fiftieth of the steps of a run, within reason. */
export const smoothingWindow = (steps: number): number => Math.min(200, Math.max(5, Math.round(steps / 50)))
