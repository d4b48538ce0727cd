import type { StaticGraph } from '../autodiff/static-graph.ts'
import type { Tensor } from '../engine/tensor.ts'
import type { Node } from '../onnx/model.ts'
import { flowOf } from './flow.ts'

/** The weights of a graph that training may change, by how they are used. */
export interface Parameters {
  /** Those that meet what the text has become: products, biases, scales. */
  readonly dense: readonly string[]
  /** Tables whose rows the tokens pick. */
  readonly tables: readonly string[]
}

/** Operators that hand a weight on in another form. */
export const FORMS = new Set([
  'Transpose',
  'Reshape',
  'Cast',
  'Unsqueeze',
  'Squeeze',
  'Identity',
  'Expand',
  'Slice',
])

/** Operators by which a weight with several lengths says something of each position. */
const ELEMENTWISE = new Set(['Add', 'Sub', 'Mul', 'Div', 'Where', 'Max', 'Min'])

/**
 * Tells parameters from buffers, which the format does not: a parameter meets an active value, be it in
 * another form. Frequencies of rotary embeddings, tables of positions and masks do not count.
 *
 * @param source the graph's input that holds tokens, or the value that enters the part to be trained
 */
export const findParameters = (
  graph: StaticGraph,
  source: string,
  weights: ReadonlyMap<string, Tensor>,
): Parameters => {
  const { active } = flowOf(graph, source)
  const isActive = (name: string): boolean => active.has(name) || name === source
  /** Value to the weight that it is another form of. */
  const forms = new Map([...weights.keys()].map((name) => [name, name]))
  const dense = new Set<string>()
  const tables = new Set<string>()
  for (const node of graph.nodes) {
    const [first = ''] = node.inputs
    const table = forms.get(first)
    if (node.op === 'Gather' && table !== undefined) {
      if (isActive(node.inputs[1] ?? '') || reads(graph.nodes, node.inputs[1] ?? '', source))
        tables.add(table)
      continue
    }
    if (FORMS.has(node.op) && table !== undefined) {
      for (const name of node.outputs) forms.set(name, table)
      continue
    }
    if (!node.inputs.some(isActive)) continue
    for (const [i, name] of node.inputs.entries()) {
      const weight = forms.get(name)
      // A batch normalisation's statistics are the data's that the model was trained on.
      if (node.op === 'BatchNormalization' && i > 2) continue
      if (weight === undefined || isMask(weights.get(weight))) continue
      if (ELEMENTWISE.has(node.op) && !isVector(weights.get(weight))) continue
      dense.add(weight)
    }
  }
  return { dense: [...dense].filter((name) => !tables.has(name)), tables: [...tables] }
}

/** The indices are the tokens themselves, in another form at most. */
const reads = (nodes: readonly Node[], indices: string, source: string): boolean => {
  let name = indices
  for (;;) {
    if (name === source) return true
    const maker = nodes.find((node) => node.outputs.includes(name))
    if (!maker || !FORMS.has(maker.op)) return false
    name = maker.inputs[0] ?? ''
  }
}

/**
 * Biases and scales have one length; rotary tables, embeddings of positions that the exporter looked up, and
 * masks have one for the positions too.
 */
const isVector = (tensor: Tensor | undefined): boolean =>
  tensor !== undefined && tensor.dims.filter((n) => n > 1).length <= 1

/** A constant that is added to attention scores to close positions. */
const isMask = (tensor: Tensor | undefined): boolean =>
  tensor?.type === 'float32' && tensor.data.some((value) => !(value > -1e4))
