import type { Pooling } from '../../shared/config.ts'
import { float32Tensor, int64Tensor } from '../onnx/elements.ts'
import { DataType, type Graph, type Node, type TensorValue } from '../onnx/model.ts'
import { type Build, name, nodes } from './append.ts'

/** [rows, width]: what the head reads. */
export const FEATURES = name('features')

/**
 * Appends what turns the last hidden state [rows, tokens, width] into features [rows, width]: the weighted
 * sum over the tokens, scaled to length 1. The weights are the mask divided by its sum (`mean`), or
 * 1 at the first (`cls`) or last token (`last`).
 *
 * Operators of opset 18 with dynamic dimensions: the same nodes are trained and exported.
 */
export const appendPooling = (graph: Graph, hidden: string, width: number, pooling: Pooling): Graph => {
  const build = nodes()
  const constants: [string, TensorValue][] = [
    [name('axis_tokens'), int64Tensor([1], [1])],
    [name('axis_last'), int64Tensor([1], [-1])],
    [name('tiny'), float32Tensor([], [1e-24])],
    [name('unit'), float32Tensor([], [1])],
    [name('axis'), int64Tensor([], [1])],
  ]
  const mask = build('mask', 'Cast', ['attention_mask'], { to: DataType.float32 })
  const weights = tokenWeights(build, mask, pooling)
  const column = build('column', 'Unsqueeze', [weights, name('axis_last')])
  const weighted = build('weighted', 'Mul', [hidden, column])
  const pooled = build('pooled', 'ReduceSum', [weighted, name('axis_tokens')], { keepdims: 0 })
  const square = build('square', 'Mul', [pooled, pooled])
  const total = build('total', 'ReduceSum', [square, name('axis_last')], { keepdims: 1 })
  const safe = build('safe', 'Max', [total, name('tiny')])
  const norm = build('norm', 'Sqrt', [safe])
  build('features', 'Div', [pooled, norm])

  const used = new Set(build.made.flatMap((node) => node.inputs))
  const hasMask = graph.inputs.some((input) => input.name === 'attention_mask')
  return {
    ...graph,
    nodes: [...graph.nodes, ...build.made],
    initializers: new Map([...graph.initializers, ...constants.filter(([key]) => used.has(key))]),
    inputs: hasMask
      ? graph.inputs
      : [...graph.inputs, { name: 'attention_mask', type: 'int64', dims: ['batch', 'sequence'] }],
    outputs: [{ name: FEATURES, type: 'float32', dims: ['batch', width] }],
  }
}

/** Input [rows, windows]: the share that each window has in a row's features. */
export const WINDOWS = name('windows')

/**
 * For texts that are read in windows: the features of a row are the mean of those of its windows. The head is
 * linear, so that its logits are then the mean of the windows' logits, which is how the exported graph, which
 * reads one window, is used.
 *
 * @param graph ends in the features of each window, [windows, width]
 */
export const appendWindowMean = (graph: Graph, width: number): Graph => {
  const each = name('window_features')
  const build = nodes()
  build('features', 'MatMul', [WINDOWS, each])
  const renamed = (node: Node): Node =>
    node.outputs.includes(FEATURES) ? { ...node, name: each, outputs: [each] } : node
  return {
    ...graph,
    nodes: [...graph.nodes.map(renamed), ...build.made],
    inputs: [...graph.inputs, { name: WINDOWS, type: 'float32', dims: ['rows', 'windows'] }],
    outputs: [{ name: FEATURES, type: 'float32', dims: ['rows', width] }],
  }
}

/** [rows, tokens], summing to 1 in each row. */
const tokenWeights = (build: Build, mask: string, pooling: Pooling): string => {
  const tokens = () => build('tokens', 'ReduceSum', [mask, name('axis_last')], { keepdims: 1 })
  if (pooling === 'mean')
    return build('weights', 'Div', [mask, build('some', 'Max', [tokens(), name('tiny')])])
  // Counted along the row, so that padding may stand on either side.
  const seen = build('seen', 'CumSum', [mask, name('axis')])
  const at = pooling === 'cls' ? name('unit') : tokens()
  const here = build('here', 'Equal', [seen, at])
  return build('weights', 'Mul', [build('is_here', 'Cast', [here], { to: DataType.float32 }), mask])
}
