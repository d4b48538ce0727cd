import type { StaticGraph } from '../autodiff/static-graph.ts'
import { FORMS } from './parameters.ts'

/**
 * How high in the model each weight stands: 0 below the first layer, 1 in the first, and so on; what follows the
 * last layer counts to it. A weight that several layers share stands in the highest of them.
 *
 * @param entries the value that enters each layer, from the bottom up; those that the graph lacks do not matter
 */
export const weightLevels = (
  graph: StaticGraph,
  entries: readonly string[],
  names: Iterable<string>,
): ReadonlyMap<string, number> => {
  const above = new Map(entries.map((value, i) => [value, i + 1]))
  /** Of those who read a value. */
  const levels = new Map<string, number>()
  /** Value to the weight that it is another form of. */
  const forms = new Map([...names].map((name) => [name, name]))
  const found = new Map([...forms.keys()].map((name) => [name, 0]))
  for (const node of graph.nodes) {
    const level = Math.max(0, ...node.inputs.map((name) => above.get(name) ?? levels.get(name) ?? 0))
    for (const name of node.inputs) {
      const weight = forms.get(name)
      if (weight !== undefined) found.set(weight, Math.max(level, found.get(weight) ?? 0))
    }
    const form = FORMS.has(node.op) ? forms.get(node.inputs[0] ?? '') : undefined
    for (const name of node.outputs) {
      levels.set(name, level)
      if (form !== undefined) forms.set(name, form)
    }
  }
  return found
}
