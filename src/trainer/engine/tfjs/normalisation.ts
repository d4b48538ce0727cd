import { floatAttribute, intAttribute } from '../../onnx/attributes.ts'
import type { Call, Operator, Operators, TensorFlow, TfTensor } from './operator.ts'

const LAYER_EPSILON = 1e-5

/** From the axis that the node names to the last. */
const trailingAxes = ({ node, input }: Call): number[] => {
  const { rank } = input(0)
  const first = (intAttribute(node, 'axis', -1) + rank) % rank
  return Array.from({ length: rank - first }, (_, i) => first + i)
}

/** Over the last axes: (x - mean) / sqrt(variance + eps) scale + bias; mean and inverse deviation as well. */
const layerNormalization: Operator = (call) => {
  const { tf, node, input, optional } = call
  const axes = trailingAxes(call)
  const mean = tf.mean(input(0), axes, true)
  const centred = tf.sub(input(0), mean)
  const variance = tf.mean(tf.square(centred), axes, true)
  const inverse = tf.rsqrt(tf.add(variance, floatAttribute(node, 'epsilon', LAYER_EPSILON)))
  const y = tf.mul(tf.mul(centred, inverse), input(1))
  const bias = optional(2)
  return [bias ? tf.add(y, bias) : y, mean, inverse]
}

const rootMeanSquare: Operator = (call) => {
  const { tf, node, input } = call
  const square = tf.mean(tf.square(input(0)), trailingAxes(call), true)
  const inverse = tf.rsqrt(tf.add(square, floatAttribute(node, 'epsilon', LAYER_EPSILON)))
  return [tf.mul(tf.mul(input(0), inverse), input(1)), inverse]
}

/** A value for each channel, [channels], beside [rows, channels, ...]. */
const perChannel = (tf: TensorFlow, value: TfTensor, like: TfTensor): TfTensor =>
  tf.reshape(
    value,
    like.shape.map((n, axis) => (axis === 1 ? n : 1)),
  )

/** Each channel of each row. */
const instanceNormalization: Operator = ({ tf, node, input }) => {
  const x = input(0)
  const axes = x.shape.map((_, axis) => axis).slice(2)
  const centred = tf.sub(x, tf.mean(x, axes, true))
  const variance = tf.mean(tf.square(centred), axes, true)
  const inverse = tf.rsqrt(tf.add(variance, floatAttribute(node, 'epsilon', LAYER_EPSILON)))
  return tf.add(tf.mul(tf.mul(centred, inverse), perChannel(tf, input(1), x)), perChannel(tf, input(2), x))
}

/** TensorFlow.js computes these over the last axis alone. */
const overAxis =
  (compute: (tf: TensorFlow, x: TfTensor) => TfTensor): Operator =>
  ({ tf, node, input }) => {
    const x = input(0)
    const axis = (intAttribute(node, 'axis', -1) + x.rank) % x.rank
    if (axis === x.rank - 1) return compute(tf, x)
    const perm = x.shape.map((_, i) => (i === axis ? x.rank - 1 : i === x.rank - 1 ? axis : i))
    return tf.transpose(compute(tf, tf.transpose(x, perm)), perm)
  }

export const normalisation: Operators = {
  LayerNormalization: layerNormalization,
  InstanceNormalization: instanceNormalization,
  RMSNormalization: rootMeanSquare,
  SimplifiedLayerNormalization: rootMeanSquare,
  Softmax: overAxis((tf, x) => tf.softmax(x)),
  LogSoftmax: overAxis((tf, x) => tf.logSoftmax(x)),
}
