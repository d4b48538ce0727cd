import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { describeNode } from './describe.ts'
import type { Attribute, Graph, Node } from './model.ts'

/** The graphs that a node carries as attributes (branches, loop bodies). */
export const subgraphs = (node: Node): Graph[] =>
  [...node.attributes.values()].flatMap((attribute) => (attribute.kind === 'graph' ? [attribute.value] : []))

/** The node with each graph that it carries replaced. */
export function mapSubgraphs(node: Node, change: (graph: Graph) => Graph): Node {
  if (subgraphs(node).length === 0) return node
  const attributes = new Map<string, Attribute>()
  for (const [name, attribute] of node.attributes)
    attributes.set(
      name,
      attribute.kind === 'graph' ? { kind: 'graph', value: change(attribute.value) } : attribute,
    )
  return { ...node, attributes }
}

function defined(graph: Graph): Set<string> {
  const names = new Set(graph.initializers.keys())
  for (const input of graph.inputs) names.add(input.name)
  for (const node of graph.nodes) for (const output of node.outputs) names.add(output)
  return names
}

/** Names that a graph takes from the graphs around it. */
function captured(graph: Graph): string[] {
  const own = defined(graph)
  const used = new Set<string>()
  for (const node of graph.nodes) for (const name of uses(node)) used.add(name)
  for (const output of graph.outputs) used.add(output.name)
  return [...used].filter((name) => !own.has(name))
}

/** Every value that a node reads, those of its subgraphs included. */
export const uses = (node: Node): string[] => [
  ...node.inputs.filter((name) => name !== ''),
  ...subgraphs(node).flatMap(captured),
]

function producers(graph: Graph, file: string): Map<string, number> {
  const made = new Map<string, number>()
  const given = new Set(graph.initializers.keys())
  for (const input of graph.inputs) given.add(input.name)
  for (const [index, node] of graph.nodes.entries())
    for (const output of node.outputs) {
      if (output === '') continue
      if (made.has(output) || given.has(output))
        throw new UserError(
          t`${file}: ${describeNode(node)} makes value ${output}, which is there already; export or download the model again`,
        )
      made.set(output, index)
    }
  return made
}

function orderSubgraphs(node: Node, visible: ReadonlySet<string>, file: string): Node {
  return mapSubgraphs(node, (graph) => orderGraph(graph, visible, file))
}

/**
 * The graph with its nodes in topological order, the given order kept where it already is one. A value that
 * nothing makes, one made twice and a cycle are refused by name.
 *
 * @param outer names visible from the graphs around this one
 */
export function orderGraph(graph: Graph, outer: ReadonlySet<string>, file: string): Graph {
  const made = producers(graph, file)
  const visible = new Set([...outer, ...defined(graph)])
  const needs = graph.nodes.map((node) => {
    const before: number[] = []
    for (const name of uses(node)) {
      const maker = made.get(name)
      if (maker !== undefined) before.push(maker)
      else if (!visible.has(name))
        throw new UserError(
          t`${file}: ${describeNode(node)} needs value ${name}, which nothing in the graph makes; export or download the model again`,
        )
    }
    return before
  })
  for (const output of graph.outputs)
    if (!visible.has(output.name))
      throw new UserError(
        t`${file}: nothing in the graph makes its output ${output.name}; export or download the model again`,
      )

  const nodes: Node[] = []
  const state = new Uint8Array(graph.nodes.length) // 0 not seen, 1 being visited, 2 placed
  for (let root = 0; root < graph.nodes.length; root++) {
    const stack = [root]
    while (stack.length > 0) {
      const index = stack.at(-1) ?? root
      const node = graph.nodes[index]
      if (!node || state[index] === 2) {
        stack.pop()
        continue
      }
      state[index] = 1
      const open = (needs[index] ?? []).filter((before) => state[before] !== 2)
      if (open.some((before) => state[before] === 1))
        throw new UserError(
          t`${file}: ${describeNode(node)} is part of a cycle: it needs its own output ${node.outputs[0] ?? ''}; export or download the model again`,
        )
      if (open.length === 0) {
        state[index] = 2
        nodes.push(orderSubgraphs(node, visible, file))
        stack.pop()
      } else stack.push(...open.reverse())
    }
  }
  return { ...graph, nodes }
}
