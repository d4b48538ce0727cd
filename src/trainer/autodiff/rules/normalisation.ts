import { floatAttribute, intAttribute } from '../../onnx/attributes.ts'
import { type Rules, unsupported } from '../rule.ts'

export const normalisation: Rules = {
  /**
   * y = n s + c with n = (x - mean) r, r = 1 / sqrt(variance + eps), over the last dimensions from `axis`
   * (Ba et al., 2016): dx = r (h - mean(h) - n mean(h n)) with h = g s; ds = sum(g n); dc = sum(g).
   */
  LayerNormalization: ({ b, g, x, node, input, dims }) => {
    const rank = dims(0).length
    const axis = (intAttribute(node, 'axis', -1) + rank) % rank
    const axes = dims(0).flatMap((_, i) => (i >= axis ? [i] : []))
    const statistics = { type: b.value(x).type, dims: dims(0).map((n, i) => (i >= axis ? 1 : n)) }
    let normal: string | undefined
    const n = () => {
      normal ??= b.mul(b.sub(x, b.extraOutput(node, 1, statistics)), b.extraOutput(node, 2, statistics))
      return normal
    }
    return [
      () => {
        const h = b.mul(g, input(1))
        const r = b.extraOutput(node, 2, statistics)
        const along = b.mul(n(), b.mean(b.mul(h, n()), axes))
        return b.mul(b.sub(b.sub(h, b.mean(h, axes)), along), r)
      },
      () => b.mul(g, n()),
      () => g,
    ]
  },
  /** Root-mean-square normalisation, y = x r s with r = 1 / sqrt(mean(x^2) + eps) (Zhang and Sennrich, 2019). */
  SimplifiedLayerNormalization: ({ b, g, x, node, input, dims }) => {
    const rank = dims(0).length
    const axis = (intAttribute(node, 'axis', -1) + rank) % rank
    if (axis !== rank - 1) throw unsupported(node, 'it normalises more than the last dimension')
    let scale: string | undefined
    const r = () => {
      scale ??= b.unary(
        'Reciprocal',
        b.sqrt(b.add(b.mean(b.mul(x, x), [axis]), b.scalar(floatAttribute(node, 'epsilon', 1e-5)))),
      )
      return scale
    }
    return [
      () => {
        const h = b.mul(g, input(1))
        const n = b.mul(x, r())
        return b.mul(b.sub(h, b.mul(n, b.mean(b.mul(h, n), [axis]))), r())
      },
      () => b.mul(g, b.mul(x, r())),
    ]
  },
}
