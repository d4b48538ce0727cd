import { intAttribute } from '../../onnx/attributes.ts'
import type { RuleContext, Rules } from '../rule.ts'
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

/** Reductions over the axes given as second input. */
export const reduction: Rules = {
  ReduceSum: (context) => {
    const { b, g, dims } = context
    const { keep } = reduced(context)
    return [() => b.expand(keep(g), dims(0)), null]
  },
  ReduceMean: (context) => {
    const { b, g, dims } = context
    const { keep, count } = reduced(context)
    return [() => b.expand(b.mul(keep(g), b.scalar(1 / count)), dims(0)), null]
  },
  // y = sum x^2: dx = 2 g x
  ReduceSumSquare: (context) => {
    const { b, g, x } = context
    const { keep } = reduced(context)
    return [() => b.mul(b.mul(keep(g), b.scalar(2)), x), null]
  },
  // y = |x|: dx = g x / y, and 0 where x is zero, as in PyTorch
  ReduceL2: (context) => {
    const { b, g, x, y } = context
    const { keep } = reduced(context)
    return [
      () => {
        const scale = b.where(b.equal(y, b.scalar(0)), b.scalar(0), b.div(g, y))
        return b.mul(keep(scale), x)
      },
      null,
    ]
  },
  // Shared evenly by the elements that equal the extreme
  ReduceMax: (context) => {
    const { b, g, x, y } = context
    const { keep, axes } = reduced(context)
    return [
      () => {
        const hits = b.cast(b.equal(x, keep(y)), 'float32')
        const ties = axes.length > 0 ? b.sum(hits, axes) : hits
        return b.mul(b.div(hits, ties), keep(g))
      },
      null,
    ]
  },
}
