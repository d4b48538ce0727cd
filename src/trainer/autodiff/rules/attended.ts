import { t } from '../../../shared/l10n.ts'
import type { GraphBuilder } from '../builder.ts'
import { type RuleContext, unsupported } from '../rule.ts'

/**
 * y = P v, P = softmax(scale q k' + bias), with queries [rows, heads, S, width], keys and values [rows, heads, T, width]:
 * dv = P' g, dS = P (dP - sum(dP P)) with dP = g v', dq = scale dS k, dk = scale dS' q. P is computed again, as in
 * Dao et al. (2022): the forward pass keeps the fused operator, and no matrix of S x T from it.
 */
export interface Attended {
  readonly q: string
  readonly k: string
  readonly v: string
  readonly scale: number
  /** What is added to the scores, to be broadcast. */
  readonly biases: readonly string[]
  /** Each token sees those before it alone. */
  readonly causal: boolean
}

/** Below any score: its exponential is zero beside them. */
export const CLOSED = -3e38

export const through = (b: GraphBuilder, attended: Attended, g: string) => {
  const { q, k, v, scale, biases, causal } = attended
  const [from = 1, to = 1] = [b.dims(q).at(-2), b.dims(k).at(-2)]
  const scores = biases.reduce(
    (sum, bias) => b.add(sum, bias),
    b.matmul(q, k, { transB: true, alpha: scale }),
  )
  const p = b.one(
    'Softmax',
    [causal ? b.where(triangle(b, from, to), scores, b.scalar(CLOSED)) : scores],
    b.value(scores),
    { axis: -1 },
  )
  const dp = b.mul(b.matmul(g, v, { transB: true }), p)
  const ds = b.sub(dp, b.mul(p, b.sum(dp, [-1])))
  return {
    ds,
    dq: () => b.matmul(ds, k, { alpha: scale }),
    dk: () => b.matmul(ds, q, { transA: true, alpha: scale }),
    dv: () => b.matmul(p, g, { transA: true }),
  }
}

/** Whether place [i, j] is one that token i sees. */
const triangle = (b: GraphBuilder, from: number, to: number): string => {
  const column = b.reshape(b.ints(Array.from({ length: from }, (_, i) => i)), [from, 1])
  return b.greaterOrEqual(column, b.ints(Array.from({ length: to }, (_, i) => i)))
}

/** [rows, tokens, heads width] as [rows, heads, tokens, width], and back. */
export const apart = (b: GraphBuilder, x: string, heads: number): string => {
  const [rows = 1, tokens = 1, width = 1] = b.dims(x)
  return b.transpose(b.reshape(x, [rows, tokens, heads, width / heads]), [0, 2, 1, 3])
}
export const together = (b: GraphBuilder, x: string): string => {
  const [rows = 1, heads = 1, tokens = 1, width = 1] = b.dims(x)
  return b.reshape(b.transpose(x, [0, 2, 1, 3]), [rows, tokens, heads * width])
}

/** @param past where the inputs of the past stand */
export const refuseOthers = ({ node, gradients }: RuleContext, past: readonly number[]): void => {
  if (past.some((i) => node.inputs[i]))
    throw unsupported(node, t`it goes on from keys and values of the past`)
  if (gradients.slice(1).some((g) => g !== null))
    throw unsupported(node, t`another output than its first is used`)
}

/** Made once, when first asked for. */
export const lazily = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
