import { t } from '../../../shared/l10n.ts'
import { floatAttribute, intAttribute, stringAttribute } from '../../onnx/attributes.ts'
import { DataType } from '../../onnx/model.ts'
import {
  type Call,
  notHere,
  type Operator,
  type Operators,
  type TensorFlow,
  type TfTensor,
} from './operator.ts'

type Unary = (tf: TensorFlow, x: TfTensor) => TfTensor
type Binary = (tf: TensorFlow, a: TfTensor, b: TfTensor) => TfTensor

const unary =
  (compute: Unary): Operator =>
  ({ tf, input }) =>
    compute(tf, input(0))

const binary =
  (compute: Binary): Operator =>
  ({ tf, input }) =>
    compute(tf, input(0), input(1))

/** Of any number of inputs, from the left. */
const folded =
  (compute: Binary): Operator =>
  ({ tf, node, input }) => {
    let result = tf.clone(input(0))
    for (const i of node.inputs.keys()) if (i > 0) result = compute(tf, result, input(i))
    return result
  }

/** Whole numbers are rounded towards 0, where TensorFlow.js rounds down. */
const divide: Binary = (tf, a, b) =>
  a.dtype === 'int32'
    ? tf.mul(tf.mul(tf.sign(a), tf.sign(b)), tf.floorDiv(tf.abs(a), tf.abs(b)))
    : tf.div(a, b)

/** x Phi(x), Phi being the normal distribution's. */
const gelu: Unary = (tf, x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1))

/** The same with tanh, as BERT's first code had it. */
const tanhGelu: Unary = (tf, x) => {
  const inner = tf.mul(tf.add(x, tf.mul(tf.mul(tf.mul(x, x), x), 0.044715)), Math.sqrt(2 / Math.PI))
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1))
}

const cast: Operator = ({ tf, node, input }) => {
  const x = input(0)
  switch (intAttribute(node, 'to', DataType.float32)) {
    case DataType.float32:
    case DataType.float16:
      return tf.cast(x, 'float32')
    case DataType.int64:
    case DataType.int32:
      return tf.cast(x, 'int32')
    case DataType.bool:
      return x.dtype === 'bool' ? tf.clone(x) : tf.notEqual(x, tf.scalar(0, x.dtype))
    default:
      throw notHere(node, t`it makes numbers of a type that is not there`)
  }
}

const clip = ({ tf, input, optional }: Call): TfTensor => {
  const [least, most] = [optional(1), optional(2)]
  const raised = least ? tf.maximum(input(0), least) : tf.clone(input(0))
  return most ? tf.minimum(raised, most) : raised
}

const where: Operator = ({ tf, input }) => {
  const [a, b] = [input(1), input(2)]
  // A choice between truths has no kernel in every backend.
  if (a.dtype !== 'bool') return tf.where(input(0), a, b)
  return tf.cast(tf.where(input(0), tf.cast(a, 'int32'), tf.cast(b, 'int32')), 'bool')
}

/** Comparison and logic give truths; the others numbers of their inputs' type. */
export const elementwise: Operators = {
  Add: binary((tf, a, b) => tf.add(a, b)),
  Sub: binary((tf, a, b) => tf.sub(a, b)),
  Mul: binary((tf, a, b) => tf.mul(a, b)),
  Div: binary(divide),
  Pow: binary((tf, a, b) => tf.pow(a, tf.cast(b, a.dtype))),
  Max: folded((tf, a, b) => tf.maximum(a, b)),
  Min: folded((tf, a, b) => tf.minimum(a, b)),
  Sum: folded((tf, a, b) => tf.add(a, b)),
  Equal: binary((tf, a, b) => tf.equal(a, b)),
  Greater: binary((tf, a, b) => tf.greater(a, b)),
  GreaterOrEqual: binary((tf, a, b) => tf.greaterEqual(a, b)),
  Less: binary((tf, a, b) => tf.less(a, b)),
  LessOrEqual: binary((tf, a, b) => tf.lessEqual(a, b)),
  And: binary((tf, a, b) => tf.logicalAnd(a, b)),
  Or: binary((tf, a, b) => tf.logicalOr(a, b)),
  Xor: binary((tf, a, b) => tf.logicalXor(a, b)),
  Not: unary((tf, x) => tf.logicalNot(x)),
  IsNaN: unary((tf, x) => tf.isNaN(x)),
  Where: where,
  Identity: unary((tf, x) => tf.clone(x)),
  Cast: cast,
  Clip: clip,
  Neg: unary((tf, x) => tf.neg(x)),
  Abs: unary((tf, x) => tf.abs(x)),
  Sign: unary((tf, x) => tf.sign(x)),
  Floor: unary((tf, x) => tf.floor(x)),
  Ceil: unary((tf, x) => tf.ceil(x)),
  Exp: unary((tf, x) => tf.exp(x)),
  Log: unary((tf, x) => tf.log(x)),
  Sqrt: unary((tf, x) => tf.sqrt(x)),
  Reciprocal: unary((tf, x) => tf.reciprocal(x)),
  Sin: unary((tf, x) => tf.sin(x)),
  Cos: unary((tf, x) => tf.cos(x)),
  Tanh: unary((tf, x) => tf.tanh(x)),
  Erf: unary((tf, x) => tf.erf(x)),
  Sigmoid: unary((tf, x) => tf.sigmoid(x)),
  HardSigmoid: ({ tf, node, input }) => {
    const line = tf.mul(input(0), floatAttribute(node, 'alpha', 0.2))
    return tf.clipByValue(tf.add(line, floatAttribute(node, 'beta', 0.5)), 0, 1)
  },
  Softplus: unary((tf, x) => tf.softplus(x)),
  Relu: unary((tf, x) => tf.relu(x)),
  Elu: ({ tf, node, input }) => {
    const x = input(0)
    const below = tf.mul(tf.expm1(tf.minimum(x, 0)), floatAttribute(node, 'alpha', 1))
    return tf.add(tf.relu(x), below)
  },
  LeakyRelu: ({ tf, node, input }) => tf.leakyRelu(input(0), floatAttribute(node, 'alpha', 0.01)),
  Gelu: ({ tf, node, input }) =>
    (stringAttribute(node, 'approximate', 'none') === 'tanh' ? tanhGelu : gelu)(tf, input(0)),
  'com.microsoft.Gelu': unary(gelu),
  'com.microsoft.FastGelu': ({ tf, input, optional }) => {
    const bias = optional(1)
    return tanhGelu(tf, bias ? tf.add(input(0), bias) : input(0))
  },
  'com.microsoft.QuickGelu': ({ tf, node, input }) => {
    const x = input(0)
    return tf.mul(x, tf.sigmoid(tf.mul(x, floatAttribute(node, 'alpha', 1.702))))
  },
}
