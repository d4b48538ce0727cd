import { type WeightedGraph, weightOf } from '../../engine/weights.ts'
import { CHUNK, kernelArrays, kernelOf, vectors } from './kernel.ts'

/**
 * A mean of the weights over the latest steps, by name (Polyak and Juditsky, 1992). What one step overdoes the
 * next undoes: the mean of them generalises better than the weights of any one step. It covers about a share of
 * all steps so far, so that the start, far from the end, is forgotten. It lies in a kernel's memory.
 */
export type RunningMean = ReadonlyMap<string, Float32Array>

/** From this step on, the mean takes every 8th step alone: a pass over all weights is not free. */
const SPARSE_FROM = 64
const STRIDE = 8

export const startMean = (model: WeightedGraph, names: readonly string[]): RunningMean => {
  const arrays = kernelArrays(names.map((name) => weightOf(model, name).length))
  return new Map(
    arrays.map((array, i) => {
      const name = names[i] ?? ''
      array.set(weightOf(model, name))
      return [name, array]
    }),
  )
}

/**
 * The share of the next mean that the weights are; null where the mean stays as it is.
 *
 * @param step that was taken last, from 1
 * @param share of the steps so far that the mean covers, above 0
 */
export const meanShare = (step: number, share: number): number | null => {
  const stride = step < SPARSE_FROM ? 1 : STRIDE
  return step % stride === 0 ? 1 - (1 - 1 / (share * step + 1)) ** stride : null
}

/** The mean after a step; see `meanShare`. */
export const updateMean = (mean: RunningMean, model: WeightedGraph, step: number, share: number): void => {
  const taken = meanShare(step, share)
  if (taken === null) return
  for (const [name, values] of mean) {
    const weights = weightOf(model, name)
    const kernel = kernelOf(values)
    for (let from = 0; from < values.length; from += CHUNK) {
      const part = weights.subarray(from, from + CHUNK)
      kernel.weights.set(part)
      kernel.blend(kernel.weights.byteOffset, values.byteOffset + from * 4, vectors(part.length), taken)
    }
  }
}

/** Does something with the mean in the place of the weights, which come back whatever happens. */
export const withMean = async <T>(
  mean: RunningMean,
  model: WeightedGraph,
  work: () => Promise<T>,
): Promise<T> => {
  exchange(mean, model)
  try {
    return await work()
  } finally {
    exchange(mean, model)
  }
}

const exchange = (mean: RunningMean, model: WeightedGraph): void => {
  for (const [name, values] of mean) {
    const weights = weightOf(model, name)
    const copy = weights.slice()
    weights.set(values)
    values.set(copy)
  }
}
