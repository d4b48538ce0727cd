import { elementCount } from '../onnx/elements.ts'
import type { Node } from '../onnx/model.ts'
import { GraphBuilder } from './builder.ts'
import type { StaticGraph } from './static-graph.ts'

/** A graph with its backward pass, as `backward` appended it. */
export interface Differentiated {
  readonly graph: StaticGraph
  /** How many of the graph's nodes are the forward pass: they come first. */
  readonly forward: number
  /** Value of the gradient, by the value or weight that it belongs to. */
  readonly gradients: ReadonlyMap<string, string>
}

/**
 * Gradient checkpointing by segments (Chen et al., 2016): of each segment the forward pass keeps no more than what
 * enters it, and the backward pass computes the rest once more when it comes to the segment. The results are the same;
 * what is kept is one segment and the entries of the others. The last segment is what the backward pass begins with:
 * it is kept.
 *
 * @param entries the value that enters each segment, from the bottom up
 */
export const recomputed = (
  { graph, forward, gradients }: Differentiated,
  entries: readonly string[],
): StaticGraph => {
  const below = graph.nodes.slice(0, forward)
  const levels = levelsOf(below, entries)
  const kept = new Set([...entries, ...graph.outputs])
  const producers = new Map(below.flatMap((node) => node.outputs.map((name) => [name, node] as const)))
  const b = new GraphBuilder({ ...graph, nodes: below })
  const wanted = new Set(graph.outputs)
  /** Of each segment that was come to: value to its copy. */
  const copies = new Map<number, Map<string, string>>()
  /** Gradients that are computed by now, and in the order of nodes: what the next segment waits for. */
  let done: string[] = []
  const computed = new Set<string>()

  const copyOf = (name: string, level: number, copy: Map<string, string>): string => {
    const known = copy.get(name)
    if (known !== undefined) return known
    const node = producers.get(name)
    if (!node || kept.has(name) || levels.get(name) !== level) return name
    const inputs = node.inputs.map((input) => copyOf(input, level, copy))
    const made = b.copy(node, inputs)
    for (const [i, output] of node.outputs.entries()) copy.set(output, made[i] ?? '')
    return copy.get(name) ?? name
  }

  for (const node of graph.nodes.slice(forward)) {
    const inputs = node.inputs.map((name) => {
      const level = levels.get(name) ?? 0
      const entry = entries[level - 1]
      if (level === 0 || level >= entries.length || entry === undefined || kept.has(name)) return name
      let copy = copies.get(level)
      if (!copy) {
        // Read by what comes before the segment's own backward pass: a copy of it would come too early.
        const above = gradients.get(entries[level] ?? '')
        if (above === undefined || !computed.has(above)) return name
        copy = new Map([[entry, after(b, entry, [above, ...done])]])
        copies.set(level, copy)
        done = []
      }
      return copyOf(name, level, copy)
    })
    b.append({ ...node, inputs })
    for (const name of node.outputs) {
      computed.add(name)
      if (wanted.has(name)) done.push(name)
    }
  }
  return b.graph(graph.outputs)
}

/** The segment that each value is in: 0 below the first entry. */
const levelsOf = (nodes: readonly Node[], entries: readonly string[]): ReadonlyMap<string, number> => {
  const entered = new Map(entries.map((name, i) => [name, i + 1]))
  const levels = new Map<string, number>()
  for (const node of nodes) {
    const level = Math.max(0, ...node.inputs.map((name) => entered.get(name) ?? levels.get(name) ?? 0))
    for (const name of node.outputs) levels.set(name, level)
  }
  return levels
}

/** The same value, which can't be had before the others are: else the copies would be computed at once, or not at all. */
const after = (b: GraphBuilder, value: string, others: readonly string[]): string => {
  const firsts = others.map((name) => b.slice(b.reshape(name, [elementCount(b.dims(name))]), 0, 0, 1))
  const sum = firsts.reduce((left, right) => b.add(left, right))
  return b.add(value, b.mul(sum, b.scalar(0)))
}
