import { attributes } from '../onnx/attributes.ts'
import type { Graph, Node } from '../onnx/model.ts'
import { name, nodes } from './append.ts'
import { LOGITS, LOSS, ROW_SHARE, TARGETS } from './head.ts'

export { HEAD_BIAS, HEAD_WEIGHT, type Head, LOGITS, LOSS, ROW_SHARE, TARGETS } from './head.ts'

/**
 * Appends cross-entropy, -sum(targets * log softmax(logits)) * row_share, to a graph that ends in logits.
 * `targets` [rows, labels] is the wanted distribution of each row, zeros for a row that only fills the batch;
 * `row_share` [] is one over the number of rows that count.
 */
export const appendLoss = (graph: Graph, labels: number): Graph => {
  const build = nodes()
  const logs = build('log_probabilities', 'LogSoftmax', [LOGITS], { axis: -1 })
  const chosen = build('chosen', 'Mul', [logs, TARGETS])
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
    inputs: [
      ...graph.inputs,
      { name: TARGETS, type: 'float32', dims: ['batch', labels] },
      { name: ROW_SHARE, type: 'float32', dims: [] },
    ],
    outputs: [...graph.outputs, { name: LOSS, type: 'float32', dims: [] }],
  }
}
