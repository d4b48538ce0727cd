import { attributes, float } from '../onnx/attributes.ts'
import { float32Tensor } from '../onnx/elements.ts'
import type { Graph, Node } from '../onnx/model.ts'
import { name } from './append.ts'
import { FEATURES } from './pooling.ts'

/** Linear map of the pooled state: `weight` [width, outputs], `bias` [outputs]. */
export interface Head {
  readonly weight: Float32Array
  readonly bias: Float32Array
}

export const HEAD_WEIGHT = name('weight')
export const HEAD_BIAS = name('bias')
/** [rows, outputs]. */
export const LOGITS = 'logits'
/** Input [rows, outputs]: what is wanted of each row. */
export const TARGETS = 'targets'
/** Input: what a row counts in the loss. */
export const ROW_SHARE = 'row_share'
export const LOSS = 'loss'

/** The head whose logits are those of another divided by a temperature. */
export const dividedHead = ({ weight, bias }: Head, temperature: number): Head => ({
  weight: weight.map((value) => value / temperature),
  bias: bias.map((value) => value / temperature),
})

/** Appends the linear head to a graph that ends in features. */
export const appendHead = (graph: Graph, head: Head): Graph => {
  const outputs = head.bias.length
  const width = head.weight.length / outputs
  const logits: Node = {
    name: name('logits'),
    op: 'Gemm',
    domain: '',
    inputs: [FEATURES, HEAD_WEIGHT, HEAD_BIAS],
    outputs: [LOGITS],
    attributes: attributes({ alpha: float(1), beta: float(1) }),
  }
  return {
    ...graph,
    nodes: [...graph.nodes, logits],
    initializers: new Map([
      ...graph.initializers,
      [HEAD_WEIGHT, float32Tensor([width, outputs], head.weight)],
      [HEAD_BIAS, float32Tensor([outputs], head.bias)],
    ]),
    outputs: [{ name: LOGITS, type: 'float32', dims: ['batch', outputs] }],
  }
}
