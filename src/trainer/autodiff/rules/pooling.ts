import { t } from '../../../shared/l10n.ts'
import { floatAttribute, intAttribute, intsAttribute } from '../../onnx/attributes.ts'
import { elementCount } from '../../onnx/elements.ts'
import type { GraphBuilder } from '../builder.ts'
import { type Gradient, type RuleContext, type Rules, rule, unsupported } from '../rule.ts'
import { scatterAdd } from './place.ts'
import { type Window, windowOf } from './window.ts'

const poolWindow = ({ b, y, node, dims }: RuleContext): Window =>
  windowOf(node, intsAttribute(node, 'kernel_shape') ?? [], dims(0).slice(2), b.dims(y).slice(2))

/** Hands each element of g to all places of its window, which may overlap: ConvTranspose with a kernel of ones. */
const spread = (b: GraphBuilder, g: string, dims: readonly number[], window: Window): string => {
  const [rows = 1, channels = 1, ...space] = dims
  const planes = b.reshape(g, [rows * channels, 1, ...b.dims(g).slice(2)])
  const ones = b.expand(b.scalar(1), [1, 1, ...window.kernel])
  const made = b.one(
    'ConvTranspose',
    [planes, ones],
    { type: b.value(g).type, dims: [rows * channels, 1, ...space] },
    {
      kernel_shape: window.kernel,
      strides: window.strides,
      dilations: window.dilations,
      pads: [...window.before, ...window.after.map((n) => Math.max(n, 0))],
      output_padding: window.after.map((n) => Math.max(-n, 0)),
    },
  )
  return b.reshape(made, dims)
}

/** How many places of each window lie inside. */
const inside = (window: Window, wide: readonly number[], narrow: readonly number[]): readonly number[] => {
  const along = narrow.map((n, i) => {
    const { kernel, strides, dilations, before } = window
    return Array.from({ length: n }, (_, stop) => {
      const start = stop * (strides[i] ?? 1) - (before[i] ?? 0)
      const places = Array.from({ length: kernel[i] ?? 1 }, (_, k) => start + k * (dilations[i] ?? 1))
      return places.filter((place) => place >= 0 && place < (wide[i] ?? 0)).length
    })
  })
  return along.reduce<readonly number[]>(
    (counts, axis) => counts.flatMap((count) => axis.map((n) => count * n)),
    [1],
  )
}

/** What a window divides by, the operator itself says: its mean of ones is the share of places inside. */
const averagePool: Gradient = (context) => [
  () => {
    const { b, g, node, dims } = context
    const window = poolWindow(context)
    const [wide, narrow] = [dims(0).slice(2), b.dims(g).slice(2)]
    const counts = b.floats([1, 1, ...narrow], inside(window, wide, narrow))
    const { type } = b.value(g)
    const share = b.one(
      node.op,
      [b.expand(b.scalar(1), [1, 1, ...wide])],
      { type, dims: [1, 1, ...narrow] },
      Object.fromEntries(node.attributes),
    )
    return spread(b, b.mul(g, b.div(share, counts)), dims(0), window)
  },
]

const maxPool: Gradient = ({ b, g, node, dims }) => [
  () => {
    if (intAttribute(node, 'storage_order', 0) === 1) throw unsupported(node, t`it counts places by columns`)
    const count = elementCount(b.dims(g))
    const places = b.extraOutput(node, 1, { type: 'int64', dims: b.dims(g) })
    const total = elementCount(dims(0))
    return b.reshape(scatterAdd(b, [total], 0, b.reshape(places, [count]), b.reshape(g, [count])), dims(0))
  },
]

/** g y^(1-p), and 0 where y is. */
const overNorm = (b: GraphBuilder, g: string, y: string, p: number): string =>
  b.where(b.equal(y, b.scalar(0)), b.scalar(0), b.mul(g, b.pow(y, b.scalar(1 - p))))

/** sign(x) |x|^(p-1) */
const innerSlope = (b: GraphBuilder, x: string, p: number): string =>
  p === 2 ? x : b.mul(b.sign(x), b.pow(b.unary('Abs', x), b.scalar(p - 1)))

const power = (node: RuleContext['node']): number => floatAttribute(node, 'p', intAttribute(node, 'p', 2))

const lpPool: Gradient = (context) => [
  () => {
    const { b, g, x, y, node, dims } = context
    const p = power(node)
    return b.mul(spread(b, overNorm(b, g, y, p), dims(0), poolWindow(context)), innerSlope(b, x, p))
  },
]

const globalMax: Gradient = ({ b, g, x, y, dims }) => [
  () => {
    const axes = dims(0).flatMap((_, i) => (i > 1 ? [i] : []))
    const hits = b.cast(b.equal(x, y), 'float32')
    return b.mul(hits, b.div(g, b.sum(hits, axes)))
  },
]

const SPREAD = 'spread over its window by ConvTranspose with ones'

export const pooling: Rules = {
  AveragePool: rule('x', `g / count ${SPREAD}`, averagePool),
  MaxPool: rule('x', 'g added up at the places that the operator names', maxPool, 'with storage_order 1'),
  LpPool: rule('x', `sign(x) |x|^(p-1) times g y^(1-p) ${SPREAD}`, lpPool),
  GlobalAveragePool: rule('x', 'g / count', ({ b, g, dims }) => [
    () => {
      const share = b.scalar(1 / elementCount(dims(0).slice(2)))
      return b.expand(b.mul(g, share), dims(0))
    },
  ]),
  GlobalMaxPool: rule('x', 'g where x equals y, shared evenly by the elements that do', globalMax),
  GlobalLpPool: rule('x', 'sign(x) |x|^(p-1) g y^(1-p)', ({ b, g, x, y, node }) => [
    () => b.mul(overNorm(b, g, y, power(node)), innerSlope(b, x, power(node))),
  ]),
}
