import { createRandom } from '../../../data/random.ts'
import type { ResolvedOptions } from '../../../shared/config.ts'
import type { Tensor } from '../../engine/tensor.ts'
import type { WeightedGraph } from '../../engine/weights.ts'
import { attributes } from '../../onnx/attributes.ts'
import type { Graph, Node } from '../../onnx/model.ts'
import type { Branch } from '../../structure/branches.ts'
import { LOGITS } from '../../tasks/head.ts'
import { FEATURES } from '../../tasks/pooling.ts'

/** A place where numbers are dropped, and the input that says which. */
export interface DropoutSite {
  /** Input of the training graph: 0 where a number is dropped, else 1 / (1 - rate), so that the mean stays. */
  readonly mask: string
  readonly rate: number
  /** Numbers a token, or a row where there is one vector a row. */
  readonly width: number
  readonly isPerToken: boolean
}

const PREFIX = 'finesse.dropout'
export const isDropoutMask = (input: string): boolean => input.startsWith(PREFIX)

/**
 * The training graph with a mask at each branch and before the head, where these rates are above 0. What is
 * validated, tested and exported is the graph without.
 */
export const withDropout = (
  model: WeightedGraph,
  branches: readonly Branch[],
  width: number,
  { dropout, head_dropout }: Pick<ResolvedOptions, 'dropout' | 'head_dropout'>,
): { readonly model: WeightedGraph; readonly sites: readonly DropoutSite[] } => {
  let { graph } = model
  const sites: DropoutSite[] = []
  const add = (value: string, reader: string, rate: number, isPerToken: boolean): void => {
    const mask = `${PREFIX}.${sites.length}`
    graph = masked(graph, value, reader, mask, isPerToken ? ['batch', 'sequence', width] : ['batch', width])
    sites.push({ mask, rate, width, isPerToken })
  }
  if (dropout > 0) for (const { value, sum } of branches) add(value, sum, dropout, true)
  if (head_dropout > 0) add(FEATURES, LOGITS, head_dropout, false)
  return { model: { ...model, graph }, sites }
}

/** The graph in which the node that makes `reader` reads `value` times the mask. */
const masked = (
  graph: Graph,
  value: string,
  reader: string,
  mask: string,
  dims: readonly (string | number)[],
): Graph => {
  const kept = `${mask}.kept`
  const product: Node = {
    name: kept,
    op: 'Mul',
    domain: '',
    inputs: [value, mask],
    outputs: [kept],
    attributes: attributes({}),
  }
  return {
    ...graph,
    inputs: [...graph.inputs, { name: mask, type: 'float32', dims }],
    nodes: graph.nodes.flatMap((node) =>
      node.outputs.includes(reader)
        ? [product, { ...node, inputs: node.inputs.map((name) => (name === value ? kept : name)) }]
        : [node],
    ),
  }
}

/** One row of a batch. */
export interface MaskedRow {
  /** Which row of the whole batch it is. */
  readonly position: number
  /** Tokens of each of its windows. */
  readonly windows: readonly number[]
}

/** What the graph reads: rows, windows of these, and tokens that each window is padded to. */
export interface MaskShape {
  readonly rows: number
  readonly windows: number
  readonly length: number
}

/**
 * The masks of some rows of a step's batch. They follow from seed, step and the row's place in the batch alone:
 * a run that goes on draws the same, and so does a batch that is computed in parts. What only fills the batch is
 * dropped whole.
 */
export const dropoutMasks = (
  sites: readonly DropoutSite[],
  seed: number,
  step: number,
  rows: readonly MaskedRow[],
  shape: MaskShape,
): Record<string, Tensor> =>
  Object.fromEntries(
    sites.map(({ mask, rate, width, isPerToken }) => {
      const parts = rows.flatMap(({ position, windows }) =>
        isPerToken
          ? windows.map((tokens, i) => ({ place: `${position}.${i}`, count: tokens * width }))
          : [{ place: `${position}`, count: width }],
      )
      const dims = isPerToken ? [shape.windows, shape.length, width] : [shape.rows, width]
      const stride = isPerToken ? shape.length * width : width
      const data = new Float32Array(dims.reduce((product, n) => product * n, 1))
      const kept = 1 / (1 - rate)
      for (const [i, { place, count }] of parts.entries()) {
        const random = createRandom(seed, `${mask} ${step} ${place}`)
        for (let at = i * stride; at < i * stride + count; at++) data[at] = random.next() < rate ? 0 : kept
      }
      return [mask, { type: 'float32', dims, data }]
    }),
  )
