import { t } from '../../../shared/l10n.ts'
import { intAttribute, stringAttribute } from '../../onnx/attributes.ts'
import { elementCount } from '../../onnx/elements.ts'
import { type Gradient, type RuleContext, type Rules, rule, unsupported } from '../rule.ts'
import { scatterAdd, scatterAlong } from './place.ts'

const axisOf = ({ node, dims }: RuleContext, otherwise = 0): number => {
  const rank = dims(0).length
  const axis = intAttribute(node, 'axis', otherwise)
  if (axis >= rank || axis < -rank) throw unsupported(node, t`its axis is out of range`)
  return (axis + rank) % rank
}

const gather: Gradient = (context) => [
  () => {
    const { b, g, dims, input } = context
    const axis = axisOf(context)
    const picked = dims(0).with(axis, elementCount(dims(1)))
    const column = b.reshape(
      input(1),
      picked.map((n, i) => (i === axis ? n : 1)),
    )
    return scatterAdd(b, dims(0), axis, b.expand(column, picked), b.reshape(g, picked))
  },
  null,
]

/**
 * Places that GatherND and ScatterND point at: data as [batch, places, rest], and the place of each tuple of
 * indices as [batch, tuples].
 */
const tuples = ({ b, input, dims }: RuleContext, batchRank: number) => {
  const data = dims(0)
  const depth = dims(1).at(-1) ?? 0
  const batch = elementCount(data.slice(0, batchRank))
  const indexed = data.slice(batchRank, batchRank + depth)
  const rest = elementCount(data.slice(batchRank + depth))
  const count = elementCount(dims(1).slice(0, -1)) / Math.max(batch, 1)
  const strides = indexed.map((_, i) => elementCount(indexed.slice(i + 1)))
  const whole = b.cast(input(1), 'int64')
  const from = b.add(whole, b.mul(b.cast(b.greater(b.ints([0]), whole), 'int64'), b.ints(indexed)))
  const places = b.reshape(b.sum(b.mul(from, b.ints(strides)), [-1]), [batch, count])
  return { batch, indexed: elementCount(indexed), rest, count, places }
}

const gatherND: Gradient = (context) => [
  () => {
    const { b, g, node, dims } = context
    const { batch, indexed, rest, count, places } = tuples(context, intAttribute(node, 'batch_dims', 0))
    const picked = [batch, count, rest]
    const column = b.expand(b.reshape(places, [batch, count, 1]), picked)
    return b.reshape(scatterAdd(b, [batch, indexed, rest], 1, column, b.reshape(g, picked)), dims(0))
  },
  null,
]

const REPLACED =
  'by the data g with zeros where updates went, or g where they were added; by the updates g at their places'
const ONLY_ADD = 'where updates are multiplied, or the largest or smallest kept'

const reductionOf = ({ node }: RuleContext): 'none' | 'add' => {
  const reduction = stringAttribute(node, 'reduction', 'none')
  if (reduction === 'none' || reduction === 'add') return reduction
  throw unsupported(node, t`its reduction is ${reduction}`)
}

const scatterElements: Gradient = (context) => {
  const { b, g, dims, input } = context
  const reduction = reductionOf(context)
  const axis = axisOf(context)
  return [
    () =>
      reduction === 'add'
        ? g
        : b.one('ScatterElements', [g, input(1), b.zeros(dims(2))], b.value(g), { axis }),
    null,
    () => b.one('GatherElements', [g, input(1)], { type: b.value(g).type, dims: dims(2) }, { axis }),
  ]
}

const scatterND: Gradient = (context) => {
  const { b, g, dims, input } = context
  const reduction = reductionOf(context)
  return [
    () => (reduction === 'add' ? g : b.one('ScatterND', [g, input(1), b.zeros(dims(2))], b.value(g))),
    null,
    () => b.one('GatherND', [g, input(1)], { type: b.value(g).type, dims: dims(2) }),
  ]
}

const topK: Gradient = (context) => [
  () => {
    const { b, g, node, dims } = context
    const places = b.extraOutput(node, 1, { type: 'int64', dims: b.dims(g) })
    return scatterAdd(b, dims(0), axisOf(context, -1), places, g)
  },
  null,
]

const compress: Gradient = (context) => [
  () => {
    const { b, g, node, dims, constant } = context
    const kept = (constant(1) ?? []).flatMap((isKept, i) => (isKept ? [i] : []))
    if (node.attributes.has('axis')) {
      const axis = axisOf(context)
      return scatterAlong(b, g, axis, kept, dims(0)[axis] ?? 0)
    }
    return b.reshape(scatterAlong(b, g, 0, kept, elementCount(dims(0))), dims(0))
  },
  null,
]

/** The same sum from the other end: dx_i is the sum of the g_j whose y_j holds x_i. */
const cumSum: Gradient = ({ b, g, node, input }) => [
  () =>
    b.one('CumSum', [g, input(1)], b.value(g), {
      exclusive: intAttribute(node, 'exclusive', 0),
      reverse: 1 - intAttribute(node, 'reverse', 0),
    }),
  null,
]

/** Operators that pick elements: the gradient goes back to where they were picked. */
export const indexing: Rules = {
  Gather: rule('data [indices]', 'g added up where it was picked from', gather),
  GatherElements: rule('data [indices]', 'g added up where it was picked from', (context) => [
    () => scatterAdd(context.b, context.dims(0), axisOf(context), context.input(1), context.g),
    null,
  ]),
  GatherND: rule('data [indices]', 'g added up where it was picked from', gatherND),
  ScatterElements: rule('data [indices] updates', REPLACED, scatterElements, ONLY_ADD),
  ScatterND: rule('data [indices] updates', REPLACED, scatterND, ONLY_ADD),
  TopK: rule('x [k]', 'g at the places of the values kept', topK),
  Compress: rule(
    'x [condition]',
    'g at the places kept',
    compress,
    'with a condition computed from the data',
  ),
  CumSum: rule('x [axis]', 'CumSum of g from the other end', cumSum),
}
