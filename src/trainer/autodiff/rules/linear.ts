import { t } from '../../../shared/l10n.ts'
import { floatAttribute, intAttribute } from '../../onnx/attributes.ts'
import { elementCount } from '../../onnx/elements.ts'
import { type Gradient, type RuleContext, type Rules, rule, unsupported } from '../rule.ts'
import { einsum } from './einsum.ts'

/** [..., K] as a matrix [rows, K]. */
const flat = ({ b }: RuleContext, x: string): string => {
  const dims = b.dims(x)
  return b.reshape(x, [elementCount(dims.slice(0, -1)), dims.at(-1) ?? 1])
}

/**
 * y = alpha op(A) op(B) on the last two dimensions, op transposing or not. A weight shared by all rows takes one
 * product over the flattened rows.
 */
const product = (
  context: RuleContext,
  transA: boolean,
  transB: boolean,
  alpha: number,
): ReturnType<Gradient> => {
  const { b, g, node, input, dims } = context
  if (dims(0).length < 2 || dims(1).length < 2)
    throw unsupported(node, t`a factor has fewer than two dimensions`)
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

/** A vector stands for a row on the left and for a column on the right. */
const vectorProduct = ({ b, g, input, dims }: RuleContext): ReturnType<Gradient> => {
  const row = dims(0).length === 1
  const column = dims(1).length === 1
  const matrix = (i: number): readonly number[] => {
    if (dims(i).length > 1) return dims(i)
    return i === 0 ? [1, ...dims(0)] : [...dims(1), 1]
  }
  const [left, right] = [matrix(0), matrix(1)]
  const both = () => {
    const batch = (row ? right : left).slice(0, -2)
    return b.reshape(g, [...batch, row ? 1 : (left.at(-2) ?? 1), column ? 1 : (right.at(-1) ?? 1)])
  }
  const as = (i: number): string => b.reshape(input(i), matrix(i))
  return [
    () => b.reshape(b.sumTo(b.matmul(both(), as(1), { transB: true }), left), dims(0)),
    () => b.reshape(b.sumTo(b.matmul(as(0), both(), { transA: true }), right), dims(1)),
  ]
}

const fused: Gradient = (context) => {
  const { node } = context
  if (intAttribute(node, 'transBatchA', 0) || intAttribute(node, 'transBatchB', 0))
    throw unsupported(node, t`it transposes the batch`)
  return product(
    context,
    intAttribute(node, 'transA', 0) === 1,
    intAttribute(node, 'transB', 0) === 1,
    floatAttribute(node, 'alpha', 1),
  )
}

/** y = alpha op(A) op(B) + beta C */
const gemm: Gradient = ({ b, g, node, input }) => {
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
}

const PRODUCT = "dA = g B', dB = A' g (Giles, 2008)"
const SCALED = `${PRODUCT}, transposed as the factors are, times alpha`
const BATCH = 'with transBatchA or transBatchB'

export const linear: Rules = {
  MatMul: rule('A B', PRODUCT, (context) =>
    context.dims(0).length > 1 && context.dims(1).length > 1
      ? product(context, false, false, 1)
      : vectorProduct(context),
  ),
  Gemm: rule('A B C', `${SCALED}; dC = beta g`, gemm),
  'com.microsoft.FusedMatMul': rule('A B', SCALED, fused, BATCH),
  'com.microsoft.TransposeMatMul': rule('A B', SCALED, fused),
  Einsum: rule(
    'x...',
    "by the i-th factor Einsum of g and the others, with the output's and that factor's letters exchanged (Laue et al., 2018)",
    einsum,
    'with a letter twice in one factor, or an ellipsis that is broadcast',
  ),
}
