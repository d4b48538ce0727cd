import { float, floatAttribute, intAttribute, stringAttribute } from '../../onnx/attributes.ts'
import type { GraphBuilder } from '../builder.ts'
import { type Gradient, type Rules, rule } from '../rule.ts'

/** The normal distribution F, and its density f. */
const GELU = 'g (F(x) + x f(x)) of the normal distribution F (Hendrycks and Gimpel, 2016)'
const TANH_GELU =
  'g (1 + t + x (1 - t^2) c (1 + 0.134145 x^2)) / 2, t = tanh(c (x + 0.044715 x^3)), c = sqrt(2/pi) (Hendrycks and Gimpel, 2016)'

/** F + x f in the fewest passes over memory: with u = x / sqrt 2, F = (1 + erf u) / 2 and x f = u / e^(u^2) / sqrt pi. */
const geluSlope = (b: GraphBuilder, x: string): string => {
  const u = b.mul(x, b.scalar(Math.SQRT1_2))
  const distribution = b.one('HardSigmoid', [b.erf(u)], b.value(x), { alpha: float(0.5), beta: float(0.5) })
  // Where the power overflows x f is 0, as it is.
  const bell = b.mul(b.div(u, b.exp(b.mul(u, u))), b.scalar(1 / Math.sqrt(Math.PI)))
  return b.add(distribution, bell)
}

const tanhGeluSlope = (b: GraphBuilder, x: string): string => {
  const c = Math.sqrt(2 / Math.PI)
  const square = b.mul(x, x)
  const inner = b.mul(b.mul(x, b.add(b.mul(square, b.scalar(0.044715)), b.scalar(1))), b.scalar(c))
  const t = b.unary('Tanh', inner)
  const innerSlope = b.add(b.mul(square, b.scalar(3 * 0.044715 * c)), b.scalar(c))
  const bell = b.mul(b.mul(x, b.sub(b.scalar(1), b.mul(t, t))), innerSlope)
  return b.mul(b.add(b.add(t, b.scalar(1)), bell), b.scalar(0.5))
}

const gelu: Gradient = ({ b, g, x, node }) => [
  () =>
    stringAttribute(node, 'approximate', 'none') === 'tanh'
      ? b.mul(g, tanhGeluSlope(b, x))
      : b.mul(g, geluSlope(b, x)),
]

/** y = f(x + bias), the bias optional. */
const biased =
  (slope: (b: GraphBuilder, x: string) => string): Gradient =>
  ({ b, g, x, node }) => {
    let gradient: string | undefined
    const at = () => {
      const bias = node.inputs[1]
      gradient ??= b.mul(g, slope(b, bias ? b.add(x, bias) : x))
      return gradient
    }
    return [at, at]
  }

/** y = x s(a x), s the logistic function. */
const swish =
  (alpha: number): Gradient =>
  ({ b, g, x, y, node }) => [
    () => {
      const a = b.scalar(floatAttribute(node, 'alpha', alpha))
      const s = b.sigmoid(b.mul(x, a))
      return b.mul(g, b.add(s, b.mul(b.mul(y, a), b.sub(b.scalar(1), s))))
    },
  ]
const SWISH = 'g (s + a y (1 - s)), s = sigmoid(a x) (Ramachandran et al., 2017)'

const FACTOR = 1.0507009873554805
const SELU_ALPHA = 1.6732632423543772

/** Activations; y is the node's own output wherever the slope is simpler in it. */
export const activation: Rules = {
  Relu: rule('x', 'g where x > 0, else 0', ({ b, g, x }) => [
    () => b.where(b.greater(x, b.scalar(0)), g, b.scalar(0)),
  ]),
  LeakyRelu: rule('x', 'g where x > 0, else alpha g', ({ b, g, x, node }) => [
    () => b.where(b.greater(x, b.scalar(0)), g, b.mul(g, b.scalar(floatAttribute(node, 'alpha', 0.01)))),
  ]),
  PRelu: rule(
    'x slope',
    'as LeakyRelu; by the slope g x where x < 0 (He et al., 2015)',
    ({ b, g, x, input }) => [
      () => b.where(b.greater(x, b.scalar(0)), g, b.mul(g, input(1))),
      () => b.where(b.greater(x, b.scalar(0)), b.scalar(0), b.mul(g, x)),
    ],
  ),
  ThresholdedRelu: rule('x', 'g where x > alpha, else 0', ({ b, g, x, node }) => [
    () => b.where(b.greater(x, b.scalar(floatAttribute(node, 'alpha', 1))), g, b.scalar(0)),
  ]),
  Elu: rule('x', 'g where x > 0, else g (y + alpha)', ({ b, g, x, y, node }) => [
    () =>
      b.where(b.greater(x, b.scalar(0)), g, b.mul(g, b.add(y, b.scalar(floatAttribute(node, 'alpha', 1))))),
  ]),
  Celu: rule('x', 'g where x > 0, else g (y / alpha + 1)', ({ b, g, x, y, node }) => [
    () => {
      const slope = b.add(b.mul(y, b.scalar(1 / floatAttribute(node, 'alpha', 1))), b.scalar(1))
      return b.where(b.greater(x, b.scalar(0)), g, b.mul(g, slope))
    },
  ]),
  Selu: rule(
    'x',
    'gamma g where x > 0, else g (y + alpha gamma) (Klambauer et al., 2017)',
    ({ b, g, x, y, node }) => [
      () => {
        const gamma = floatAttribute(node, 'gamma', FACTOR)
        const below = b.add(y, b.scalar(gamma * floatAttribute(node, 'alpha', SELU_ALPHA)))
        return b.mul(g, b.where(b.greater(x, b.scalar(0)), b.scalar(gamma), below))
      },
    ],
  ),
  Softplus: rule('x', 'g sigmoid(x)', ({ b, g, x }) => [() => b.mul(g, b.sigmoid(x))]),
  Softsign: rule('x', 'g (1 - |y|)^2', ({ b, g, y }) => [
    () => {
      const rest = b.sub(b.scalar(1), b.unary('Abs', y))
      return b.mul(g, b.mul(rest, rest))
    },
  ]),
  Sigmoid: rule('x', 'g y (1 - y)', ({ b, g, y }) => [() => b.mul(g, b.mul(y, b.sub(b.scalar(1), y)))]),
  HardSigmoid: rule('x', 'alpha g where 0 < y < 1, else 0', ({ b, g, y, node }) => [
    () => {
      const inside = b.and(b.greater(y, b.scalar(0)), b.greater(b.scalar(1), y))
      return b.where(inside, b.mul(g, b.scalar(floatAttribute(node, 'alpha', 0.2))), b.scalar(0))
    },
  ]),
  HardSwish: rule(
    'x',
    'g where x > 3, g (x / 3 + 1/2) where x > -3, else 0 (Howard et al., 2019)',
    ({ b, g, x }) => [
      () => {
        const middle = b.mul(g, b.add(b.mul(x, b.scalar(1 / 3)), b.scalar(0.5)))
        const low = b.where(b.greater(x, b.scalar(-3)), middle, b.scalar(0))
        return b.where(b.greater(x, b.scalar(3)), g, low)
      },
    ],
  ),
  Swish: rule('x', SWISH, swish(1)),
  Mish: rule('x', 'g (t + x (1 - t^2) sigmoid(x)), t = tanh(softplus(x)) (Misra, 2019)', ({ b, g, x }) => [
    () => {
      const t = b.unary('Tanh', b.unary('Softplus', x))
      return b.mul(g, b.add(t, b.mul(b.mul(x, b.sub(b.scalar(1), b.mul(t, t))), b.sigmoid(x))))
    },
  ]),
  Shrink: rule('x', 'g where |x| > lambd, else 0', ({ b, g, x, node }) => [
    () => {
      const threshold = b.scalar(floatAttribute(node, 'lambd', 0.5))
      return b.where(b.greater(b.unary('Abs', x), threshold), g, b.scalar(0))
    },
  ]),
  Tanh: rule('x', 'g (1 - y^2)', ({ b, g, y }) => [() => b.mul(g, b.sub(b.scalar(1), b.mul(y, y)))]),
  Erf: rule('x', '2/sqrt(pi) g e^(-x^2)', ({ b, g, x }) => [
    () => b.mul(b.mul(g, b.scalar(2 / Math.sqrt(Math.PI))), b.exp(b.neg(b.mul(x, x)))),
  ]),
  Gelu: rule('x', GELU, gelu),
  'com.microsoft.Gelu': rule('x', GELU, gelu),
  'com.microsoft.BiasGelu': rule('x bias', `as Gelu, of x + bias`, biased(geluSlope)),
  'com.microsoft.FastGelu': rule('x bias', `${TANH_GELU}, of x + bias`, biased(tanhGeluSlope)),
  'com.microsoft.QuickGelu': rule('x', SWISH, swish(1.702)),
  Softmax: rule('x', 'y (g - sum(g y))', ({ b, g, y, node }) => [
    () => {
      const weighted = b.mul(g, y)
      return b.sub(weighted, b.mul(y, b.sum(weighted, [intAttribute(node, 'axis', -1)])))
    },
  ]),
  LogSoftmax: rule('x', 'g - e^y sum(g)', ({ b, g, y, node }) => [
    () => b.sub(g, b.mul(b.exp(y), b.sum(g, [intAttribute(node, 'axis', -1)]))),
  ]),
  Hardmax: rule('[x]', '0 almost everywhere', () => [null]),
}
