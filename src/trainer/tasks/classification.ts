import type { Pooling } from '../../shared/config.ts'
import { attributes, float } from '../onnx/attributes.ts'
import { float32Tensor, int64Tensor } from '../onnx/elements.ts'
import { DataType, type Graph, type Node, type TensorValue } from '../onnx/model.ts'
import { HEAD_PREFIX } from '../structure/trunk.ts'

/** Linear classifier on the pooled state: `weight` [width, labels], `bias` [labels]. */
export interface Head {
  readonly weight: Float32Array
  readonly bias: Float32Array
}

export const HEAD_WEIGHT = `${HEAD_PREFIX}.weight`
export const HEAD_BIAS = `${HEAD_PREFIX}.bias`
/** [rows, width]: what the head classifies by. */
export const FEATURES = `${HEAD_PREFIX}.features`
/** [rows, labels]. */
export const LOGITS = 'logits'
/** Input [rows, labels]: the wanted distribution of each row; zeros for a row that only fills the batch. */
export const TARGETS = 'targets'
/** Input []: one over the number of rows that count. */
export const ROW_SHARE = 'row_share'
export const LOSS = 'loss'

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

/** Appends the linear classifier to a graph that ends in features. */
export const appendClassifier = (graph: Graph, head: Head): Graph => {
  const labels = head.bias.length
  const width = head.weight.length / labels
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
      [HEAD_WEIGHT, float32Tensor([width, labels], head.weight)],
      [HEAD_BIAS, float32Tensor([labels], head.bias)],
    ]),
    outputs: [{ name: LOGITS, type: 'float32', dims: ['batch', labels] }],
  }
}

/** Appends cross-entropy, -sum(targets * log softmax(logits)) * row_share, to a graph that ends in logits. */
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

const name = (part: string): string => `${HEAD_PREFIX}.${part}`

interface Build {
  (part: string, op: string, inputs: readonly string[], values?: Parameters<typeof attributes>[0]): string
  readonly made: Node[]
}

const nodes = (): Build => {
  const made: Node[] = []
  const build = (
    part: string,
    op: string,
    inputs: readonly string[],
    values: Parameters<typeof attributes>[0] = {},
  ): string => {
    made.push({
      name: name(part),
      op,
      domain: '',
      inputs,
      outputs: [name(part)],
      attributes: attributes(values),
    })
    return name(part)
  }
  return Object.assign(build, { made })
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
