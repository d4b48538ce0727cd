import { floatAttribute, intAttribute } from '../../onnx/attributes.ts'
import { type Rule, type RuleContext, type Rules, unsupported } from '../rule.ts'

/** [..., K] as a matrix [rows, K]. */
const flat = ({ b }: RuleContext, x: string): string => {
  const dims = b.dims(x)
  const width = dims.at(-1) ?? 1
  return b.reshape(x, [dims.slice(0, -1).reduce((product, n) => product * n, 1), width])
}

/**
 * y = alpha op(A) op(B) on the last two dimensions, op transposing or not (Giles, 2008: dA = g B', dB = A' g).
 * A weight shared by all rows takes one product over the flattened rows.
 */
const product = (context: RuleContext, transA: boolean, transB: boolean, alpha: number): ReturnType<Rule> => {
  const { b, g, node, input, dims } = context
  if (dims(0).length < 2 || dims(1).length < 2)
    throw unsupported(node, 'a factor has fewer than two dimensions')
  const shared = !transA && dims(1).length === 2 && dims(0).length > 2
  return [
    () =>
      transA
        ? b.matmul(input(1), g, { transA: transB, transB: true, alpha })
        : b.matmul(g, input(1), { transB: !transB, alpha }),
    () => {
      if (shared) {
        const [rows, gradients] = [flat(context, input(0)), flat(context, g)]
        return transB
          ? b.gemm(gradients, rows, { transA: true, alpha })
          : b.gemm(rows, gradients, { transA: true, alpha })
      }
      return transB
        ? b.matmul(g, input(0), { transA: true, transB: transA, alpha })
        : b.matmul(input(0), g, { transA: !transA, alpha })
    },
  ]
}

export const linear: Rules = {
  MatMul: (context) => product(context, false, false, 1),
  FusedMatMul: (context) => {
    const { node } = context
    if (intAttribute(node, 'transBatchA', 0) || intAttribute(node, 'transBatchB', 0))
      throw unsupported(node, 'it transposes the batch')
    return product(
      context,
      intAttribute(node, 'transA', 0) === 1,
      intAttribute(node, 'transB', 0) === 1,
      floatAttribute(node, 'alpha', 1),
    )
  },
  // y = alpha op(A) op(B) + beta C
  Gemm: (context) => {
    const { b, g, node, input } = context
    const transA = intAttribute(node, 'transA', 0) === 1
    const transB = intAttribute(node, 'transB', 0) === 1
    const alpha = floatAttribute(node, 'alpha', 1)
    const beta = floatAttribute(node, 'beta', 1)
    return [
      () =>
        transA
          ? b.gemm(input(1), g, { transA: transB, transB: true, alpha })
          : b.gemm(g, input(1), { transB: !transB, alpha }),
      () =>
        transB
          ? b.gemm(g, input(0), { transA: true, transB: transA, alpha })
          : b.gemm(input(0), g, { transA: !transA, alpha }),
      () => (beta === 1 ? g : b.mul(g, b.scalar(beta))),
    ]
  },
}
