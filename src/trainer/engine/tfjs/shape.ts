import { t } from '../../../shared/l10n.ts'
import { broadcast } from '../../autodiff/static-graph.ts'
import { intAttribute, intsAttribute, stringAttribute } from '../../onnx/attributes.ts'
import { toNumbers } from '../../onnx/elements.ts'
import { elements } from '../tensor.ts'
import { type Call, notHere, type Operator, type Operators, type TfTensor } from './operator.ts'

/** A length of 0 is that of the input, unless the node says that it is none; one of -1 is what remains. */
const reshape: Operator = ({ tf, node, input, numbers }) => {
  const x = input(0)
  const keeps = intAttribute(node, 'allowzero', 0) === 0
  const shape = (numbers(1) ?? []).map((n, i) => (n === 0 && keeps ? (x.shape[i] ?? 1) : n))
  return tf.reshape(x, shape)
}

const flatten: Operator = ({ tf, node, input }) => {
  const x = input(0)
  const axis = intAttribute(node, 'axis', 1)
  const rows = elements(x.shape.slice(0, axis))
  return tf.reshape(x, [rows, x.size / rows])
}

/** The axes count in the result. */
const unsqueeze: Operator = ({ tf, input, numbers }) => {
  const x = input(0)
  const axes = numbers(1) ?? []
  const rank = x.rank + axes.length
  const added = new Set(axes.map((axis) => (axis + rank) % rank))
  const rest = [...x.shape]
  return tf.reshape(
    x,
    Array.from({ length: rank }, (_, i) => (added.has(i) ? 1 : (rest.shift() ?? 1))),
  )
}

const squeeze: Operator = ({ tf, input, numbers }) => {
  const x = input(0)
  const axes = numbers(1)?.map((axis) => (axis + x.rank) % x.rank)
  return tf.reshape(
    x,
    x.shape.filter((n, i) => (axes ? !axes.includes(i) : n !== 1)),
  )
}

const transpose: Operator = ({ tf, node, input }) => {
  const perm = intsAttribute(node, 'perm')
  return tf.transpose(input(0), perm ? [...perm] : undefined)
}

const concat: Operator = ({ tf, node, input }) =>
  tf.concat(
    node.inputs.map((_, i) => input(i)),
    intAttribute(node, 'axis', 0),
  )

const split: Operator = ({ tf, node, input, numbers }) => {
  const x = input(0)
  const axis = (intAttribute(node, 'axis', 0) + x.rank) % x.rank
  const length = x.shape[axis] ?? 0
  const part = Math.ceil(length / node.outputs.length)
  const sizes = numbers(1) ?? node.outputs.map((_, i) => Math.min(part, length - i * part))
  return tf.split(x, [...sizes], axis)
}

/**
 * One axis after another; an index counts from the end when negative, and ends at the ends. Steps other than 1 pick
 * their elements one by one, which TensorFlow.js can differentiate.
 */
const slice: Operator = ({ tf, input, numbers }) => {
  const [starts, ends] = [numbers(1) ?? [], numbers(2) ?? []]
  const axes = numbers(3) ?? starts.map((_, i) => i)
  const steps = numbers(4) ?? starts.map(() => 1)
  let y = tf.clone(input(0))
  for (const [i, named] of axes.entries()) {
    const axis = (named + y.rank) % y.rank
    const length = y.shape[axis] ?? 0
    const step = steps[i] ?? 1
    const within = (n: number, least: number, most: number): number =>
      Math.max(least, Math.min(most, n < 0 ? n + length : n))
    const [least, most] = step > 0 ? [0, length] : [-1, length - 1]
    const start = within(starts[i] ?? 0, Math.max(least, 0), most)
    const end = within(ends[i] ?? 0, least, most)
    const count = Math.max(0, Math.ceil((end - start) / step))
    if (step === 1) {
      const begin = y.shape.map((_, at) => (at === axis ? start : 0))
      y = tf.slice(
        y,
        begin,
        y.shape.map((n, at) => (at === axis ? count : n)),
      )
    } else {
      const places = Array.from({ length: count }, (_, at) => start + at * step)
      y = tf.gather(y, tf.tensor1d(places, 'int32'), axis)
    }
  }
  return y
}

/** A truth is moved as a whole number where a backend moves numbers alone. */
const asNumbers = ({ tf }: Call, x: TfTensor, move: (x: TfTensor) => TfTensor): TfTensor =>
  x.dtype === 'bool' ? tf.cast(move(tf.cast(x, 'int32')), 'bool') : move(x)

/** Beyond four dimensions by a sum with zeros, as TensorFlow.js differentiates no repeating there. */
const expand: Operator = (call) => {
  const { tf, input, numbers } = call
  const shape = [...broadcast(input(0).shape, numbers(1) ?? [])]
  return asNumbers(call, input(0), (x) =>
    shape.length > 4 ? tf.add(x, tf.zeros(shape, x.dtype)) : tf.broadcastTo(x, shape),
  )
}

const tile: Operator = (call) =>
  asNumbers(call, call.input(0), (x) => call.tf.tile(x, [...(call.numbers(1) ?? [])]))

/** As many before and behind each axis as is said; fewer than none cuts off. */
const pad: Operator = ({ tf, node, input, optional, numbers }) => {
  const x = input(0)
  const mode = stringAttribute(node, 'mode', 'constant')
  const given = numbers(1) ?? []
  const axes = (numbers(3) ?? x.shape.map((_, i) => i)).map((axis) => (axis + x.rank) % x.rank)
  const amounts = (offset: number): readonly number[] =>
    x.shape.map((_, i) => (axes.includes(i) ? (given[offset + axes.indexOf(i)] ?? 0) : 0))
  const [before, behind] = [amounts(0), amounts(axes.length)]
  const begin = before.map((n) => Math.max(0, -n))
  const cut = tf.slice(
    x,
    begin,
    x.shape.map((n, i) => n - (begin[i] ?? 0) - Math.max(0, -(behind[i] ?? 0))),
  )
  const around = before.map((n, i): [number, number] => [Math.max(0, n), Math.max(0, behind[i] ?? 0)])
  if (mode === 'constant') return tf.pad(cut, around, optional(2) ? (numbers(2)?.[0] ?? 0) : 0)
  if (mode === 'reflect') return tf.mirrorPad(cut, around, 'reflect')
  throw notHere(node, t`its mode is ${mode}`)
}

const constantOfShape: Operator = ({ tf, node, numbers }) => {
  const attribute = node.attributes.get('value')
  const shape = [...(numbers(0) ?? [])]
  if (attribute?.kind !== 'tensor') return tf.zeros(shape)
  const { type } = attribute.value
  return tf.fill(
    shape,
    toNumbers(attribute.value)[0] ?? 0,
    type === 'float32' || type === 'bool' ? type : 'int32',
  )
}

/** The part of a matrix from the k-th diagonal on or up to it. */
const triangle: Operator = ({ tf, node, input, numbers }) => {
  const x = input(0)
  const [rows = 1, columns = 1] = x.shape.slice(-2)
  const k = numbers(1)?.[0] ?? 0
  const upper = intAttribute(node, 'upper', 1) === 1
  const kept = Array.from({ length: rows * columns }, (_, at) => {
    const diagonal = (at % columns) - Math.floor(at / columns)
    return upper ? diagonal >= k : diagonal <= k
  })
  const mask = tf.tensor2d(kept, [rows, columns], 'bool')
  return x.dtype === 'bool' ? tf.logicalAnd(x, mask) : tf.mul(x, tf.cast(mask, x.dtype))
}

export const shape: Operators = {
  Reshape: reshape,
  Flatten: flatten,
  Unsqueeze: unsqueeze,
  Squeeze: squeeze,
  Transpose: transpose,
  Concat: concat,
  Split: split,
  Slice: slice,
  Expand: expand,
  Tile: tile,
  Pad: pad,
  Trilu: triangle,
  ConstantOfShape: constantOfShape,
  Shape: ({ tf, input }) => tf.tensor1d(input(0).shape, 'int32'),
  Size: ({ tf, input }) => tf.scalar(input(0).size, 'int32'),
  Range: ({ tf, input, numbers }) => {
    const [start = 0, limit = 0, step = 1] = [0, 1, 2].map((i) => numbers(i)?.[0] ?? 0)
    const count = Math.max(0, Math.ceil((limit - start) / step))
    return tf.tensor1d(
      Array.from({ length: count }, (_, i) => start + i * step),
      input(0).dtype === 'int32' ? 'int32' : 'float32',
    )
  },
}
