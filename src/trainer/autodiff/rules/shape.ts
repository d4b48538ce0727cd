import { intAttribute, intsAttribute, stringAttribute } from '../../onnx/attributes.ts'
import { type Rule, type Rules, unsupported } from '../rule.ts'
import { scatterAlong } from './indexing.ts'

/** The same elements in other dimensions. */
const reshaped: Rule = ({ b, g, dims }) => [() => b.reshape(g, dims(0)), null]

/** Operators that move elements without changing them. */
export const shape: Rules = {
  Reshape: reshaped,
  Flatten: reshaped,
  Squeeze: reshaped,
  Unsqueeze: reshaped,
  // The accumulator sums over what was broadcast
  Expand: ({ g }) => [() => g, null],
  // The inverse permutation
  Transpose: ({ b, g, node, dims }) => [
    () => {
      const perm = intsAttribute(node, 'perm') ?? dims(0).map((_, i) => dims(0).length - 1 - i)
      return b.transpose(
        g,
        perm.map((_, axis) => perm.indexOf(axis)),
      )
    },
  ],
  // Each part gets its own stretch
  Concat: ({ b, g, node, dims }) => {
    const rank = b.dims(g).length
    const axis = (intAttribute(node, 'axis', 0) + rank) % rank
    let start = 0
    return node.inputs.map((_, i) => {
      const from = start
      start += dims(i)[axis] ?? 0
      const to = start
      return () => b.slice(g, axis, from, to)
    })
  },
  // The parts put together again; a part without gradient is zero
  Split: ({ b, node, gradients, dims }) => [
    () => {
      const rank = dims(0).length
      const axis = (intAttribute(node, 'axis', 0) + rank) % rank
      return b.concat(
        node.outputs.map((name, i) => gradients[i] ?? b.zeros(b.dims(name))),
        axis,
      )
    },
    null,
  ],
  // Zeros around the stretch that was taken
  Slice: ({ b, g, node, dims, constant }) => [
    () => {
      const starts = constant(1) ?? []
      const ends = constant(2) ?? []
      const axes = constant(3) ?? starts.map((_, i) => i)
      const steps = constant(4) ?? starts.map(() => 1)
      let result = g
      for (const [i, listed] of axes.entries()) {
        const rank = dims(0).length
        const axis = (listed + rank) % rank
        const length = dims(0)[axis] ?? 0
        const taken = sliceIndices(length, starts[i] ?? 0, ends[i] ?? length, steps[i] ?? 1)
        if (taken.length !== b.dims(result)[axis]) throw unsupported(node, 'it slices one axis twice')
        if (taken.length !== length) result = scatterAlong(b, result, axis, taken, length)
        else if ((steps[i] ?? 1) < 0) result = scatterAlong(b, result, axis, taken, length)
      }
      return result
    },
    null,
    null,
    null,
    null,
  ],
  // The inner part; zeros where a negative length cut something away
  Pad: ({ b, g, node, dims, constant }) => [
    () => {
      if (stringAttribute(node, 'mode', 'constant') !== 'constant')
        throw unsupported(node, 'it pads with something else than a constant')
      const pads = constant(1) ?? []
      const axes = constant(3) ?? dims(0).map((_, i) => i)
      return axes.reduce((part, listed, i) => {
        const axis = (listed + dims(0).length) % dims(0).length
        const before = pads[i] ?? 0
        const length = dims(0)[axis] ?? 0
        const [start, end] = [Math.max(before, 0), Math.min(before + length, b.dims(part)[axis] ?? 0)]
        const kept = Array.from({ length: end - start }, (_, k) => start - before + k)
        return scatterAlong(b, b.slice(part, axis, start, end), axis, kept, length)
      }, g)
    },
    null,
    null,
    null,
  ],
  // Summed over the repeats
  Tile: ({ b, g, dims, constant }) => [
    () => {
      const repeats = constant(1) ?? []
      const split = dims(0).flatMap((n, i) => [repeats[i] ?? 1, n])
      const axes = dims(0).map((_, i) => 2 * i)
      return b.reshape(b.sum(b.reshape(g, split), axes), dims(0))
    },
    null,
  ],
  // The same triangle
  Trilu: ({ b, g, node }) => [
    () => b.one('Trilu', [g, ...node.inputs.slice(1)], b.value(g), { upper: intAttribute(node, 'upper', 1) }),
    null,
  ],
}

/** The indices that Slice takes from an axis, by the operator's own clamping of starts and ends. */
export const sliceIndices = (length: number, start: number, end: number, step: number): readonly number[] => {
  const from = start < 0 ? start + length : start
  const to = end < 0 ? Math.max(end + length, -1) : end
  const indices: number[] = []
  if (step > 0) for (let i = Math.max(0, from); i < Math.min(length, to); i += step) indices.push(i)
  else for (let i = Math.min(length - 1, from); i > Math.max(-1, to); i += step) indices.push(i)
  return indices
}
