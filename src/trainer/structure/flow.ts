import { type StaticGraph, sameDims } from '../autodiff/static-graph.ts'
import type { Node } from '../onnx/model.ts'

/** A point where all that the text has become so far passes through one value. */
export interface Cut {
  readonly value: string
  readonly dims: readonly number[]
  /** Nodes that work on the text since the cut before. */
  readonly block: readonly Node[]
}

/** How a text flows through a graph, from its tokens to the outputs. */
export interface Flow {
  /** Float values that depend on the tokens. */
  readonly active: ReadonlySet<string>
  /** In order, from the embeddings up. */
  readonly cuts: readonly Cut[]
}

/**
 * Follows the tokens through a graph. A value is a cut when, at the moment it is made, no other active value
 * is still waiting to be read: then the part above needs nothing of the part below but this value (masks and
 * positions, which do not depend on the tokens' meaning, aside).
 *
 * @param source the input that holds the tokens
 */
export const flowOf = (graph: StaticGraph, source: string): Flow => {
  const active = new Set<string>()
  const reached = new Set([source])
  for (const node of graph.nodes) {
    if (!node.inputs.some((name) => reached.has(name))) continue
    for (const name of node.outputs) {
      reached.add(name)
      if (graph.values.get(name)?.type === 'float32') active.add(name)
    }
  }
  const readers = new Map<string, number>()
  for (const node of graph.nodes)
    for (const name of new Set(node.inputs)) readers.set(name, (readers.get(name) ?? 0) + 1)

  const waiting = new Map<string, number>()
  const cuts: Cut[] = []
  let block: Node[] = []
  for (const node of graph.nodes) {
    const made = node.outputs.filter((name) => active.has(name))
    if (made.length === 0) continue
    block.push(node)
    for (const name of new Set(node.inputs)) {
      const left = waiting.get(name)
      if (left === undefined) continue
      if (left === 1) waiting.delete(name)
      else waiting.set(name, left - 1)
    }
    for (const name of made) {
      const count = readers.get(name) ?? 0
      if (count > 0 || graph.outputs.includes(name)) waiting.set(name, Math.max(count, 1))
    }
    const [value] = waiting.keys()
    if (waiting.size === 1 && value !== undefined && made.includes(value)) {
      cuts.push({ value, dims: graph.values.get(value)?.dims ?? [], block })
      block = []
    }
  }
  return { active, cuts }
}

/** Two active values of equal dimensions come together: x + f(x). */
export const isResidual = (node: Node, graph: StaticGraph, active: ReadonlySet<string>): boolean => {
  const [a = '', b = ''] = node.inputs
  if (node.op !== 'Add' || !active.has(a) || !active.has(b)) return false
  return sameDims(graph.values.get(a)?.dims ?? [], graph.values.get(b)?.dims ?? [-1])
}
