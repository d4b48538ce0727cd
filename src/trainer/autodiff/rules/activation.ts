import { floatAttribute, intAttribute, stringAttribute } from '../../onnx/attributes.ts'
import type { GraphBuilder } from '../builder.ts'
import type { Rule, Rules } from '../rule.ts'

/** Gaussian error linear unit, y = x F(x) with the normal distribution F: dx = g (F(x) + x f(x)). Hendrycks and Gimpel, 2016. */
const gelu: Rule = ({ b, g, x, node }) => [
  () =>
    stringAttribute(node, 'approximate', 'none') === 'tanh'
      ? b.mul(g, tanhGeluSlope(b, x))
      : b.mul(g, geluSlope(b, x)),
]

const geluSlope = (b: GraphBuilder, x: string): string => {
  const distribution = b.add(b.mul(b.erf(b.mul(x, b.scalar(Math.SQRT1_2))), b.scalar(0.5)), b.scalar(0.5))
  const density = b.exp(b.mul(b.mul(x, x), b.scalar(-0.5)))
  return b.add(distribution, b.mul(b.mul(x, b.scalar(1 / Math.sqrt(2 * Math.PI))), density))
}

/** Of 0.5 x (1 + t), t = tanh(c (x + 0.044715 x^3)): 0.5 (1 + t) + 0.5 x (1 - t^2) c (1 + 0.134145 x^2). */
const tanhGeluSlope = (b: GraphBuilder, x: string): string => {
  const c = Math.sqrt(2 / Math.PI)
  const square = b.mul(x, x)
  const inner = b.mul(b.mul(x, b.add(b.mul(square, b.scalar(0.044715)), b.scalar(1))), b.scalar(c))
  const t = b.unary('Tanh', inner)
  const innerSlope = b.add(b.mul(square, b.scalar(3 * 0.044715 * c)), b.scalar(c))
  const bell = b.mul(b.mul(x, b.sub(b.scalar(1), b.mul(t, t))), innerSlope)
  return b.mul(b.add(b.add(t, b.scalar(1)), bell), b.scalar(0.5))
}

/** Activations; y is the node's own output wherever the slope is simpler in it. */
export const activation: Rules = {
  Relu: ({ b, g, x }) => [() => b.where(b.greater(x, b.scalar(0)), g, b.scalar(0))],
  LeakyRelu: ({ b, g, x, node }) => [
    () => b.where(b.greater(x, b.scalar(0)), g, b.mul(g, b.scalar(floatAttribute(node, 'alpha', 0.01)))),
  ],
  // y = a (e^x - 1) below 0: slope y + a
  Elu: ({ b, g, x, y, node }) => [
    () =>
      b.where(b.greater(x, b.scalar(0)), g, b.mul(g, b.add(y, b.scalar(floatAttribute(node, 'alpha', 1))))),
  ],
  Softplus: ({ b, g, x }) => [() => b.mul(g, b.sigmoid(x))],
  // slope y (1 - y)
  Sigmoid: ({ b, g, y }) => [() => b.mul(g, b.mul(y, b.sub(b.scalar(1), y)))],
  // slope 1 - y^2
  Tanh: ({ b, g, y }) => [() => b.mul(g, b.sub(b.scalar(1), b.mul(y, y)))],
  // slope 2/sqrt(pi) e^(-x^2)
  Erf: ({ b, g, x }) => [() => b.mul(b.mul(g, b.scalar(2 / Math.sqrt(Math.PI))), b.exp(b.neg(b.mul(x, x))))],
  Gelu: gelu,
  // dx = y (g - sum(g y))
  Softmax: ({ b, g, y, node }) => [
    () => {
      const weighted = b.mul(g, y)
      return b.sub(weighted, b.mul(y, b.sum(weighted, [intAttribute(node, 'axis', -1)])))
    },
  ],
  // dx = g - softmax(x) sum(g)
  LogSoftmax: ({ b, g, y, node }) => [
    () => b.sub(g, b.mul(b.exp(y), b.sum(g, [intAttribute(node, 'axis', -1)]))),
  ],
}
