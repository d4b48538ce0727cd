import { type StaticGraph, sameDims } from '../autodiff/static-graph.ts'
import { flowOf } from './flow.ts'

/** f(x) of a residual connection x + f(x). */
export interface Branch {
  /** The value f(x). */
  readonly value: string
  /** The value x + f(x). */
  readonly sum: string
}

/**
 * What attention and feed-forward parts add to the text's state: of every sum of two values of
 * [rows, tokens, width] of which one was made from the other, the one that was made.
 *
 * @param source the input that holds the tokens, or the value where training begins
 */
export const residualBranches = (graph: StaticGraph, source: string, width: number): readonly Branch[] => {
  const { active } = flowOf(graph, source)
  const isActive = (name: string): boolean => active.has(name) || name === source
  const makers = new Map(graph.nodes.flatMap((node, i) => node.outputs.map((name) => [name, i] as const)))
  const madeAt = (name: string): number => makers.get(name) ?? -1

  const isMadeFrom = (value: string, origin: string): boolean => {
    const seen = new Set<string>()
    const open = [value]
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (name === origin) return true
      // What was made before the origin can't have been made from it.
      if (seen.has(name) || madeAt(name) < madeAt(origin)) continue
      seen.add(name)
      open.push(...(graph.nodes[madeAt(name)]?.inputs ?? []))
    }
    return false
  }

  const found: Branch[] = []
  for (const { op, inputs, outputs } of graph.nodes) {
    const [a = '', b = ''] = inputs
    const [sum = ''] = outputs
    if (op !== 'Add' || a === b || !isActive(a) || !isActive(b)) continue
    const dims = graph.values.get(a)?.dims ?? []
    if (dims.length !== 3 || dims[2] !== width || !sameDims(dims, graph.values.get(b)?.dims ?? [])) continue
    const [origin, value] = madeAt(a) < madeAt(b) ? [a, b] : [b, a]
    if (isMadeFrom(value, origin)) found.push({ value, sum })
  }
  return found
}
