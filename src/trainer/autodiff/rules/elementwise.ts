import type { GraphBuilder } from '../builder.ts'
import type { Rule, Rules } from '../rule.ts'

/** y = extreme(x0, x1, ...): the gradient is shared evenly by the inputs that equal the result. */
const extreme: Rule = ({ b, node, g, y }) => {
  const isResult = (name: string) => b.cast(b.equal(name, y), 'float32')
  const ties = () => node.inputs.map(isResult).reduce((sum, part) => b.add(sum, part))
  return node.inputs.map((name) => () => b.div(b.mul(g, isResult(name)), ties()))
}

const within = (
  b: GraphBuilder,
  x: string,
  low: string | undefined,
  high: string | undefined,
): string | null => {
  const above = low ? b.greaterOrEqual(x, low) : null
  const below = high ? b.greaterOrEqual(high, x) : null
  return above && below ? b.and(above, below) : (above ?? below)
}

/** Operators on elements, broadcast as NumPy does; derivatives from any table of them. */
export const elementwise: Rules = {
  // y = a + b: da = g, db = g
  Add: ({ g }) => [() => g, () => g],
  // y = a - b: da = g, db = -g
  Sub: ({ b, g }) => [() => g, () => b.neg(g)],
  // y = a b: da = g b, db = g a
  Mul: ({ b, g, input }) => [() => b.mul(g, input(1)), () => b.mul(g, input(0))],
  // y = a / b: da = g / b, db = -g y / b
  Div: ({ b, g, y, input }) => [() => b.div(g, input(1)), () => b.neg(b.div(b.mul(g, y), input(1)))],
  // y = x^p: dx = g p x^(p-1), dp = g y log x
  Pow: ({ b, g, x, y, node, input }) => {
    const exponent = () => b.cast(input(1), 'float32')
    const value = b.constants.get(node.inputs[1] ?? '')
    const isSquare = value !== undefined && isTwo(value.data, value.type)
    return [
      () =>
        isSquare
          ? b.mul(g, b.mul(x, b.scalar(2)))
          : b.mul(g, b.mul(exponent(), b.pow(x, b.sub(exponent(), b.scalar(1))))),
      () => b.mul(g, b.mul(y, b.log(x))),
    ]
  },
  Neg: ({ b, g }) => [() => b.neg(g)],
  // y = 1/x: dx = -g y^2
  Reciprocal: ({ b, g, y }) => [() => b.neg(b.mul(g, b.mul(y, y)))],
  // y = sqrt x: dx = g / 2y
  Sqrt: ({ b, g, y }) => [() => b.div(b.mul(g, b.scalar(0.5)), y)],
  Exp: ({ b, g, y }) => [() => b.mul(g, y)],
  Log: ({ b, g, x }) => [() => b.div(g, x)],
  Abs: ({ b, g, x }) => [() => b.mul(g, b.sign(x))],
  Sin: ({ b, g, x }) => [() => b.mul(g, b.unary('Cos', x))],
  Cos: ({ b, g, x }) => [() => b.neg(b.mul(g, b.unary('Sin', x)))],
  Max: extreme,
  Min: extreme,
  // y = x within [low, high], else the bound; the gradient passes on the bounds too, as in PyTorch
  Clip: ({ b, g, x, node }) => [
    () => {
      const inside = within(b, x, node.inputs[1], node.inputs[2])
      return inside ? b.where(inside, g, b.scalar(0)) : g
    },
    null,
    null,
  ],
  // y = c ? a : b
  Where: ({ b, g, input }) => [
    null,
    () => b.where(input(0), g, b.scalar(0)),
    () => b.where(input(0), b.scalar(0), g),
  ],
  // Between float types only: elsewhere no gradient arrives
  Cast: ({ b, g, x }) => [() => b.cast(g, b.value(x).type)],
  Identity: ({ g }) => [() => g],
  // In evaluation mode
  Dropout: ({ g }) => [() => g, null, null],
}

const isTwo = (data: Uint8Array, type: string): boolean => {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  if (type === 'float32') return data.byteLength === 4 && view.getFloat32(0, true) === 2
  if (type === 'int64') return data.byteLength === 8 && view.getBigInt64(0, true) === 2n
  return false
}
