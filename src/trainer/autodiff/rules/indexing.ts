import { intAttribute } from '../../onnx/attributes.ts'
import type { GraphBuilder } from '../builder.ts'
import { type Rules, unsupported } from '../rule.ts'

/**
 * Zeros of `dims` with the elements of `updates` added where `indices` (of the same dimensions) point along
 * `axis`. ScatterElements runs in sequence on the CPU provider, so repeated indices add up; ScatterND does
 * not and loses updates.
 */
const scatterAdd = (
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
    {
      axis,
      reduction: 'add',
    },
  )

/** Places the elements of x at fixed indices of a longer axis; contiguous ones by padding with zeros. */
export const scatterAlong = (
  b: GraphBuilder,
  x: string,
  axis: number,
  indices: readonly number[],
  length: number,
): string => {
  const dims = b.dims(x)
  const target = dims.map((n, i) => (i === axis ? length : n))
  const [first = 0] = indices
  if (indices.every((index, i) => index === first + i)) {
    const zeros = (n: number) => b.zeros(dims.map((d, i) => (i === axis ? n : d)))
    const after = length - first - indices.length
    return b.concat([...(first > 0 ? [zeros(first)] : []), x, ...(after > 0 ? [zeros(after)] : [])], axis)
  }
  const column = b.reshape(
    b.ints(indices),
    dims.map((_, i) => (i === axis ? indices.length : 1)),
  )
  return scatterAdd(b, target, axis, b.expand(column, dims), x)
}

/** Operators that pick elements: the gradient goes back to where they were picked. */
export const indexing: Rules = {
  Gather: ({ b, g, node, dims, input }) => [
    () => {
      const table = dims(0)
      const axis = (intAttribute(node, 'axis', 0) + table.length) % table.length
      const count = dims(1).reduce((product, n) => product * n, 1)
      const picked = table.map((n, i) => (i === axis ? count : n))
      const column = b.reshape(
        input(1),
        picked.map((n, i) => (i === axis ? n : 1)),
      )
      return scatterAdd(b, table, axis, b.expand(column, picked), b.reshape(g, picked))
    },
    null,
  ],
  GatherElements: ({ b, g, node, dims, input }) => [
    () => {
      if (intAttribute(node, 'axis', 0) >= dims(0).length) throw unsupported(node, 'its axis is out of range')
      const axis = (intAttribute(node, 'axis', 0) + dims(0).length) % dims(0).length
      return scatterAdd(b, dims(0), axis, input(1), g)
    },
    null,
  ],
}
