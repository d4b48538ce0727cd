import type { Tensor4D } from '@tensorflow/tfjs-core'
import { t } from '../../../shared/l10n.ts'
import { intAttribute, intsAttribute, stringAttribute } from '../../onnx/attributes.ts'
import { type Call, notHere, type Operator, type Operators, type TfTensor } from './operator.ts'

type Pair = [number, number]

/** How a window moves over one or two spatial axes; the second of one is of length 1. */
interface Window {
  readonly strides: Pair
  readonly dilations: Pair
  /** Zeros before and behind each axis. */
  readonly pads: readonly [before: Pair, behind: Pair]
  readonly extra: Pair
}

const windowOf = ({ node, input }: Call): Window => {
  const spatial = input(0).rank - 2
  const padding = stringAttribute(node, 'auto_pad', 'NOTSET')
  if (spatial < 1 || spatial > 2) throw notHere(node, t`it is over ${spatial} axes`)
  if (padding !== 'NOTSET' && padding !== 'VALID') throw notHere(node, t`its padding is ${padding}`)
  const pair = (values: readonly number[], otherwise: number): Pair => [
    values[0] ?? otherwise,
    values[1] ?? otherwise,
  ]
  const pads = intsAttribute(node, 'pads') ?? []
  return {
    strides: pair(intsAttribute(node, 'strides') ?? [], 1),
    dilations: pair(intsAttribute(node, 'dilations') ?? [], 1),
    pads: [pair(pads.slice(0, spatial), 0), pair(pads.slice(spatial), 0)],
    extra: pair(intsAttribute(node, 'output_padding') ?? [], 0),
  }
}

const isFour = (x: TfTensor): x is Tensor4D => x.rank === 4

const four = (x: TfTensor): Tensor4D => {
  if (!isFour(x)) throw new Error(`[${x.shape}] is not of four dimensions`)
  return x
}

/** Moves the axes of [.., .., height, width] to where all backends compute with them; the width of one axis is 1. */
const moved = ({ tf }: Call, x: TfTensor, perm: number[]): Tensor4D =>
  four(tf.transpose(x.rank === 3 ? tf.expandDims(x, 3) : x, perm))

/** [rows, channels, height, width] to [rows, height, width, channels]. */
const LAST = [0, 2, 3, 1]
/** [out, in, height, width] to [height, width, in, out]. */
const KERNEL = [2, 3, 1, 0]

/** The way back, with a value for each channel added where one is given. */
const channelsFirst = ({ tf, input, optional }: Call, y: TfTensor): TfTensor => {
  const bias = optional(2)
  const first = tf.transpose(bias ? tf.add(y, bias) : y, [0, 3, 1, 2])
  return input(0).rank === 3 ? tf.squeeze(first, [3]) : first
}

/** The channels of x, last, in groups with the kernel of each; TensorFlow.js does not differentiate a split into one. */
const byGroups = (
  { tf, node }: Call,
  x: Tensor4D,
  kernel: Tensor4D,
  convolve: (x: Tensor4D, kernel: Tensor4D) => Tensor4D,
): Tensor4D => {
  const groups = intAttribute(node, 'group', 1)
  if (groups === 1) return convolve(x, kernel)
  const kernels = tf.split<Tensor4D>(kernel, groups, 3)
  const parts = tf.split<Tensor4D>(x, groups, 3).map((part, i) => {
    const own = kernels[i]
    if (!own) throw new Error('a group has no kernel')
    return convolve(part, own)
  })
  return tf.concat(parts, 3)
}

/** A kernel for each channel has an operator of its own; other groups are convolved one after another. */
const conv: Operator = (call) => {
  const { tf, node, input } = call
  const { strides, dilations, pads } = windowOf(call)
  if (strides.some((n) => n !== 1) && dilations.some((n) => n !== 1))
    throw notHere(node, t`its kernel is dilated, and it has strides`)
  const [[top, left], [bottom, right]] = pads
  const around: [number, number][] = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]
  const x = four(tf.pad(moved(call, input(0), LAST), around))
  const channels = x.shape[3]
  if (channels > 1 && channels === intAttribute(node, 'group', 1)) {
    const kernel = moved(call, input(1), [2, 3, 0, 1])
    const [height, width, out] = kernel.shape
    const each = four(tf.reshape(kernel, [height, width, channels, out / channels]))
    return channelsFirst(call, tf.depthwiseConv2d(x, each, strides, 'valid', 'NHWC', dilations))
  }
  const y = byGroups(call, x, moved(call, input(1), KERNEL), (part, kernel) =>
    tf.conv2d(part, kernel, strides, 'valid', 'NHWC', dilations),
  )
  return channelsFirst(call, y)
}

/** Every element spreads the kernel; what is beyond the pads is cut off. */
const convTranspose: Operator = (call) => {
  const { tf, node, input } = call
  const { strides, dilations, pads, extra } = windowOf(call)
  if (dilations.some((n) => n !== 1)) throw notHere(node, t`its kernel is dilated`)
  if (node.attributes.has('output_shape')) throw notHere(node, t`it names the shape of its result`)
  const spread = byGroups(
    call,
    moved(call, input(0), LAST),
    moved(call, input(1), KERNEL),
    (part, kernel) => {
      const [rows, above, beside] = part.shape
      const [height, width, out] = kernel.shape
      const [down, across] = strides
      const shape: [number, number, number, number] = [
        rows,
        (above - 1) * down + height,
        (beside - 1) * across + width,
        out,
      ]
      return tf.conv2dTranspose(part, kernel, shape, strides, 'valid')
    },
  )
  const whole = four(
    tf.pad(spread, [
      [0, 0],
      [0, extra[0]],
      [0, extra[1]],
      [0, 0],
    ]),
  )
  const [[top, left], [bottom, right]] = pads
  const [rows, height, width, channels] = whole.shape
  const cut = tf.slice(
    whole,
    [0, top, left, 0],
    [rows, height - top - bottom, width - left - right, channels],
  )
  return channelsFirst(call, cut)
}

export const convolution: Operators = {
  Conv: conv,
  ConvTranspose: convTranspose,
  GlobalAveragePool: ({ tf, input }) =>
    tf.mean(
      input(0),
      input(0)
        .shape.map((_, axis) => axis)
        .slice(2),
      true,
    ),
}
