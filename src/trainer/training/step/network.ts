import type { Pooling, ResolvedOptions, TaskName } from '../../../shared/config.ts'
import { recognise } from '../../autodiff/patterns.ts'
import { type WeightedGraph, withGraph, withWeights } from '../../engine/weights.ts'
import { attributes } from '../../onnx/attributes.ts'
import { DataType, type Graph, type Node } from '../../onnx/model.ts'
import { subgraph } from '../../structure/subgraph.ts'
import { appendLoss } from '../../tasks/classification.ts'
import { appendHead, HEAD_BIAS, type Head, type LOGITS, type LOSS } from '../../tasks/head.ts'
import { appendPooling, appendWindowMean, FEATURES } from '../../tasks/pooling.ts'
import { appendSquaredError } from '../../tasks/regression.ts'
import type { TextModel } from '../../text/text-model.ts'

/** Input of the trained part: what the frozen part below made of the rows, [rows, tokens, width]. */
export const BOUNDARY = 'finesse.boundary'

/** Where a model is divided into a frozen and a trained part. */
export interface Division {
  /** The value that passes from one to the other. */
  readonly value: string
  readonly width: number
  /** Kept in fp16 rather than fp32. */
  readonly half: boolean
}

/**
 * The model up to its features [rows, width].
 *
 * @param windows whether a row may be read in several windows
 */
export const featureNetwork = (model: TextModel, pooling: Pooling, windows = false): WeightedGraph => {
  const { hidden, width } = model.trunk
  const pooled = appendPooling(model.graph, hidden, width, pooling)
  return withWeights(recognise(windows ? appendWindowMean(pooled, width) : pooled), model.opsets)
}

/**
 * The model with its head, up to logits and loss. The weights of `features` are shared, not copied.
 *
 * @param focalGamma of the focal loss; 0 for cross-entropy
 * @param task whose loss it is
 */
export const headedNetwork = (
  features: WeightedGraph,
  head: Head,
  focalGamma = 0,
  task: TaskName = 'classify',
): WeightedGraph => {
  const headed = appendHead(features.graph, head)
  const graph =
    task === 'regress' ? appendSquaredError(headed) : appendLoss(headed, head.bias.length, focalGamma)
  // Of numbers the bias has one element.
  const own = withWeights(graph, features.opsets, new Set([HEAD_BIAS]))
  return { ...own, weights: new Map([...features.weights, ...own.weights]) }
}

const value = (name: string) => ({ name, type: 'float32', dims: null }) as const

/** The frozen part: from tokens to the boundary, and to the features beside it. */
export const lowerPart = (features: WeightedGraph, division: Division | null): WeightedGraph => {
  if (!division) return features
  const cast = castNode(division.value, BOUNDARY, division.half)
  return withGraph(features, {
    ...features.graph,
    nodes: [...features.graph.nodes, cast],
    outputs: [value(FEATURES), { name: BOUNDARY, type: division.half ? 'float16' : 'float32', dims: null }],
  })
}

/**
 * The part from the boundary, or from the tokens where nothing is divided, to logits or loss.
 *
 * @param network ends in logits and loss
 */
export const upperPart = (
  network: WeightedGraph,
  division: Division | null,
  end: typeof LOGITS | typeof LOSS,
): WeightedGraph => {
  if (!division) return withGraph(network, subgraph(network.graph, [], [value(end)]))
  const above = subgraph(network.graph, [value(division.value)], [value(end)])
  const graph: Graph = {
    ...above,
    nodes: [castNode(BOUNDARY, division.value, false), ...above.nodes],
    inputs: [
      {
        name: BOUNDARY,
        type: division.half ? 'float16' : 'float32',
        dims: ['batch', 'sequence', division.width],
      },
      ...above.inputs.filter((input) => input.name !== division.value),
    ],
  }
  return withGraph(network, graph)
}

const castNode = (from: string, to: string, half: boolean): Node => ({
  name: to,
  op: 'Cast',
  domain: '',
  inputs: [from],
  outputs: [to],
  attributes: attributes({ to: half ? DataType.float16 : DataType.float32 }),
})

/** The value that enters the lowest layer that is trained; null where training begins at the tokens, or at the head. */
export const entryOf = (model: TextModel, { strategy }: ResolvedOptions): string | null => {
  if (!strategy.startsWith('last:')) return null
  return model.trunk.layers.at(-Number(strategy.slice('last:'.length))) ?? null
}
