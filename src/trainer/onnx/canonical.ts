import { float32Tensor, int64Tensor } from './elements.ts'
import type { Graph, Node, TensorValue } from './model.ts'
import { uses } from './order.ts'
import { renameNode } from './rename.ts'

/**
 * The same graph with one way of saying each thing: constants are initialisers (under the name of the
 * `Constant` node's output), nothing is merely renamed by `Identity`, nothing is computed that no output
 * needs. The names of initialisers stay, so that trained bytes find their way back.
 */
export const canonical = (graph: Graph): Graph => {
  const initializers = new Map<string, TensorValue>(graph.initializers)
  const outputs = new Set(graph.outputs.map((output) => output.name))
  const alias = new Map<string, string>()
  const nodes: Node[] = []
  for (const original of graph.nodes) {
    const node = renameNode(original, (name) => alias.get(name) ?? name)
    const [source] = node.inputs
    const [result] = node.outputs
    const value = node.op === 'Constant' ? constantOf(node) : null
    if (value && result !== undefined) initializers.set(result, value)
    else if (node.op === 'Identity' && source !== undefined && result !== undefined && !outputs.has(result))
      alias.set(result, source)
    else nodes.push(node)
  }
  return pruned({ ...graph, nodes, initializers })
}

/** Without the nodes and initialisers that no output needs. Inputs stay. */
export const pruned = (graph: Graph): Graph => {
  const needed = new Set(graph.outputs.map((output) => output.name))
  const nodes: Node[] = []
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((name) => needed.has(name))) continue
    nodes.push(node)
    for (const name of uses(node)) needed.add(name)
  }
  nodes.reverse()
  return {
    ...graph,
    nodes,
    initializers: new Map([...graph.initializers].filter(([name]) => needed.has(name))),
  }
}

const constantOf = (node: Node): TensorValue | null => {
  const [attribute] = node.attributes.values()
  switch (attribute?.kind) {
    case 'tensor':
      return attribute.value
    case 'float':
      return float32Tensor([], [attribute.value])
    case 'floats':
      return float32Tensor([attribute.value.length], attribute.value)
    case 'int':
      return int64Tensor([], [attribute.value])
    case 'ints':
      return int64Tensor([attribute.value.length], attribute.value)
    default:
      return null
  }
}
