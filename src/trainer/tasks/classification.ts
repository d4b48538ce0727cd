import type { Tensor } from '../engine/tensor.ts'
import { attributes } from '../onnx/attributes.ts'
import { float32Tensor } from '../onnx/elements.ts'
import type { Graph, Node, TensorValue } from '../onnx/model.ts'
import { type Build, name, nodes } from './append.ts'
import { LOGITS, LOSS, ROW_SHARE, TARGETS } from './head.ts'

/**
 * Appends cross-entropy, -sum(targets * log p) * row_share with p = softmax(logits), to a graph that ends in
 * logits; or, with a `gamma` above 0, the focal loss -sum(targets * (1 - p)^gamma * log p) * row_share
 * (Lin et al., 2017). `targets` [rows, labels] is what each row wants (`lossFeeds`), zeros for a row that only
 * fills the batch; `row_share` [] is one over what the rows count together.
 */
export const appendLoss = (graph: Graph, labels: number, gamma = 0): Graph => {
  const build = nodes()
  const logs = build('log_probabilities', 'LogSoftmax', [LOGITS], { axis: -1 })
  const terms = gamma > 0 ? build('focused', 'Mul', [logs, focus(build)]) : logs
  const chosen = build('chosen', 'Mul', [terms, TARGETS])
  const sum = build('sum', 'ReduceSum', [chosen], { keepdims: 0 })
  const negative = build('negative', 'Neg', [sum])
  const loss: Node = {
    name: name('loss'),
    op: 'Mul',
    domain: '',
    inputs: [negative, ROW_SHARE],
    outputs: [LOSS],
    attributes: attributes({}),
  }
  return {
    ...graph,
    nodes: [...graph.nodes, ...build.made, loss],
    initializers: gamma > 0 ? new Map([...graph.initializers, ...focusConstants(gamma)]) : graph.initializers,
    inputs: [
      ...graph.inputs,
      { name: TARGETS, type: 'float32', dims: ['batch', labels] },
      { name: ROW_SHARE, type: 'float32', dims: [] },
    ],
    outputs: [...graph.outputs, { name: LOSS, type: 'float32', dims: [] }],
  }
}

/** (1 - p)^gamma, 1 - p never quite 0: there the derivative of the power is infinite where gamma is below 1. */
const focus = (build: Build): string => {
  const probabilities = build('probabilities', 'Softmax', [LOGITS], { axis: -1 })
  const others = build('others', 'Sub', [name('one'), probabilities])
  return build('focus', 'Pow', [build('some_others', 'Max', [others, name('least')]), name('gamma')])
}

const focusConstants = (gamma: number): readonly (readonly [string, TensorValue])[] => [
  [name('one'), float32Tensor([], [1])],
  [name('least'), float32Tensor([], [1e-7])],
  [name('gamma'), float32Tensor([], [gamma])],
]

/** What the loss reads, beside the logits. */
export interface Wanted {
  readonly labels: number
  /** What a row of each label counts. */
  readonly weights: Float64Array
  /** The share of a row's label that is spread evenly over all labels. */
  readonly smoothing: number
}

/**
 * The loss's inputs for the rows of a batch, or of a part of it. With weights w and smoothing s a row of label y
 * wants w_c * ((1 - s) [c = y] + s / labels) of label c, and the sum over the rows is divided by the sum of their
 * w_y: PyTorch's cross_entropy with `weight` and `label_smoothing`.
 *
 * @param part the label of each row
 * @param batch the label of each row of the whole batch
 * @param size rows that the graph reads; those beyond `part` only fill it and count nothing
 */
export const lossFeeds = (
  { labels, weights, smoothing }: Wanted,
  part: readonly number[],
  batch: readonly number[],
  size: number,
): Record<string, Tensor> => {
  const targets = new Float32Array(size * labels)
  for (const [row, label] of part.entries())
    for (let c = 0; c < labels; c++)
      targets[row * labels + c] = (weights[c] ?? 1) * ((c === label ? 1 - smoothing : 0) + smoothing / labels)
  const counted = batch.reduce((sum, label) => sum + (weights[label] ?? 1), 0)
  return {
    [TARGETS]: { type: 'float32', dims: [size, labels], data: targets },
    [ROW_SHARE]: { type: 'float32', dims: [], data: new Float32Array([1 / counted]) },
  }
}
