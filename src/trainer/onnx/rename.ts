import type { Attribute, Graph, Node } from './model.ts'

/** The node with every value it names, those in its subgraphs included, renamed. */
export function renameNode(node: Node, rename: (name: string) => string): Node {
  const attributes = new Map<string, Attribute>()
  for (const [name, attribute] of node.attributes)
    attributes.set(
      name,
      attribute.kind === 'graph' ? { kind: 'graph', value: renameGraph(attribute.value, rename) } : attribute,
    )
  return { ...node, attributes, inputs: node.inputs.map(rename), outputs: node.outputs.map(rename) }
}

export function renameGraph(graph: Graph, rename: (name: string) => string): Graph {
  return {
    name: graph.name,
    nodes: graph.nodes.map((node) => renameNode(node, rename)),
    initializers: new Map([...graph.initializers].map(([name, value]) => [rename(name), value])),
    inputs: graph.inputs.map((input) => ({ ...input, name: rename(input.name) })),
    outputs: graph.outputs.map((output) => ({ ...output, name: rename(output.name) })),
  }
}
