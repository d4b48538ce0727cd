import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import type { StaticGraph } from '../autodiff/static-graph.ts'
import type { Node } from '../onnx/model.ts'
import { type Cut, type Flow, flowOf, isResidual } from './flow.ts'

/** Names of the nodes that a head of ours is made of begin with this. */
export const HEAD_PREFIX = 'finesse.head'

/** What of a pretrained graph is kept, found by its structure: exporters do not keep names. */
export interface Trunk {
  /** The last hidden state, [rows, tokens, width]. */
  readonly hidden: string
  readonly width: number
  /** The value that enters each layer, from the bottom up: layer i is what lies between entry i and the next. */
  readonly layers: readonly string[]
  /** Operators above the hidden state that are cut off, in order; empty when it was the model's output. */
  readonly removed: readonly string[]
}

/**
 * Finds the last hidden state and the layers.
 *
 * The hidden state is the output where the model says so by name. Else it is where the last residual
 * connection ends, with the normalisation that follows it: language model and classification heads hold no
 * residual connection.
 *
 * @param graph specialised to `rows` rows of `tokens` tokens, both unlike any other dimension
 */
export const findTrunk = (graph: StaticGraph, rows: number, tokens: number): Trunk => {
  const source = graph.inputs.includes('input_ids') ? 'input_ids' : graph.inputs[0]
  if (source === undefined) throw new UserError(t`The model has no input. Choose another model.`)
  const flow = flowOf(graph, source)
  const hidden = headInput(graph) ?? namedOutput(graph, rows, tokens) ?? lastState(graph, flow, rows, tokens)
  const width = graph.values.get(hidden)?.dims[2] ?? 0
  const at = graph.nodes.findIndex((node) => node.outputs.includes(hidden))
  const below = flow.cuts.slice(0, flow.cuts.findIndex((cut) => cut.value === hidden) + 1)
  return {
    hidden,
    width,
    layers: layerEntries(graph, flow, below, rows, tokens),
    removed: graph.nodes.slice(at + 1).map((node) => node.op),
  }
}

/** In a model that Finesse exported, what its head reads. */
const headInput = (graph: StaticGraph): string | null =>
  graph.nodes.find((node) => node.name === `${HEAD_PREFIX}.weighted`)?.inputs[0] ?? null

const isState = (dims: readonly number[], rows: number, tokens: number): boolean =>
  dims.length === 3 && dims[0] === rows && dims[1] === tokens

const namedOutput = (graph: StaticGraph, rows: number, tokens: number): string | null =>
  graph.outputs.find(
    (name) =>
      /last_hidden_state|token_embeddings/.test(name) &&
      isState(graph.values.get(name)?.dims ?? [], rows, tokens),
  ) ?? null

/** What a normalisation is written with, decomposed or not. */
const NORMALISATION = new Set([
  'LayerNormalization',
  'SimplifiedLayerNormalization',
  'ReduceMean',
  'Pow',
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Sqrt',
  'Reciprocal',
  'Cast',
])

const lastState = (graph: StaticGraph, flow: Flow, rows: number, tokens: number): string => {
  const states = flow.cuts.filter((cut) => isState(cut.dims, rows, tokens))
  const residual = states.findLastIndex((cut) =>
    cut.block.some((node) => isResidual(node, graph, flow.active)),
  )
  let last = residual < 0 ? undefined : states[residual]
  for (const cut of last ? states.slice(residual + 1) : []) {
    const above = flow.cuts.slice(flow.cuts.indexOf(last ?? cut) + 1, flow.cuts.indexOf(cut) + 1)
    const isNormalisation = above.every((step) => step.block.every((node) => NORMALISATION.has(node.op)))
    if (!isNormalisation || cut.dims[2] !== last?.dims[2]) break
    last = cut
  }
  // A model without residual connections, such as a table of embeddings: its output, when that is a state.
  last ??= states.findLast((cut) => graph.outputs.includes(cut.value))
  if (!last)
    throw new UserError(
      t`The model has no last hidden state of [rows, tokens, width] that Finesse can find. Choose an encoder or decoder exported with its hidden states.`,
    )
  return last.value
}

/**
 * A layer of a transformer begins where an attention block begins; without attention, where a block with
 * weights and a residual connection begins.
 */
const layerEntries = (
  graph: StaticGraph,
  flow: Flow,
  cuts: readonly Cut[],
  rows: number,
  tokens: number,
): readonly string[] => {
  const entries = (starts: (block: readonly Node[]) => boolean): readonly string[] => {
    const found: string[] = []
    let entry: string | null = null
    for (const cut of cuts) {
      if (entry !== null && starts(cut.block)) found.push(entry)
      if (isState(cut.dims, rows, tokens)) entry = cut.value
    }
    return found
  }
  const multiplies = (node: Node): boolean =>
    /MatMul|Gemm/.test(node.op) && node.inputs.filter((name) => flow.active.has(name)).length > 1
  const attends = entries((block) => block.some((node) => /Attention/.test(node.op) || multiplies(node)))
  if (attends.length > 0) return attends
  return entries((block) => block.some((node) => isResidual(node, graph, flow.active)))
}
