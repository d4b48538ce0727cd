import { UserError } from '../../shared/error.ts'
import { backward } from '../autodiff/backward.ts'
import { GraphBuilder } from '../autodiff/builder.ts'
import type { StaticGraph } from '../autodiff/static-graph.ts'
import type { Tensor } from '../engine/tensor.ts'
import type { Graph } from '../onnx/model.ts'
import { describeBatchDependence, describeRefusal, isControlFlow, isQuantised } from '../onnx/refuse.ts'
import { findParameters } from './parameters.ts'
import { subgraph } from './subgraph.ts'
import type { Trunk } from './trunk.ts'

/** How far down from the last hidden state gradients can pass. */
export interface Trainable {
  /** Layers from the top that can be trained. */
  readonly layers: number
  /** Why no more can be, in one line that names the node; null where the whole model can be trained. */
  readonly refusal: string | null
  /** Why not even a head can be, likewise. */
  readonly headRefusal: string | null
}

/**
 * Derives the gradients without executing anything, so that what can't be trained is known before work begins.
 *
 * @param graph up to the last hidden state
 * @param probed the same specialised, in which `trunk` was found, perhaps with nodes above
 * @param weights of the specialised graph
 */
export const findTrainable = (
  graph: Graph,
  probed: StaticGraph,
  trunk: Trunk,
  weights: ReadonlyMap<string, Tensor>,
): Trainable => {
  const refusal = refusalAbove(null, graph, probed, trunk, weights)
  if (refusal === null) return { layers: trunk.layers.length, refusal, headRefusal: null }
  const fromTop = trunk.layers.toReversed()
  const blocked = fromTop.findIndex((entry) => refusalAbove(entry, graph, probed, trunk, weights) !== null)
  const headRefusal = graph.nodes.map(describeBatchDependence).find((reason) => reason !== null) ?? null
  return { layers: blocked < 0 ? fromTop.length : blocked, refusal, headRefusal }
}

/** @param entry the value that enters the lowest trained layer; null for the tokens */
const refusalAbove = (
  entry: string | null,
  graph: Graph,
  probed: StaticGraph,
  { hidden }: Trunk,
  weights: ReadonlyMap<string, Tensor>,
): string | null => {
  const value = (name: string) => ({ name, type: 'float32', dims: null }) as const
  const part = subgraph(graph, entry === null ? [] : [value(entry)], [value(hidden)])
  // Gradients could go round these unnoticed: their values are whole numbers, or constants once folded.
  const refused = part.nodes.findLast((node) => isQuantised(node) || isControlFlow(node))
  if (refused) return describeRefusal(refused)

  const { dense, tables } = findParameters(probed, entry ?? 'input_ids', weights)
  const b = new GraphBuilder(probed)
  const cotangent = b.input('~cotangent', 'float32', b.dims(hidden))
  const wanted = new Set([...dense, ...tables])
  try {
    backward(b, probed.nodes, new Map([[hidden, cotangent]]), wanted, new Set(tables))
    return null
  } catch (error) {
    if (error instanceof UserError) return error.message
    throw error
  }
}
