import { t } from '../../../shared/l10n.ts'
import { floatAttribute, intAttribute, intsAttribute } from '../../onnx/attributes.ts'
import { type Gradient, type RuleContext, unsupported } from '../rule.ts'
import { apart, lazily, refuseOthers, through, together } from './attended.ts'

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

/** Attention with the projections inside. */
export const projected: Gradient = (context) => {
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

/** MultiHeadAttention: projected outside, a bias added inside. */
export const multiHead: Gradient = (context) => {
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
