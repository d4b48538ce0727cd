import type { GraphBuilder } from '../builder.ts'
import { type Rules, rule } from '../rule.ts'

const square = (b: GraphBuilder, x: string): string => b.mul(x, x)
const plusOne = (b: GraphBuilder, x: string): string => b.add(x, b.scalar(1))

/** Circular and hyperbolic functions and their inverses; derivatives from any table of them. */
export const trigonometry: Rules = {
  Sin: rule('x', 'g cos x', ({ b, g, x }) => [() => b.mul(g, b.unary('Cos', x))]),
  Cos: rule('x', '-g sin x', ({ b, g, x }) => [() => b.neg(b.mul(g, b.unary('Sin', x)))]),
  Tan: rule('x', 'g (1 + y^2)', ({ b, g, y }) => [() => b.mul(g, plusOne(b, square(b, y)))]),
  Asin: rule('x', 'g / sqrt(1 - x^2)', ({ b, g, x }) => [
    () => b.div(g, b.sqrt(b.sub(b.scalar(1), square(b, x)))),
  ]),
  Acos: rule('x', '-g / sqrt(1 - x^2)', ({ b, g, x }) => [
    () => b.neg(b.div(g, b.sqrt(b.sub(b.scalar(1), square(b, x))))),
  ]),
  Atan: rule('x', 'g / (1 + x^2)', ({ b, g, x }) => [() => b.div(g, plusOne(b, square(b, x)))]),
  Sinh: rule('x', 'g cosh x', ({ b, g, x }) => [() => b.mul(g, b.unary('Cosh', x))]),
  Cosh: rule('x', 'g sinh x', ({ b, g, x }) => [() => b.mul(g, b.unary('Sinh', x))]),
  Asinh: rule('x', 'g / sqrt(x^2 + 1)', ({ b, g, x }) => [() => b.div(g, b.sqrt(plusOne(b, square(b, x))))]),
  Acosh: rule('x', 'g / sqrt(x^2 - 1)', ({ b, g, x }) => [
    () => b.div(g, b.sqrt(b.sub(square(b, x), b.scalar(1)))),
  ]),
  Atanh: rule('x', 'g / (1 - x^2)', ({ b, g, x }) => [() => b.div(g, b.sub(b.scalar(1), square(b, x)))]),
}
