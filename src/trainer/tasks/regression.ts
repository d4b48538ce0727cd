import type { Scale } from '../../data/numbers.ts'
import type { Tensor } from '../engine/tensor.ts'
import { attributes } from '../onnx/attributes.ts'
import { float32Tensor } from '../onnx/elements.ts'
import type { Graph, Node } from '../onnx/model.ts'
import { name, nodes } from './append.ts'
import { appendHead, type Head, LOGITS, LOSS, ROW_SHARE, TARGETS } from './head.ts'

/** Constants [] of an exported graph. */
export const SCALE_MEAN = name('target_mean')
export const SCALE_DEVIATION = name('target_deviation')

/**
 * Appends the mean squared error, sum((logits - targets)^2 * row_share), to a graph that ends in logits [rows, 1].
 * `targets` [rows, 1] are standardised; `row_share` [rows, 1] is one over the number of rows of the batch, 0 for a
 * row that only fills it.
 */
export const appendSquaredError = (graph: Graph): Graph => {
  const build = nodes()
  const error = build('error', 'Sub', [LOGITS, TARGETS])
  const square = build('squared_error', 'Mul', [error, error])
  const shares = build('error_shares', 'Mul', [square, ROW_SHARE])
  const loss: Node = {
    name: name('loss'),
    op: 'ReduceSum',
    domain: '',
    inputs: [shares],
    outputs: [LOSS],
    attributes: attributes({ keepdims: 0 }),
  }
  return {
    ...graph,
    nodes: [...graph.nodes, ...build.made, loss],
    inputs: [
      ...graph.inputs,
      { name: TARGETS, type: 'float32', dims: ['batch', 1] },
      { name: ROW_SHARE, type: 'float32', dims: ['batch', 1] },
    ],
    outputs: [...graph.outputs, { name: LOSS, type: 'float32', dims: [] }],
  }
}

/**
 * The loss's inputs for the rows of a batch, or of a part of it.
 *
 * @param part the standardised number of each row
 * @param batch rows of the whole batch
 * @param size rows that the graph reads; those beyond `part` only fill it and count nothing
 */
export const squaredErrorFeeds = (
  part: readonly number[],
  batch: number,
  size: number,
): Record<string, Tensor> => {
  const targets = new Float32Array(size)
  targets.set(part)
  const dims = [size, 1]
  return {
    [TARGETS]: { type: 'float32', dims, data: targets },
    [ROW_SHARE]: { type: 'float32', dims, data: new Float32Array(size).fill(1 / batch, 0, part.length) },
  }
}

/**
 * Appends the head, and what brings its answer back into the unit of the numbers: logits [rows, 1] =
 * (features * weight + bias) * deviation + mean. In two steps of their own, as a mean added to the bias would lose
 * the digits of what is added to it.
 */
export const appendScaledHead = (graph: Graph, head: Head, { mean, deviation }: Scale): Graph => {
  const standardised = name('standardised')
  const headed = appendHead(graph, head)
  const build = nodes()
  const spread = build('spread', 'Mul', [standardised, SCALE_DEVIATION])
  const shifted: Node = {
    name: name('shifted'),
    op: 'Add',
    domain: '',
    inputs: [spread, SCALE_MEAN],
    outputs: [LOGITS],
    attributes: attributes({}),
  }
  return {
    ...headed,
    nodes: [
      ...headed.nodes.map((node) =>
        node.outputs[0] === LOGITS ? { ...node, outputs: [standardised] } : node,
      ),
      ...build.made,
      shifted,
    ],
    initializers: new Map([
      ...headed.initializers,
      [SCALE_MEAN, float32Tensor([], [mean])],
      [SCALE_DEVIATION, float32Tensor([], [deviation])],
    ]),
  }
}

/** The same answers in the same unit, for numbers standardised otherwise. */
export const rescaledHead = (head: Head, from: Scale, to: Scale): Head => ({
  weight: head.weight.map((weight) => (weight * from.deviation) / to.deviation),
  bias: head.bias.map((bias) => (bias * from.deviation + from.mean - to.mean) / to.deviation),
})
