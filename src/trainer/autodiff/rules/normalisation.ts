import { t } from '../../../shared/l10n.ts'
import { floatAttribute, intAttribute, intsAttribute } from '../../onnx/attributes.ts'
import { elementCount } from '../../onnx/elements.ts'
import type { GraphBuilder } from '../builder.ts'
import { type Gradient, type RuleContext, type Rules, rule, unsupported } from '../rule.ts'

/** From the one that the node names to the last. */
const trailingAxes = ({ node, dims }: RuleContext): readonly number[] => {
  const rank = dims(0).length
  const axis = (intAttribute(node, 'axis', -1) + rank) % rank
  return dims(0).flatMap((_, i) => (i >= axis ? [i] : []))
}

/** Made once, when first asked for. */
const once = (make: () => string): (() => string) => {
  let value: string | undefined
  return () => {
    value ??= make()
    return value
  }
}

/** 1 / sqrt(mean(x^2) + eps) */
const inverseRoot = (b: GraphBuilder, x: string, axes: readonly number[], epsilon: number): string =>
  b.unary('Reciprocal', b.sqrt(b.add(b.mean(b.mul(x, x), axes), b.scalar(epsilon))))

/** dx = r (h - mean(h) - n mean(h n)), where n = (x - mean) r is what was normalised. */
const throughStandard = (
  b: GraphBuilder,
  h: string,
  n: string,
  r: string,
  axes: readonly number[],
): string => {
  const along = b.mul(n, b.mean(b.mul(h, n), axes))
  return b.mul(b.sub(b.sub(h, b.mean(h, axes)), along), r)
}

/**
 * dx = (h - d r^2 mean(h d) - mean(h)) r and dscale = sum(g d r), h = g scale, in the fewest passes over memory: what is
 * summed along rows or columns is a product with a vector.
 *
 * @param d x - mean, or x where the mean is not taken off
 * @param r one a row
 */
const throughNorm = (
  context: RuleContext,
  { d, r, centred }: { d: () => string; r: () => string; centred: boolean },
): readonly [() => string, () => string] => {
  const { b, g, input, dims } = context
  const normalised = trailingAxes(context).map((axis) => dims(0)[axis] ?? 1)
  const width = elementCount(normalised)
  const rows = elementCount(dims(0)) / width
  /** With one axis for those that are normalised over: [..., width]. */
  const flat = (x: string, last = width): string => (normalised.length === 1 ? x : b.reshape(x, [rows, last]))
  const factor = once(() => flat(r(), 1))
  const weighed = once(() => b.mul(g, d()))
  return [
    () => {
      const scale = b.reshape(b.expand(input(1), normalised), [width])
      const share = b.reshape(b.mul(scale, b.scalar(1 / width)), [width, 1])
      const along = b.mul(b.matmul(flat(weighed()), share), b.mul(factor(), factor()))
      const across = b.sub(b.mul(flat(g), scale), b.mul(flat(d()), along))
      const rest = centred ? b.sub(across, b.matmul(flat(g), share)) : across
      return b.reshape(b.mul(rest, factor()), dims(0))
    },
    () => {
      const sum = b.matmul(b.reshape(r(), [1, rows]), b.reshape(weighed(), [rows, width]))
      return b.reshape(sum, normalised)
    },
  ]
}

const layerNormalization: Gradient = (context) => {
  const { b, g, x, node, dims } = context
  const axes = trailingAxes(context)
  const statistics = { type: b.value(x).type, dims: dims(0).map((n, i) => (axes.includes(i) ? 1 : n)) }
  const d = once(() => b.sub(x, b.extraOutput(node, 1, statistics)))
  const r = () => b.extraOutput(node, 2, statistics)
  return [...throughNorm(context, { d, r, centred: true }), () => g]
}

const rootMeanSquare: Gradient = (context) => {
  const { b, x, node } = context
  const r = once(() => inverseRoot(b, x, trailingAxes(context), floatAttribute(node, 'epsilon', 1e-5)))
  return throughNorm(context, { d: () => x, r, centred: false })
}

/** A value for each channel, [C], beside [rows, channels, ...]. */
const perChannel = (b: GraphBuilder, value: string, like: readonly number[]): string =>
  b.reshape(
    value,
    like.map((n, i) => (i === 1 ? n : 1)),
  )

/** Sums all but the channels. */
const overChannels = (b: GraphBuilder, x: string): string =>
  b.sum(
    x,
    b.dims(x).flatMap((_, i) => (i === 1 ? [] : [i])),
    false,
  )

/** The statistics are constants here: those of the data that the model was trained on. */
const batchNormalization: Gradient = ({ b, g, x, node, input, dims }) => {
  if (intAttribute(node, 'training_mode', 0) === 1)
    throw unsupported(node, t`it takes its statistics from the batch`)
  const r = once(() => {
    const variance = b.add(input(4), b.scalar(floatAttribute(node, 'epsilon', 1e-5)))
    return b.unary('Reciprocal', b.sqrt(variance))
  })
  return [
    () => b.mul(g, perChannel(b, b.mul(input(1), r()), dims(0))),
    () => {
      const centred = b.sub(x, perChannel(b, input(3), dims(0)))
      return b.mul(overChannels(b, b.mul(g, centred)), r())
    },
    () => overChannels(b, g),
    null,
    null,
  ]
}

/**
 * Each of `groups` groups of channels of a row is normalised; scale and bias are one a channel, or one a group as
 * GroupNormalization had it before opset 21.
 */
const grouped = ({ b, g, x, node, input, dims }: RuleContext, groups: number): ReturnType<Gradient> => {
  const [rows = 1, channels = 1] = dims(0)
  const each = channels / groups
  const standard = once(() => {
    const parts = b.reshape(x, [
      rows,
      groups,
      dims(0)
        .slice(1)
        .reduce((a, n) => a * n, 1) / groups,
    ])
    return b.sub(parts, b.mean(parts, [2]))
  })
  const r = once(() => inverseRoot(b, standard(), [2], floatAttribute(node, 'epsilon', 1e-5)))
  const n = once(() => b.mul(standard(), r()))
  const perGroup = (dims(1)[0] ?? 0) !== channels
  const scale = (): string =>
    perGroup ? b.reshape(b.expand(b.reshape(input(1), [groups, 1]), [groups, each]), [channels]) : input(1)
  const summed = (value: string): string => {
    const sums = overChannels(b, value)
    return perGroup ? b.sum(b.reshape(sums, [groups, each]), [1], false) : sums
  }
  return [
    () => {
      const h = b.reshape(b.mul(g, perChannel(b, scale(), dims(0))), b.dims(n()))
      return b.reshape(throughStandard(b, h, n(), r(), [2]), dims(0))
    },
    () => summed(b.mul(g, b.reshape(n(), dims(0)))),
    () => summed(g),
  ]
}

const meanVariance: Gradient = ({ b, g, x, node }) => [
  () => {
    const axes = intsAttribute(node, 'axes') ?? [0, 2, 3]
    const centred = b.sub(x, b.mean(x, axes))
    const r = inverseRoot(b, centred, axes, 1e-9)
    return throughStandard(b, g, b.mul(centred, r), r, axes)
  },
]

const lpNormalization: Gradient = ({ b, g, x, y, node }) => [
  () => {
    const axes = [intAttribute(node, 'axis', -1)]
    const manhattan = intAttribute(node, 'p', 2) === 1
    const length = manhattan ? b.reduce('ReduceL1', x, axes, true) : b.reduce('ReduceL2', x, axes, true)
    const along = b.mul(manhattan ? b.sign(x) : y, b.sum(b.mul(g, y), axes))
    return b.div(b.sub(g, along), length)
  },
]

/** Sums over `size` neighbouring channels, `before` of them in front. */
const channelWindow = (b: GraphBuilder, x: string, size: number, before: number): string => {
  const [rows = 1, channels = 1, ...rest] = b.dims(x)
  const planes = b.reshape(x, [rows, 1, channels, rest.reduce((a, n) => a * n, 1)])
  const mean = b.one('AveragePool', [planes], b.value(planes), {
    kernel_shape: [size, 1],
    pads: [before, 0, size - 1 - before, 0],
    count_include_pad: 1,
  })
  return b.reshape(b.mul(mean, b.scalar(size)), b.dims(x))
}

const localResponse: Gradient = ({ b, g, x, y, node }) => [
  () => {
    const size = intAttribute(node, 'size', 1)
    const before = Math.floor((size - 1) / 2)
    const alpha = floatAttribute(node, 'alpha', 1e-4) / size
    const beta = floatAttribute(node, 'beta', 0.75)
    const squares = b.mul(channelWindow(b, b.mul(x, x), size, before), b.scalar(alpha))
    const s = b.add(squares, b.scalar(floatAttribute(node, 'bias', 1)))
    const back = channelWindow(b, b.div(b.mul(g, y), s), size, size - 1 - before)
    const direct = b.mul(g, b.pow(s, b.scalar(-beta)))
    return b.sub(direct, b.mul(b.mul(x, back), b.scalar(2 * alpha * beta)))
  },
]

const STANDARD =
  'dx = r (h - mean(h) - n mean(h n)), dscale = sum(g n), dbias = sum(g); n = (x - mean) r, r = 1 / sqrt(variance + eps), h = g scale'
const RMS =
  'dx = r (h - n mean(h n)), dscale = sum(g n); n = x r, r = 1 / sqrt(mean(x^2) + eps), h = g scale (Zhang and Sennrich, 2019)'

export const normalisation: Rules = {
  LayerNormalization: rule('x scale bias', `${STANDARD} (Ba et al., 2016)`, layerNormalization),
  RMSNormalization: rule('x scale', RMS, rootMeanSquare),
  SimplifiedLayerNormalization: rule('x scale', RMS, rootMeanSquare),
  BatchNormalization: rule(
    'x scale bias [mean] [variance]',
    'dx = g scale r, dscale = sum(g (x - mean) r), dbias = sum(g); r = 1 / sqrt(variance + eps) (Ioffe and Szegedy, 2015, with frozen statistics)',
    batchNormalization,
    'in training mode',
  ),
  InstanceNormalization: rule('x scale bias', `${STANDARD} (Ulyanov et al., 2016)`, (context) =>
    grouped(context, context.dims(0)[1] ?? 1),
  ),
  GroupNormalization: rule('x scale bias', `${STANDARD} (Wu and He, 2018)`, (context) =>
    grouped(context, intAttribute(context.node, 'num_groups', 1)),
  ),
  MeanVarianceNormalization: rule('x', 'as LayerNormalization without scale and bias', meanVariance),
  LpNormalization: rule('x', "(g - y' sum(g y)) / |x|, y' = y for p = 2, sign(x) for p = 1", lpNormalization),
  LRN: rule(
    'x',
    'g s^-b - 2 a b / size x W(g y / s), s = bias + a / size W(x^2), W the sum over neighbouring channels (Krizhevsky et al., 2012)',
    localResponse,
  ),
}
