import { toFloat32 } from '../onnx/elements.ts'
import type { Graph, Model, TensorValue } from '../onnx/model.ts'
import { elements, type Tensor } from './tensor.ts'

/** A graph whose larger float constants are held apart as host tensors, shared by all sessions made from it. */
export interface WeightedGraph {
  readonly opsets: Model['opsets']
  readonly graph: Graph
  /** By the name of the initialiser, which the graph no longer holds: sessions read it as an input. */
  readonly weights: ReadonlyMap<string, Tensor>
}

/** Float constants of more than one element: what can be trained, and what is too large to write into each session. */
const isWeight = (value: TensorValue): boolean => value.type === 'float32' && elements(value.dims) > 1

/** A weight itself, not a copy: what is written into it is seen by all. */
export const weightOf = (model: WeightedGraph, name: string): Float32Array => {
  const tensor = model.weights.get(name)
  if (tensor?.type !== 'float32') throw new Error(`no float weight ${name}`)
  return tensor.data
}

/**
 * Takes the weights out of a graph; they are copied where they do not lie as a typed array needs.
 *
 * @param also float constants of one element that are to be held as weights too
 */
export const withWeights = (
  graph: Graph,
  opsets: Model['opsets'],
  also: ReadonlySet<string> = new Set(),
): WeightedGraph => {
  const weights = new Map<string, Tensor>()
  const constants = new Map<string, TensorValue>()
  for (const [name, value] of graph.initializers) {
    if (isWeight(value) || also.has(name))
      weights.set(name, { type: 'float32', dims: value.dims, data: toFloat32(value) })
    else constants.set(name, value)
  }
  return { opsets, graph: { ...graph, initializers: constants }, weights }
}

/** The part of a graph that `subgraph` left, with the weights that it reads. */
export const withGraph = (model: WeightedGraph, graph: Graph): WeightedGraph => {
  const read = new Set(graph.nodes.flatMap((node) => node.inputs))
  return { ...model, graph, weights: new Map([...model.weights].filter(([name]) => read.has(name))) }
}

/** As a model with dynamic dimensions that reads its weights as inputs. */
export const dynamicModel = ({ opsets, graph, weights }: WeightedGraph): Model => ({
  irVersion: 8,
  opsets: new Map([...opsets, ['com.microsoft', 1]]),
  producer: 'finesse',
  graph: {
    ...graph,
    inputs: [
      ...graph.inputs,
      ...[...weights].map(([name, tensor]) => ({ name, type: tensor.type, dims: tensor.dims })),
    ],
  },
})
