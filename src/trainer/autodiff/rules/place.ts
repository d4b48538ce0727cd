import type { GraphBuilder } from '../builder.ts'

/**
 * Zeros of `dims` with the elements of `updates` added where `indices` (of the same dimensions) point along
 * `axis`. ScatterElements runs in sequence on the CPU provider, so repeated indices add up; ScatterND does
 * not and loses updates.
 */
export const scatterAdd = (
  b: GraphBuilder,
  dims: readonly number[],
  axis: number,
  indices: string,
  updates: string,
): string =>
  b.one(
    'ScatterElements',
    [b.zeros(dims), indices, updates],
    { type: 'float32', dims },
    { axis, reduction: 'add' },
  )

/**
 * Adds the elements of x up at fixed indices of another axis: those at even distances by zeros between and
 * around them, others by ScatterElements.
 */
export const scatterAlong = (
  b: GraphBuilder,
  x: string,
  axis: number,
  indices: readonly number[],
  length: number,
): string => {
  const dims = b.dims(x)
  const target = dims.map((n, i) => (i === axis ? length : n))
  const [first = 0, second = first + 1] = indices
  const step = second - first
  if (indices.length === 0) return b.zeros(target)
  if (step !== 0 && indices.every((index, i) => index === first + step * i)) {
    if (step < 0) return scatterAlong(b, b.reverse(x, [axis]), axis, indices.toReversed(), length)
    const spread = apart(b, x, axis, step)
    const at = (n: number): readonly number[] => dims.map((_, i) => (i === axis ? n : 0))
    return b.pad(spread, at(first), at(length - first - (b.dims(spread)[axis] ?? 0)))
  }
  const column = b.reshape(
    b.ints(indices),
    dims.map((_, i) => (i === axis ? indices.length : 1)),
  )
  return scatterAdd(b, target, axis, b.expand(column, dims), x)
}

/** Puts `step` - 1 zeros between the elements of an axis. */
const apart = (b: GraphBuilder, x: string, axis: number, step: number): string => {
  if (step === 1) return x
  const dims = b.dims(x)
  const alone = b.reshape(x, [...dims.slice(0, axis + 1), 1, ...dims.slice(axis + 1)])
  const none = b.dims(alone).map(() => 0)
  const filled = b.pad(alone, none, none.with(axis + 1, step - 1))
  const count = dims[axis] ?? 0
  const joined = b.reshape(filled, dims.with(axis, count * step))
  return b.slice(joined, axis, 0, (count - 1) * step + 1)
}
