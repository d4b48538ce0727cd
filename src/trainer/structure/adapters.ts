import { createRandom } from '../../data/random.ts'
import { type WeightedGraph, weightOf } from '../engine/weights.ts'
import { attributes, floatAttribute, intAttribute } from '../onnx/attributes.ts'
import type { Node } from '../onnx/model.ts'

/**
 * A low-rank addition to the weight of a linear layer, y = x W + s (x A) B, of which A and B are trained and W is not
 * (Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", 2021).
 */
export interface Adapter {
  /** Initialiser of the layer's weight. */
  readonly weight: string
  /** Weight [inputs, rank], small random numbers at first. */
  readonly a: string
  /** Weight [rank, outputs], zeros at first: the model begins as it was. */
  readonly b: string
  readonly inputs: number
  readonly outputs: number
  readonly rank: number
  /** The initialiser holds [outputs, inputs]. */
  readonly isTransposed: boolean
}

/** So that the rate need not change with the rank, s = ADAPTER_SCALE / rank. */
export const ADAPTER_SCALE = 16

/** How a node is a linear layer: whose weight it has, and how that lies; null: it is none. */
interface Linear {
  readonly weight: string
  readonly isTransposed: boolean
}

/**
 * Gives each linear layer an adapter, be it a MatMul or a Gemm, its weight used as it is or transposed.
 *
 * @param candidates weights that training may change; those that are used in another way as well, as tied
 *   embeddings are, get no adapter
 */
export const withAdapters = (
  network: WeightedGraph,
  candidates: readonly string[],
  rank: number,
  seed: number,
): { readonly network: WeightedGraph; readonly adapters: readonly Adapter[] } => {
  const { graph } = network
  const layers = linearLayers(graph.nodes, network, new Set(candidates))
  const weights = new Map(network.weights)
  const adapters = new Map<string, Adapter>()
  for (const { weight, isTransposed } of layers.values()) {
    if (adapters.has(weight)) continue
    const [rows = 0, columns = 0] = network.weights.get(weight)?.dims ?? []
    const [inputs, outputs] = isTransposed ? [columns, rows] : [rows, columns]
    const adapter: Adapter = {
      weight,
      a: `${weight}.lora_a`,
      b: `${weight}.lora_b`,
      inputs,
      outputs,
      rank: Math.min(rank, inputs, outputs),
      isTransposed,
    }
    adapters.set(weight, adapter)
    const random = createRandom(seed, `adapter ${weight}`)
    const data = Float32Array.from(
      { length: inputs * adapter.rank },
      () => (2 * random.next() - 1) / Math.sqrt(inputs),
    )
    weights.set(adapter.a, { type: 'float32', dims: [inputs, adapter.rank], data })
    weights.set(adapter.b, {
      type: 'float32',
      dims: [adapter.rank, outputs],
      data: new Float32Array(adapter.rank * outputs),
    })
  }
  const nodes = graph.nodes.flatMap((node) => {
    const layer = layers.get(node)
    const adapter = layer && adapters.get(layer.weight)
    return adapter ? adapted(node, adapter) : [node]
  })
  const initializers = new Map(graph.initializers)
  for (const { rank } of adapters.values())
    initializers.set(scaleName(rank), {
      type: 'float32',
      dims: [],
      data: new Uint8Array(Float32Array.of(ADAPTER_SCALE / rank).buffer),
    })
  return {
    network: { ...network, graph: { ...graph, nodes, initializers }, weights },
    adapters: [...adapters.values()],
  }
}

const scaleName = (rank: number): string => `finesse.lora_scale_${rank}`

/** The linear layers among nodes whose weight is used by linear layers alone. */
const linearLayers = (
  nodes: readonly Node[],
  { weights }: WeightedGraph,
  candidates: ReadonlySet<string>,
): ReadonlyMap<Node, Linear> => {
  const isMatrix = (name: string): boolean => candidates.has(name) && weights.get(name)?.dims.length === 2
  /** Values that are a weight transposed. */
  const turned = new Map<string, string>()
  const layers = new Map<Node, Linear>()
  const others = new Set<string>()
  for (const node of nodes) {
    const [x = '', w = ''] = node.inputs
    if (node.op === 'Transpose' && isMatrix(x)) {
      turned.set(node.outputs[0] ?? '', x)
      continue
    }
    const weight = turned.get(w) ?? w
    const layer = isMatrix(weight) && weight !== x ? linear(node, weight, turned.has(w)) : null
    if (layer) layers.set(node, layer)
    for (const [i, name] of node.inputs.entries()) {
      const used = turned.get(name) ?? name
      if (isMatrix(used) && !(layer && i === 1)) others.add(used)
    }
  }
  // A weight of two layers must lie in both as it does in one, or there is no one sum to merge.
  const ways = new Map<string, boolean>()
  for (const { weight, isTransposed } of layers.values()) {
    if ((ways.get(weight) ?? isTransposed) !== isTransposed) others.add(weight)
    ways.set(weight, isTransposed)
  }
  return new Map([...layers].filter(([, { weight }]) => !others.has(weight)))
}

const linear = (node: Node, weight: string, isTurned: boolean): Linear | null => {
  if (node.op === 'MatMul') return { weight, isTransposed: isTurned }
  if (node.op !== 'Gemm') return null
  if (intAttribute(node, 'transA', 0) !== 0 || floatAttribute(node, 'alpha', 1) !== 1) return null
  return { weight, isTransposed: (intAttribute(node, 'transB', 0) !== 0) !== isTurned }
}

/** The layer's nodes with the adapter's beside them; the sum has the name that the layer's output had. */
const adapted = (node: Node, { a, b, rank }: Adapter): readonly Node[] => {
  const [x = ''] = node.inputs
  const [y = ''] = node.outputs
  const made = (part: string, op: string, inputs: readonly string[], output = `${y}~${part}`): Node => ({
    name: `${y}~${part}`,
    op,
    domain: '',
    inputs,
    outputs: [output],
    attributes: attributes({}),
  })
  return [
    { ...node, outputs: [`${y}~frozen`] },
    made('down', 'MatMul', [x, a]),
    made('scaled', 'Mul', [`${y}~down`, scaleName(rank)]),
    made('up', 'MatMul', [`${y}~scaled`, b]),
    made('sum', 'Add', [`${y}~frozen`, `${y}~up`], y),
  ]
}

/** W + s A B, as the initialiser holds it. */
export const mergedWeight = (network: WeightedGraph, adapter: Adapter): Float32Array => {
  const { inputs, outputs, rank, isTransposed } = adapter
  const a = weightOf(network, adapter.a)
  const b = weightOf(network, adapter.b)
  const merged = weightOf(network, adapter.weight).slice()
  const scale = ADAPTER_SCALE / rank
  for (let i = 0; i < inputs; i++)
    for (let o = 0; o < outputs; o++) {
      let sum = 0
      for (let k = 0; k < rank; k++) sum += (a[i * rank + k] ?? 0) * (b[k * outputs + o] ?? 0)
      const at = isTransposed ? o * inputs + i : i * outputs + o
      merged[at] = (merged[at] ?? 0) + scale * sum
    }
  return merged
}
