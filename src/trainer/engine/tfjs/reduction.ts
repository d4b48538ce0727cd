import { intAttribute } from '../../onnx/attributes.ts'
import type { Operator, Operators, TensorFlow, TfTensor } from './operator.ts'

type Reduce = (tf: TensorFlow, x: TfTensor, axes: number[], keep: boolean) => TfTensor

/**
 * Over the axes that the second input names; over all where it names none, unless the node says that then nothing
 * is summed up.
 *
 * @param each what is made of every element before
 */
const over =
  (reduce: Reduce, each: (tf: TensorFlow, x: TfTensor) => TfTensor = (tf, x) => tf.clone(x)): Operator =>
  ({ tf, node, input, numbers }) => {
    const x = each(tf, input(0))
    const named = numbers(1) ?? []
    if (named.length === 0 && intAttribute(node, 'noop_with_empty_axes', 0) === 1) return x
    const axes = named.length > 0 ? [...named] : x.shape.map((_, axis) => axis)
    return reduce(tf, x, axes, intAttribute(node, 'keepdims', 1) === 1)
  }

const sum: Reduce = (tf, x, axes, keep) => tf.sum(x, axes, keep)

const arg =
  (pick: (tf: TensorFlow, x: TfTensor, axis: number) => TfTensor): Operator =>
  ({ tf, node, input }) => {
    const axis = intAttribute(node, 'axis', 0)
    const place = pick(tf, input(0), axis)
    return intAttribute(node, 'keepdims', 1) === 1 ? tf.expandDims(place, axis) : place
  }

export const reductions: Operators = {
  ReduceSum: over(sum),
  ReduceMean: over((tf, x, axes, keep) => tf.mean(x, axes, keep)),
  ReduceMax: over((tf, x, axes, keep) => tf.max(x, axes, keep)),
  ReduceMin: over((tf, x, axes, keep) => tf.min(x, axes, keep)),
  ReduceProd: over((tf, x, axes, keep) => tf.prod(x, axes, keep)),
  ReduceSumSquare: over(sum, (tf, x) => tf.square(x)),
  ReduceL1: over(sum, (tf, x) => tf.abs(x)),
  ReduceL2: over(
    (tf, x, axes, keep) => tf.norm(x, 'euclidean', axes, keep),
    (tf, x) => tf.abs(x),
  ),
  ReduceLogSumExp: over((tf, x, axes, keep) => tf.logSumExp(x, axes, keep)),
  ArgMax: arg((tf, x, axis) => tf.argMax(x, axis)),
  ArgMin: arg((tf, x, axis) => tf.argMin(x, axis)),
}
