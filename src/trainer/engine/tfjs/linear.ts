import { t } from '../../../shared/l10n.ts'
import { broadcast } from '../../autodiff/static-graph.ts'
import { floatAttribute, intAttribute } from '../../onnx/attributes.ts'
import { elements } from '../tensor.ts'
import { notHere, type Operator, type Operators, type TensorFlow, type TfTensor } from './operator.ts'

const scaled = (tf: TensorFlow, x: TfTensor, factor: number): TfTensor =>
  factor === 1 ? x : tf.mul(x, factor)

/**
 * [..., rows, k] times [..., k, columns], either with its last two exchanged. TensorFlow.js's own gradient knows no
 * broadcasting of the leading dimensions: one matrix is multiplied with the flattened rows, other factors are
 * repeated.
 */
const product = (tf: TensorFlow, a: TfTensor, b: TfTensor, transA: boolean, transB: boolean): TfTensor => {
  if (b.rank === 2 && a.rank > 2 && !transA) {
    const rows = tf.reshape(a, [-1, a.shape.at(-1) ?? 1])
    const columns = b.shape[transB ? 0 : 1] ?? 1
    return tf.reshape(tf.matMul(rows, b, false, transB), [...a.shape.slice(0, -1), columns])
  }
  const batch = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2))
  const wide = (x: TfTensor): TfTensor => {
    const matrix = x.shape.slice(-2)
    const repeated =
      elements(batch) === elements(x.shape.slice(0, -2)) ? x : tf.broadcastTo(x, [...batch, ...matrix])
    return tf.reshape(repeated, [elements(batch), ...matrix])
  }
  const y = tf.matMul(wide(a), wide(b), transA, transB)
  return tf.reshape(y, [...batch, ...y.shape.slice(-2)])
}

/** A vector stands for a row on the left and for a column on the right. */
const matMul: Operator = ({ tf, input }) => {
  const [a, b] = [input(0), input(1)]
  const y = product(
    tf,
    a.rank === 1 ? tf.expandDims(a, 0) : a,
    b.rank === 1 ? tf.expandDims(b, 1) : b,
    false,
    false,
  )
  const row = a.rank === 1 ? tf.squeeze(y, [y.rank - 2]) : y
  return b.rank === 1 ? tf.squeeze(row, [row.rank - 1]) : row
}

/** y = alpha op(A) op(B) + beta C */
const gemm: Operator = ({ tf, node, input, optional }) => {
  const y = tf.matMul(
    input(0),
    input(1),
    intAttribute(node, 'transA', 0) === 1,
    intAttribute(node, 'transB', 0) === 1,
  )
  const c = optional(2)
  const sum = scaled(tf, y, floatAttribute(node, 'alpha', 1))
  return c ? tf.add(sum, scaled(tf, c, floatAttribute(node, 'beta', 1))) : sum
}

const fused: Operator = ({ tf, node, input }) => {
  if (intAttribute(node, 'transBatchA', 0) === 1 || intAttribute(node, 'transBatchB', 0) === 1)
    throw notHere(node, t`it transposes the batch`)
  const [transA, transB] = [intAttribute(node, 'transA', 0) === 1, intAttribute(node, 'transB', 0) === 1]
  return scaled(tf, product(tf, input(0), input(1), transA, transB), floatAttribute(node, 'alpha', 1))
}

export const linear: Operators = {
  MatMul: matMul,
  Gemm: gemm,
  'com.microsoft.FusedMatMul': fused,
  'com.microsoft.TransposeMatMul': fused,
}
