import { t } from '../../../shared/l10n.ts'
import type { GraphBuilder } from '../builder.ts'
import { type Gradient, type Rules, rule, unsupported } from '../rule.ts'

/** y = extreme(x0, x1, ...) */
const extreme: Gradient = ({ b, node, g, y }) => {
  const isResult = (name: string) => b.cast(b.equal(name, y), 'float32')
  const ties = () => node.inputs.map(isResult).reduce((sum, part) => b.add(sum, part))
  return node.inputs.map((name) => () => b.div(b.mul(g, isResult(name)), ties()))
}
const SHARED = 'g where x equals y, shared evenly by the inputs that do'

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

const power: Gradient = ({ b, g, x, y, node, input }) => {
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
}

const isTwo = (data: Uint8Array, type: string): boolean => {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  if (type === 'float32') return data.byteLength === 4 && view.getFloat32(0, true) === 2
  if (type === 'int64') return data.byteLength === 8 && view.getBigInt64(0, true) === 2n
  return false
}

/** Piecewise constant: nothing passes. */
const still = rule('[x]', '0 almost everywhere', () => [null])

/** Operators on elements, broadcast as NumPy does; derivatives from any table of them. */
export const elementwise: Rules = {
  Add: rule('a b', 'da = g, db = g', ({ g }) => [() => g, () => g]),
  Sub: rule('a b', 'da = g, db = -g', ({ b, g }) => [() => g, () => b.neg(g)]),
  Mul: rule('a b', 'da = g b, db = g a', ({ b, g, input }) => [
    () => b.mul(g, input(1)),
    () => b.mul(g, input(0)),
  ]),
  Div: rule('a b', 'da = g / b, db = -g y / b', ({ b, g, y, input }) => [
    () => b.div(g, input(1)),
    () => b.neg(b.div(b.mul(g, y), input(1))),
  ]),
  Mod: rule(
    'a b',
    'da = g, db = g (y - a) / b',
    ({ b, g, y, input }) => [() => g, () => b.div(b.mul(g, b.sub(y, input(0))), input(1))],
    '',
  ),
  Pow: rule('x p', 'dx = g p x^(p-1), dp = g y log x', power),
  Sum: rule('x...', 'dx = g', ({ g, node }) => node.inputs.map(() => () => g)),
  Mean: rule('x...', 'dx = g / count', ({ b, g, node }) =>
    node.inputs.map(() => () => b.mul(g, b.scalar(1 / node.inputs.length))),
  ),
  Neg: rule('x', '-g', ({ b, g }) => [() => b.neg(g)]),
  Reciprocal: rule('x', '-g y^2', ({ b, g, y }) => [() => b.neg(b.mul(g, b.mul(y, y)))]),
  Sqrt: rule('x', 'g / 2y', ({ b, g, y }) => [() => b.div(b.mul(g, b.scalar(0.5)), y)]),
  Exp: rule('x', 'g y', ({ b, g, y }) => [() => b.mul(g, y)]),
  Log: rule('x', 'g / x', ({ b, g, x }) => [() => b.div(g, x)]),
  Abs: rule('x', 'g sign(x)', ({ b, g, x }) => [() => b.mul(g, b.sign(x))]),
  Max: rule('x...', SHARED, extreme),
  Min: rule('x...', SHARED, extreme),
  Clip: rule(
    'x [min] [max]',
    'g within the bounds and on them, as in PyTorch, else 0',
    ({ b, g, x, node }) => [
      () => {
        const inside = within(b, x, node.inputs[1], node.inputs[2])
        return inside ? b.where(inside, g, b.scalar(0)) : g
      },
      null,
      null,
    ],
  ),
  Where: rule('[condition] a b', 'da = g where the condition holds, db = g elsewhere', ({ b, g, input }) => [
    null,
    () => b.where(input(0), g, b.scalar(0)),
    () => b.where(input(0), b.scalar(0), g),
  ]),
  Cast: rule('x', 'g between float types; nothing passes whole numbers', ({ b, g, x }) => [
    () => b.cast(g, b.value(x).type),
  ]),
  CastLike: rule('x [like]', 'as Cast', ({ b, g, x }) => [() => b.cast(g, b.value(x).type), null]),
  Identity: rule('x', 'g', ({ g }) => [() => g]),
  Dropout: rule(
    'x [ratio] [training]',
    'g, as it hands its input on outside of training',
    ({ g, node, constant }) => {
      if (node.inputs[2] && constant(2)?.[0] !== 0) throw unsupported(node, t`it is in training mode`)
      return [() => g, null, null]
    },
    'in training mode',
  ),
  Sign: still,
  Floor: still,
  Ceil: still,
  Round: still,
}
