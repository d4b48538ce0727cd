import { pruned } from '../onnx/canonical.ts'
import type { Graph, ValueInfo } from '../onnx/model.ts'

/**
 * The part of a graph that makes some values from others, these becoming inputs beside those of the graph
 * that are still needed.
 *
 * @param from values to start at; empty for the graph's own inputs
 */
export const subgraph = (graph: Graph, from: readonly ValueInfo[], to: readonly ValueInfo[]): Graph => {
  const given = new Set(from.map((info) => info.name))
  const nodes = graph.nodes.filter((node) => !node.outputs.some((name) => given.has(name)))
  const part = pruned({ ...graph, nodes, outputs: to })
  const read = new Set([...part.nodes.flatMap((node) => node.inputs), ...to.map((info) => info.name)])
  return { ...part, inputs: [...from, ...graph.inputs].filter((info) => read.has(info.name)) }
}
