import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { describeNode } from './describe.ts'
import {
  DataType,
  type Graph,
  type Model,
  NEWEST_OPSET,
  type Node,
  OPSET,
  type TensorValue,
} from './model.ts'
import { mapSubgraphs, subgraphs, uses } from './order.ts'
import { type Place, STEPS } from './raise.ts'
import { type Knowledge, knowledgeOf, rankOf } from './rank.ts'

/** Before it broadcasting was an attribute, and exporters were experiments. */
export const OLDEST_OPSET = 7
const IR_VERSION = 8

interface Upgrading {
  readonly from: number
  readonly taken: Set<string>
  readonly onlyFloat32: boolean
}

function* graphsOf(graph: Graph): Generator<Graph> {
  yield graph
  for (const node of graph.nodes) for (const inner of subgraphs(node)) yield* graphsOf(inner)
}

function namesOf(graph: Graph): Set<string> {
  const names = new Set<string>()
  for (const { initializers, inputs, nodes } of graphsOf(graph)) {
    for (const name of initializers.keys()) names.add(name)
    for (const input of inputs) names.add(input.name)
    for (const node of nodes) for (const output of node.outputs) names.add(output)
  }
  return names
}

const isOtherFloat = (type: unknown): boolean =>
  type === 'float16' || type === 'float64' || type === 'bfloat16'
const OTHER_FLOATS: readonly number[] = [DataType.float16, DataType.float64, DataType.bfloat16]

function hasOtherFloats(graph: Graph): boolean {
  for (const { initializers, inputs, outputs, nodes } of graphsOf(graph)) {
    if ([...initializers.values(), ...inputs, ...outputs].some(({ type }) => isOtherFloat(type))) return true
    for (const { attributes } of nodes)
      for (const [name, attribute] of attributes) {
        if (attribute.kind === 'tensor' && isOtherFloat(attribute.value.type)) return true
        const namesType = name === 'to' || name === 'dtype'
        if (namesType && attribute.kind === 'int' && OTHER_FLOATS.includes(attribute.value)) return true
      }
  }
  return false
}

function fresh(base: string, taken: Set<string>): string {
  let name = base
  for (let n = 2; taken.has(name); n++) name = `${base}_${n}`
  taken.add(name)
  return name
}

function upgradeGraph(graph: Graph, upgrading: Upgrading, outer: Knowledge | null): Graph {
  const known = knowledgeOf(graph, outer)
  const ranks = new Map<string, number | null>()
  const initializers = new Map<string, TensorValue>(graph.initializers)
  const used = new Set([...graph.outputs.map((output) => output.name), ...graph.nodes.flatMap(uses)])

  const raiseNode = (node: Node, from: number): readonly Node[] => {
    const step = node.domain === '' ? STEPS[node.op]?.find(({ at }) => at > from && at <= OPSET) : undefined
    if (!step) return [node]
    const base = node.outputs[0] || node.name || node.op
    const name = (of: string): string => fresh(`${base}_${of}`, upgrading.taken)
    const place: Place = {
      constant: (of, tensor) => {
        const constant = name(of)
        initializers.set(constant, tensor)
        return constant
      },
      value: name,
      isUsed: (value) => used.has(value),
      rank: (value) => rankOf(value, known, ranks),
      known: (value) => initializers.get(value) ?? known.constant(value),
      onlyFloat32: upgrading.onlyFloat32,
    }
    const raised = step.raise(node, place)
    if ('refused' in raised)
      throw new UserError(
        t`${describeNode(node)} can't be raised from opset ${upgrading.from} to ${OPSET}: ${raised.refused}; export the model again with opset ${OPSET}`,
      )
    return raised.flatMap((next) => raiseNode(next, step.at))
  }

  const nodes = graph.nodes.flatMap((node) =>
    raiseNode(upgradeInside(node, upgrading, known), upgrading.from),
  )
  return { ...graph, nodes, initializers }
}

function upgradeInside(node: Node, upgrading: Upgrading, outer: Knowledge): Node {
  return mapSubgraphs(node, (graph) => upgradeGraph(graph, upgrading, outer))
}

/**
 * The same model with its default domain raised to OPSET; one that is there already, up to NEWEST_OPSET, is
 * returned as it is. Values keep their names, so that trainables and outputs are found as before.
 *
 * @throws UserError for other opsets, and naming the node where a newer version can't say what it does
 */
export function upgrade(model: Model): Model {
  const from = model.opsets.get('')
  if (from !== undefined && from >= OPSET && from <= NEWEST_OPSET) return model
  if (from === undefined || from < OLDEST_OPSET || from > NEWEST_OPSET)
    throw new UserError(
      t`the model is written for opset ${from ?? 'none'}, and Finesse reads ${OLDEST_OPSET} to ${NEWEST_OPSET}; export it again with opset ${OPSET}`,
    )
  const taken = namesOf(model.graph)
  const graph = upgradeGraph(model.graph, { from, taken, onlyFloat32: !hasOtherFloats(model.graph) }, null)
  const opsets = new Map(model.opsets).set('', OPSET)
  return { ...model, irVersion: Math.max(model.irVersion, IR_VERSION), opsets, graph }
}
