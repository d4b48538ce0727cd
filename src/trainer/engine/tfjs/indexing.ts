import { t } from '../../../shared/l10n.ts'
import { intAttribute, stringAttribute } from '../../onnx/attributes.ts'
import { elements } from '../tensor.ts'
import {
  type Call,
  notHere,
  type Operator,
  type Operators,
  type TensorFlow,
  type TfTensor,
} from './operator.ts'

/** Indices below 0 count from the end. */
const fromFront = (tf: TensorFlow, indices: TfTensor, length: number): TfTensor =>
  tf.where(tf.less(indices, tf.scalar(0, 'int32')), tf.add(indices, tf.scalar(length, 'int32')), indices)

const gather: Operator = ({ tf, node, input }) => {
  const x = input(0)
  const axis = (intAttribute(node, 'axis', 0) + x.rank) % x.rank
  const indices = fromFront(tf, input(1), x.shape[axis] ?? 0)
  // Flat, as one index alone is none to every backend.
  const picked = tf.gather(x, tf.reshape(indices, [-1]), axis)
  return tf.reshape(picked, [...x.shape.slice(0, axis), ...input(1).shape, ...x.shape.slice(axis + 1)])
}

/** Where in the flattened data each index along `axis` points, flattened. */
const placesAlong = ({ tf, node }: Call, data: TfTensor, indices: TfTensor): TfTensor => {
  const axis = (intAttribute(node, 'axis', 0) + data.rank) % data.rank
  const stride = (shape: readonly number[], at: number): number => elements(shape.slice(at + 1))
  const base = new Int32Array(indices.size)
  for (let i = 0; i < base.length; i++)
    for (const at of indices.shape.keys())
      if (at !== axis) {
        const coordinate = Math.floor(i / stride(indices.shape, at)) % (indices.shape[at] ?? 1)
        base[i] = (base[i] ?? 0) + coordinate * stride(data.shape, at)
      }
  const along = tf.reshape(fromFront(tf, indices, data.shape[axis] ?? 0), [-1])
  const step = tf.scalar(stride(data.shape, axis), 'int32')
  return tf.add(tf.mul(along, step), tf.tensor1d(base, 'int32'))
}

/**
 * `data` [places, rest] with the rows of `updates` [n, rest] put, or added, where `places` [n] points. Not by
 * tensorScatterUpdate, which in the JavaScript backend writes into the data itself.
 */
const scattered = ({ tf, node }: Call, data: TfTensor, places: TfTensor, updates: TfTensor): TfTensor => {
  const reduction = stringAttribute(node, 'reduction', 'none')
  const column = tf.expandDims(places, 1)
  const put = (x: TfTensor): TfTensor => tf.scatterND(column, x, data.shape)
  if (reduction === 'none')
    return tf.where(tf.greater(put(tf.onesLike(updates)), tf.zerosLike(data)), put(updates), data)
  if (reduction === 'add') return tf.add(data, put(updates))
  throw notHere(node, t`its reduction is ${reduction}`)
}

const gatherElements: Operator = (call) => {
  const { tf, input } = call
  const picked = tf.gather(tf.reshape(input(0), [-1]), placesAlong(call, input(0), input(1)))
  return tf.reshape(picked, input(1).shape)
}

const scatterElements: Operator = (call) => {
  const { tf, input } = call
  const flat = (x: TfTensor): TfTensor => tf.reshape(x, [-1])
  const places = placesAlong(call, input(0), input(1))
  return tf.reshape(scattered(call, flat(input(0)), places, flat(input(2))), input(0).shape)
}

/** Data as [places, rest], and the place of each tuple of indices, for GatherND and ScatterND. */
const tuples = ({ tf }: Call, data: TfTensor, indices: TfTensor, batchRank: number) => {
  const depth = indices.shape.at(-1) ?? 0
  const indexed = data.shape.slice(batchRank, batchRank + depth)
  const rest = data.shape.slice(batchRank + depth)
  const batch = elements(data.shape.slice(0, batchRank))
  const strides = indexed.map((_, i) => elements(indexed.slice(i + 1)))
  const lengths = tf.tensor1d(indexed, 'int32')
  const front = tf.where(tf.less(indices, tf.scalar(0, 'int32')), tf.add(indices, lengths), indices)
  const within = tf.sum(tf.mul(front, tf.tensor1d(strides, 'int32')), -1)
  const ofBatch = Array.from({ length: batch }, (_, i) => i * elements(indexed))
  const places = tf.add(tf.reshape(within, [batch, -1]), tf.tensor2d(ofBatch, [batch, 1], 'int32'))
  return {
    data: tf.reshape(data, [batch * elements(indexed), elements(rest)]),
    places: tf.reshape(places, [-1]),
    rest,
  }
}

const gatherND: Operator = (call) => {
  const { tf, node, input } = call
  const { data, places, rest } = tuples(call, input(0), input(1), intAttribute(node, 'batch_dims', 0))
  return tf.reshape(tf.gather(data, places), [...input(1).shape.slice(0, -1), ...rest])
}

const scatterND: Operator = (call) => {
  const { tf, input } = call
  const { data, places, rest } = tuples(call, input(0), input(1), 0)
  const updates = tf.reshape(input(2), [places.size, elements(rest)])
  return tf.reshape(scattered(call, data, places, updates), input(0).shape)
}

const cumSum: Operator = ({ tf, node, input, numbers }) => {
  const { rank } = input(0)
  const axis = ((numbers(1)?.[0] ?? 0) + rank) % rank
  const [exclusive, reverse] = ['exclusive', 'reverse'].map((name) => intAttribute(node, name, 0) === 1)
  return tf.cumsum(input(0), axis, exclusive, reverse)
}

export const indexing: Operators = {
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherND,
  ScatterElements: scatterElements,
  ScatterND: scatterND,
  CumSum: cumSum,
}
