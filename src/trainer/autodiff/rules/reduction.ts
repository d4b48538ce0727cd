import { intAttribute } from '../../onnx/attributes.ts'
import { type RuleContext, type Rules, rule } from '../rule.ts'
import { normalAxes } from '../static-graph.ts'

/** The reduced axes and a value of the result's size, with these axes kept as length 1. */
const reduced = (context: RuleContext) => {
  const { b, node, dims, constant } = context
  const listed = constant(1) ?? []
  const rank = dims(0).length
  const axes =
    listed.length === 0 && intAttribute(node, 'noop_with_empty_axes', 0) === 1 ? [] : normalAxes(listed, rank)
  const kept = dims(0).map((n, i) => (axes.includes(i) ? 1 : n))
  const count = axes.reduce((product, axis) => product * (dims(0)[axis] ?? 1), 1)
  return { axes, count, keep: (value: string) => b.reshape(value, kept) }
}

/** The gradient by the reduced input from what `reduced` says. */
const reduction = (
  derivative: string,
  gradient: (context: RuleContext, reduced_: ReturnType<typeof reduced>) => string,
) => rule('x [axes]', derivative, (context) => [() => gradient(context, reduced(context)), null])

const SHARED = 'g where x equals y, shared evenly by the elements that do'

const extreme = ({ b, g, x, y }: RuleContext, { keep, axes }: ReturnType<typeof reduced>): string => {
  const hits = b.cast(b.equal(x, keep(y)), 'float32')
  const ties = axes.length > 0 ? b.sum(hits, axes) : hits
  return b.mul(b.div(hits, ties), keep(g))
}

/** The product of the other elements, which is no quotient where an element is zero. */
const product = ({ b, g, x, y }: RuleContext, { keep, axes }: ReturnType<typeof reduced>): string => {
  if (axes.length === 0) return g
  const isZero = b.equal(x, b.scalar(0))
  const zeros = b.sum(b.cast(isZero, 'float32'), axes)
  const rest = b.reduce('ReduceProd', b.where(isZero, b.scalar(1), x), axes, true)
  const others = b.where(b.equal(zeros, b.scalar(1)), rest, b.scalar(0))
  const quotient = b.div(keep(y), b.where(isZero, b.scalar(1), x))
  return b.mul(b.where(isZero, others, quotient), keep(g))
}

/** Reductions over the axes given as second input. */
export const reductions: Rules = {
  ReduceSum: reduction('g along the axes', ({ b, g, dims }, { keep }) => b.expand(keep(g), dims(0))),
  ReduceMean: reduction('g / count along the axes', ({ b, g, dims }, { keep, count }) =>
    b.expand(b.mul(keep(g), b.scalar(1 / count)), dims(0)),
  ),
  ReduceSumSquare: reduction('2 g x', ({ b, g, x }, { keep }) => b.mul(b.mul(keep(g), b.scalar(2)), x)),
  ReduceL1: reduction('g sign(x)', ({ b, g, x }, { keep }) => b.mul(keep(g), b.sign(x))),
  ReduceL2: reduction('g x / y, and 0 where y is zero, as in PyTorch', ({ b, g, x, y }, { keep }) => {
    const scale = b.where(b.equal(y, b.scalar(0)), b.scalar(0), b.div(g, y))
    return b.mul(keep(scale), x)
  }),
  ReduceLogSum: reduction('g / e^y', ({ b, g, y, dims }, { keep }) =>
    b.expand(b.mul(keep(g), b.exp(b.neg(keep(y)))), dims(0)),
  ),
  ReduceLogSumExp: reduction('g e^(x - y)', ({ b, g, x, y }, { keep }) =>
    b.mul(keep(g), b.exp(b.sub(x, keep(y)))),
  ),
  ReduceProd: reduction('g times the product of the other elements', product),
  ReduceMax: reduction(SHARED, extreme),
  ReduceMin: reduction(SHARED, extreme),
}
