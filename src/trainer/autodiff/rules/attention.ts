import { t } from '../../../shared/l10n.ts'
import { floatAttribute, intAttribute } from '../../onnx/attributes.ts'
import { type Gradient, type Rules, rule, unsupported } from '../rule.ts'
import { apart, CLOSED, lazily, refuseOthers, through, together } from './attended.ts'
import { multiHead, projected } from './attention-fusions.ts'
import { rotary } from './rotary.ts'

/** The operator of the default domain: several heads of queries may share one of keys and values. */
const standard: Gradient = (context) => {
  const { b, g, node, input, dims } = context
  refuseOthers(context, [4, 5])
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
