import { t } from '../../../shared/l10n.ts'
import { intAttribute, intsAttribute, stringAttribute } from '../../onnx/attributes.ts'
import { type Gradient, type Rule, type RuleContext, type Rules, rule, unsupported } from '../rule.ts'
import { scatterAlong } from './place.ts'

/** The same elements in other dimensions. */
const reshaped: Rule = rule('x [shape]', 'g in the dimensions of x', ({ b, g, dims }) => [
  () => b.reshape(g, dims(0)),
  null,
])

const concat: Gradient = ({ b, g, node, dims }) => {
  const rank = b.dims(g).length
  const axis = (intAttribute(node, 'axis', 0) + rank) % rank
  let start = 0
  return node.inputs.map((_, i) => {
    const from = start
    start += dims(i)[axis] ?? 0
    const to = start
    return () => b.slice(g, axis, from, to)
  })
}

const split: Gradient = ({ b, node, gradients, dims }) => [
  () => {
    const rank = dims(0).length
    const axis = (intAttribute(node, 'axis', 0) + rank) % rank
    return b.concat(
      node.outputs.map((name, i) => gradients[i] ?? b.zeros(b.dims(name))),
      axis,
    )
  },
  null,
]

const slice: Gradient = ({ b, g, node, dims, constant }) => [
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
      const step = steps[i] ?? 1
      const taken = sliceIndices(length, starts[i] ?? 0, ends[i] ?? length, step)
      if (taken.length !== b.dims(result)[axis]) throw unsupported(node, t`it slices one axis twice`)
      if (taken.length !== length || step < 0) result = scatterAlong(b, result, axis, taken, length)
    }
    return result
  },
  null,
  null,
  null,
  null,
]

/** Which element of an axis each place of the padded one repeats; null where the constant stands. */
const paddedFrom = (mode: string, length: number, before: number, after: number): (number | null)[] => {
  const period = Math.max(1, 2 * (length - 1))
  const repeated: Readonly<Record<string, (i: number) => number | null>> = {
    constant: (i) => (i < 0 || i >= length ? null : i),
    edge: (i) => Math.min(Math.max(i, 0), length - 1),
    reflect: (i) => {
      const within = ((i % period) + period) % period
      return within < length ? within : period - within
    },
    wrap: (i) => ((i % length) + length) % length,
  }
  const from = repeated[mode]
  return from ? Array.from({ length: before + length + after }, (_, i) => from(i - before)) : []
}

const pad: Gradient = ({ b, g, node, dims, constant }) => [
  () => {
    const rank = dims(0).length
    const pads = constant(1) ?? []
    const axes = constant(3) ?? dims(0).map((_, i) => i)
    const mode = stringAttribute(node, 'mode', 'constant')
    return axes.reduce((part, listed, i) => {
      const axis = (listed + rank) % rank
      const length = dims(0)[axis] ?? 0
      const from = paddedFrom(mode, length, pads[i] ?? 0, pads[i + axes.length] ?? 0)
      if (from.length !== b.dims(part)[axis]) throw unsupported(node, t`its mode is ${mode}`)
      if (from.length === length && from.every((index, k) => index === k)) return part
      const first = from.findIndex((index) => index !== null)
      const places = from.filter((index) => index !== null)
      const kept = b.slice(part, axis, first, first + places.length)
      return scatterAlong(b, kept, axis, places, length)
    }, g)
  },
  null,
  null,
  null,
]

const tile: Gradient = ({ b, g, dims, constant }) => [
  () => {
    const repeats = constant(1) ?? []
    const divided = dims(0).flatMap((n, i) => [repeats[i] ?? 1, n])
    const axes = dims(0).map((_, i) => 2 * i)
    return b.reshape(b.sum(b.reshape(g, divided), axes), dims(0))
  },
  null,
]

/** Splits an axis pair of [rows, channels, height, width] as the operator does, back to front. */
const fromSpace = ({ b, g, node, dims }: RuleContext): string => {
  const [n = 1, c = 1, h = 1, w = 1] = dims(0)
  const size = intAttribute(node, 'blocksize', 1)
  const blocks = b.reshape(g, [n, c / size ** 2, h, size, w, size])
  const perm = stringAttribute(node, 'mode', 'DCR') === 'CRD' ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4]
  return b.reshape(b.transpose(blocks, perm), dims(0))
}

const toSpace = ({ b, g, node, dims }: RuleContext): string => {
  const [n = 1, c = 1, h = 1, w = 1] = dims(0)
  const size = intAttribute(node, 'blocksize', 1)
  const blocks = b.reshape(g, [n, size, size, c, h / size, w / size])
  return b.reshape(b.transpose(blocks, [0, 3, 4, 1, 5, 2]), dims(0))
}

/** Operators that move elements without changing them. */
export const shape: Rules = {
  Reshape: reshaped,
  Flatten: rule('x', 'g in the dimensions of x', ({ b, g, dims }) => [() => b.reshape(g, dims(0))]),
  Squeeze: reshaped,
  Unsqueeze: reshaped,
  Expand: rule('x [shape]', 'g, summed over what was broadcast', ({ g }) => [() => g, null]),
  Transpose: rule('x', 'g by the inverse permutation', ({ b, g, node, dims }) => [
    () => {
      const perm = intsAttribute(node, 'perm') ?? dims(0).map((_, i) => dims(0).length - 1 - i)
      return b.transpose(
        g,
        perm.map((_, axis) => perm.indexOf(axis)),
      )
    },
  ]),
  Concat: rule('x...', 'its own stretch of g', concat),
  Split: rule('x [split]', 'the parts put together again, one without a gradient as zeros', split),
  Slice: rule('x [starts] [ends] [axes] [steps]', 'zeros around and between what was taken', slice),
  Pad: rule(
    'x [pads] [value] [axes]',
    'the inner part, and added to it what its edges were copied to; zeros where a negative length cut',
    pad,
  ),
  Tile: rule('x [repeats]', 'g summed over the repeats', tile),
  Trilu: rule('x [k]', 'the same triangle of g', ({ b, g, node }) => [
    () => b.one('Trilu', [g, ...node.inputs.slice(1)], b.value(g), { upper: intAttribute(node, 'upper', 1) }),
    null,
  ]),
  DepthToSpace: rule('x', 'g moved back', (context) => [() => fromSpace(context)]),
  SpaceToDepth: rule('x', 'g moved back', (context) => [() => toSpace(context)]),
  ReverseSequence: rule('x [lengths]', 'g reversed likewise', ({ b, g, node, input }) => [
    () =>
      b.one('ReverseSequence', [g, input(1)], b.value(g), {
        batch_axis: intAttribute(node, 'batch_axis', 1),
        time_axis: intAttribute(node, 'time_axis', 0),
      }),
    null,
  ]),
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
