import { t } from '../../../shared/l10n.ts'
import { floatAttribute, intAttribute, intsAttribute } from '../../onnx/attributes.ts'
import type { GraphBuilder } from '../builder.ts'
import { type Gradient, type RuleContext, type Rules, rule, unsupported } from '../rule.ts'
import { rotary } from './rotary.ts'

/**
 * y = P v, P = softmax(scale q k' + bias), with queries [rows, heads, S, width], keys and values [rows, heads, T, width]:
 * dv = P' g, dS = P (dP - sum(dP P)) with dP = g v', dq = scale dS k, dk = scale dS' q. P is computed again, as in
 * Dao et al. (2022): the forward pass keeps the fused operator, and no matrix of S x T from it.
 */
interface Attended {
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
const CLOSED = -3e38

const through = (b: GraphBuilder, attended: Attended, g: string) => {
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
const apart = (b: GraphBuilder, x: string, heads: number): string => {
  const [rows = 1, tokens = 1, width = 1] = b.dims(x)
  return b.transpose(b.reshape(x, [rows, tokens, heads, width / heads]), [0, 2, 1, 3])
}
const together = (b: GraphBuilder, x: string): string => {
  const [rows = 1, heads = 1, tokens = 1, width = 1] = b.dims(x)
  return b.reshape(b.transpose(x, [0, 2, 1, 3]), [rows, tokens, heads * width])
}

/** A mask of com.microsoft as what is added to the scores: lengths, [rows, T] or [rows, S, T]. */
const maskBias = ({ b, node }: RuleContext, mask: string, tokens: number): string => {
  const dims = b.dims(mask)
  const [rows = 1] = dims
  const filter = b.scalar(floatAttribute(node, 'mask_filter_value', -10000))
  const closed = (open: string): string => b.where(open, b.scalar(0), filter)
  const whole = b.cast(mask, 'int64')
  if (dims.length === 1 && dims[0] !== undefined) {
    const places = b.ints(Array.from({ length: tokens }, (_, i) => i))
    return closed(b.greater(b.reshape(whole, [rows, 1, 1, 1]), places))
  }
  const open = b.greater(whole, b.ints([0]))
  if (dims.length === 2) return closed(b.reshape(open, [rows, 1, 1, dims[1] ?? 1]))
  if (dims.length === 3) return closed(b.reshape(open, [rows, 1, dims[1] ?? 1, dims[2] ?? 1]))
  throw unsupported(node, t`its mask has four dimensions`)
}

const refuseOthers = ({ node, gradients }: RuleContext, past: readonly number[]): void => {
  if (past.some((i) => node.inputs[i]))
    throw unsupported(node, t`it goes on from keys and values of the past`)
  if (gradients.slice(1).some((g) => g !== null))
    throw unsupported(node, t`another output than its first is used`)
}

/** Attention with the projections inside. */
const projected: Gradient = (context) => {
  const { b, g, x, node, input, dims } = context
  refuseOthers(context, [4, 6])
  if (intAttribute(node, 'do_rotary', 0) === 1) throw unsupported(node, t`it turns its queries and keys`)
  const heads = intAttribute(node, 'num_heads', 1)
  const [rows = 1, tokens = 1, width = 1] = dims(0)
  const total = dims(1)[1] ?? 1
  const [wq = 1, wk = 1, wv = 1] = intsAttribute(node, 'qkv_hidden_sizes') ?? [
    total / 3,
    total / 3,
    total / 3,
  ]
  const mask = node.inputs[3]
  if (mask && b.dims(mask).length === 1 && b.dims(mask)[0] !== rows)
    throw unsupported(node, t`its mask gives more than a length a row`)
  const made = lazily(() => {
    const product = b.matmul(x, input(1))
    const all = node.inputs[2] ? b.add(product, input(2)) : product
    const part = (from: number, n: number): string => apart(b, b.slice(all, 2, from, from + n), heads)
    const attended = {
      q: part(0, wq),
      k: part(wq, wk),
      v: part(wq + wk, wv),
      scale: floatAttribute(node, 'scale', 0) || 1 / Math.sqrt(wq / heads),
      biases: [...(mask ? [maskBias(context, mask, tokens)] : []), ...(node.inputs[5] ? [input(5)] : [])],
      causal: intAttribute(node, 'unidirectional', 0) === 1,
    }
    const { ds, dq, dk, dv } = through(b, attended, apart(b, g, heads))
    return {
      ds,
      all: b.concat(
        [dq(), dk(), dv()].map((d) => together(b, d)),
        2,
      ),
    }
  })
  return [
    () => b.matmul(made().all, input(1), { transB: true }),
    () =>
      b.gemm(b.reshape(x, [rows * tokens, width]), b.reshape(made().all, [rows * tokens, total]), {
        transA: true,
      }),
    () => made().all,
    null,
    null,
    () => made().ds,
  ]
}

const lazily = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** MultiHeadAttention: projected outside, a bias added inside. */
const multiHead: Gradient = (context) => {
  const { b, g, node, input, dims } = context
  refuseOthers(context, [6, 7])
  const heads = intAttribute(node, 'num_heads', 1)
  if (dims(0).length !== 3 || !node.inputs[1] || !node.inputs[2] || dims(1).length === 5)
    throw unsupported(node, t`its queries, keys and values are packed in one`)
  const width = dims(0)[2] ?? 1
  const bias = node.inputs[3]
  const inHeads = (i: number): boolean => dims(i).length === 4
  const made = lazily(() => {
    const part = (i: number, from: number): string => {
      if (inHeads(i)) return input(i)
      const value = input(i)
      const end = from + (dims(i)[2] ?? 1)
      return apart(b, bias ? b.add(value, b.slice(bias, 0, from, end)) : value, heads)
    }
    const k = part(1, width)
    return through(
      b,
      {
        q: part(0, 0),
        k,
        v: part(2, 2 * width),
        scale: floatAttribute(node, 'scale', 0) || 1 / Math.sqrt(width / heads),
        biases: [
          ...(node.inputs[4] ? [maskBias(context, input(4), b.dims(k)[2] ?? 1)] : []),
          ...(node.inputs[5] ? [input(5)] : []),
        ],
        causal: intAttribute(node, 'unidirectional', 0) === 1,
      },
      apart(b, g, heads),
    )
  })
  const flat = (i: number, d: string): string => (inHeads(i) ? d : together(b, d))
  const summed = (d: string): string => b.sum(together(b, d), [0, 1], false)
  return [
    () => together(b, made().dq()),
    () => flat(1, made().dk()),
    () => flat(2, made().dv()),
    () => {
      if (inHeads(1) || inHeads(2)) throw unsupported(node, t`a bias meets keys of another node`)
      return b.concat([made().dq(), made().dk(), made().dv()].map(summed), 0)
    },
    null,
    () => made().ds,
  ]
}

/** The operator of the default domain: several heads of queries may share one of keys and values. */
const standard: Gradient = (context) => {
  const { b, g, node, input, dims, gradients } = context
  refuseOthers({ ...context, gradients }, [4, 5])
  if (floatAttribute(node, 'softcap', 0) !== 0) throw unsupported(node, t`it caps its scores`)
  if (node.inputs[6]) throw unsupported(node, t`it is given lengths`)
  const flat = dims(0).length === 3
  const heads = flat ? intAttribute(node, 'q_num_heads', 1) : (dims(0)[1] ?? 1)
  const keyHeads = flat ? intAttribute(node, 'kv_num_heads', heads) : (dims(1)[1] ?? 1)
  const split = (x: string, n: number): string => (flat ? apart(b, x, n) : x)
  const repeats = heads / keyHeads
  const repeated = (x: string): string => {
    const [rows = 1, , tokens = 1, width = 1] = b.dims(x)
    const each = b.expand(b.reshape(x, [rows, keyHeads, 1, tokens, width]), [
      rows,
      keyHeads,
      repeats,
      tokens,
      width,
    ])
    return b.reshape(each, [rows, heads, tokens, width])
  }
  const shared = (d: string): string => {
    const [rows = 1, , tokens = 1, width = 1] = b.dims(d)
    return b.sum(b.reshape(d, [rows, keyHeads, repeats, tokens, width]), [2], false)
  }
  const made = lazily(() => {
    const q = split(input(0), heads)
    const mask = node.inputs[3]
    const isBoolean = mask ? b.value(mask).type === 'bool' : false
    const bias = mask && isBoolean ? b.where(mask, b.scalar(0), b.scalar(CLOSED)) : mask
    return through(
      b,
      {
        q,
        k: repeated(split(input(1), keyHeads)),
        v: repeated(split(input(2), keyHeads)),
        scale: floatAttribute(node, 'scale', 0) || 1 / Math.sqrt(b.dims(q).at(-1) ?? 1),
        biases: bias ? [bias] : [],
        causal: intAttribute(node, 'is_causal', 0) === 1,
      },
      split(g, heads),
    )
  })
  const joined = (d: string): string => (flat ? together(b, d) : d)
  return [
    () => joined(made().dq()),
    () => joined(shared(made().dk())),
    () => joined(shared(made().dv())),
    () => made().ds,
  ]
}

const ATTENTION =
  "of y = P v, P = softmax(S), S = scale q k' + bias: dS = P (dP - sum(dP P)), dP = g v', dq = scale dS k, dk = scale dS' q, dv = P' g, dbias = dS, P computed again (Dao et al., 2022)"
const PAST = 'with keys and values of the past, or another output than the first used'

export const attention: Rules = {
  Attention: rule('Q K V mask', ATTENTION, standard, `${PAST}, or softcap`),
  'com.microsoft.Attention': rule(
    'x weights bias [mask] [past] attention_bias',
    `${ATTENTION}; and through the projection as MatMul`,
    projected,
    `${PAST}, or do_rotary`,
  ),
  'com.microsoft.MultiHeadAttention': rule(
    'Q K V bias [mask] attention_bias',
    ATTENTION,
    multiHead,
    `${PAST}, or queries, keys and values packed in one`,
  ),
  ...rotary,
}
