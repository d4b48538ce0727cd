import { attributes, float, intAttribute } from '../onnx/attributes.ts'
import { pruned } from '../onnx/canonical.ts'
import { elementCount, toFloat32, toNumbers } from '../onnx/elements.ts'
import { DataType, type Graph, type Node } from '../onnx/model.ts'
import { withoutFusions } from './fusions.ts'

/**
 * Replaces the decomposed forms in which exporters write layer normalisation, RMS normalisation and GELU by one
 * operator each: fewer passes over memory, and a gradient rule of its own. What joins more than that is written out.
 * Weights keep their names.
 */
export const recognise = (graph: Graph): Graph =>
  pruned([layerNormalization, rootMeanSquare, gelu].reduce(replace, withoutFusions(graph)))

interface Replacement {
  /** The node whose output the pattern ends in. */
  readonly last: Node
  readonly by: Node
}

type Pattern = (node: Node, look: Lookup) => Replacement | null

interface Lookup {
  producer(name: string | undefined, op: string): Node | null
  /** The one node that reads a value; null when there are several or the value leaves the graph. */
  consumer(name: string | undefined): Node | null
  /** The value of a constant of one element. */
  scalar(name: string | undefined): number | null
  /** The constant second input of a reduction. */
  axes(node: Node): readonly number[]
  /** Rank of a constant. */
  rank(name: string): number | null
}

const replace = (graph: Graph, pattern: Pattern): Graph => {
  const look = lookup(graph)
  const by = new Map<Node, Node>()
  for (const node of graph.nodes) {
    const found = pattern(node, look)
    if (found) by.set(found.last, found.by)
  }
  return { ...graph, nodes: graph.nodes.map((node) => by.get(node) ?? node) }
}

const lookup = (graph: Graph): Lookup => {
  const producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)))
  const consumers = new Map<string, Node[]>()
  for (const node of graph.nodes)
    for (const name of node.inputs) consumers.set(name, [...(consumers.get(name) ?? []), node])
  const leaving = new Set(graph.outputs.map((output) => output.name))
  return {
    producer: (name, op) => {
      const node = producers.get(name ?? '')
      return node?.op === op && node.domain === '' ? node : null
    },
    consumer: (name) => {
      const nodes = consumers.get(name ?? '') ?? []
      const [node] = nodes
      return node && nodes.length === 1 && !leaving.has(name ?? '') ? node : null
    },
    scalar: (name) => {
      const value = graph.initializers.get(name ?? '')
      if (!value || elementCount(value.dims) !== 1) return null
      return (value.type === 'float32' ? toFloat32(value)[0] : toNumbers(value)[0]) ?? null
    },
    axes: (node) => {
      const value = graph.initializers.get(node.inputs[1] ?? '')
      return value ? toNumbers(value) : []
    },
    rank: (name) => graph.initializers.get(name)?.dims.length ?? null,
  }
}

/** (x - mean) / sqrt(mean((x - mean)^2) + eps) * scale + bias over the last axis. */
const layerNormalization: Pattern = (div, look) => {
  if (div.op !== 'Div') return null
  const centred = look.producer(div.inputs[0], 'Sub')
  const root = look.producer(div.inputs[1], 'Sqrt')
  const shifted = root && look.producer(root.inputs[0], 'Add')
  if (!centred || !shifted) return null
  const [x] = centred.inputs
  const mean = look.producer(centred.inputs[1], 'ReduceMean')
  const epsilonAt = look.scalar(shifted.inputs[1]) === null ? 0 : 1
  const epsilon = look.scalar(shifted.inputs[epsilonAt])
  const variance = look.producer(shifted.inputs[1 - epsilonAt], 'ReduceMean')
  if (x === undefined || mean?.inputs[0] !== x || epsilon === null || !variance) return null
  if (!isLastAxis(look.axes(mean)) || !isLastAxis(look.axes(variance))) return null
  const square = squared(variance.inputs[0], look)
  const again = look.producer(square ?? undefined, 'Sub')
  const sameCentred = square === div.inputs[0] || (again !== null && sameInputs(again, centred))
  if (!sameCentred) return null

  const scaled = look.consumer(div.outputs[0])
  if (scaled?.op !== 'Mul') return null
  const scale = other(scaled, div.outputs[0])
  const moved = look.consumer(scaled.outputs[0])
  if (moved?.op !== 'Add') return null
  const bias = other(moved, scaled.outputs[0])
  if (scale === undefined || bias === undefined || look.rank(scale) !== 1 || look.rank(bias) !== 1)
    return null
  return {
    last: moved,
    by: {
      name: moved.name,
      op: 'LayerNormalization',
      domain: '',
      inputs: [x, scale, bias],
      outputs: moved.outputs,
      attributes: attributes({ axis: -1, epsilon: float(epsilon) }),
    },
  }
}

/** x / sqrt(mean(x^2) + eps) * scale over the last axis, the root as a divisor or its inverse as a factor. */
const rootMeanSquare: Pattern = (root, look) => {
  if (root.op !== 'Sqrt') return null
  const shifted = look.producer(root.inputs[0], 'Add')
  if (!shifted) return null
  const epsilonAt = look.scalar(shifted.inputs[1]) === null ? 0 : 1
  const epsilon = look.scalar(shifted.inputs[epsilonAt])
  const mean = look.producer(shifted.inputs[1 - epsilonAt], 'ReduceMean')
  if (epsilon === null || !mean || !isLastAxis(look.axes(mean)) || !keepsAxes(mean)) return null
  const x = squared(mean.inputs[0], look)
  const next = look.consumer(root.outputs[0])
  if (x === null || !next) return null
  const inverse = next.op === 'Reciprocal' || (next.op === 'Div' && look.scalar(next.inputs[0]) === 1)
  const normal = inverse ? look.consumer(next.outputs[0]) : next
  if (!normal || !isNormal(normal, x, inverse ? next.outputs[0] : root.outputs[0], inverse)) return null

  // In half precision the normal value is cast back here, which raised to float32 is no change.
  const cast = look.consumer(normal.outputs[0])
  const normalised = cast?.op === 'Cast' && castsToFloat(cast) ? cast : normal
  const scaled = look.consumer(normalised.outputs[0])
  if (scaled?.op !== 'Mul') return null
  const scale = other(scaled, normalised.outputs[0])
  if (scale === undefined || look.rank(scale) !== 1) return null
  return {
    last: scaled,
    by: {
      name: scaled.name,
      op: 'SimplifiedLayerNormalization',
      domain: '',
      inputs: [x, scale],
      outputs: scaled.outputs,
      attributes: attributes({ axis: -1, epsilon: float(epsilon) }),
    },
  }
}

/** x times an inverse root, or divided by a root. */
const isNormal = (node: Node, x: string, root: string | undefined, inverse: boolean): boolean => {
  if (inverse) return node.op === 'Mul' && node.inputs.includes(x) && other(node, x) === root
  return node.op === 'Div' && node.inputs[0] === x && node.inputs[1] === root
}

const castsToFloat = (node: Node): boolean => intAttribute(node, 'to', 0) === DataType.float32

const keepsAxes = (node: Node): boolean => intAttribute(node, 'keepdims', 1) === 1

/** x / 2 * (1 + erf(x / sqrt 2)), the half standing anywhere in the product. */
const gelu: Pattern = (erf, look) => {
  if (erf.op !== 'Erf') return null
  const x = scaledBy(erf.inputs[0], Math.SQRT1_2, look)
  const added = look.consumer(erf.outputs[0])
  if (x === null || added?.op !== 'Add' || look.scalar(other(added, erf.outputs[0])) !== 1) return null
  const first = look.consumer(added.outputs[0])
  if (first?.op !== 'Mul') return null
  const factor = other(first, added.outputs[0])
  const ends = (last: Node): Replacement => ({
    last,
    by: {
      name: last.name,
      op: 'Gelu',
      domain: 'com.microsoft',
      inputs: [x],
      outputs: last.outputs,
      attributes: attributes({}),
    },
  })
  if (scaledBy(factor, 0.5, look) === x) return ends(first)
  const second = look.consumer(first.outputs[0])
  if (second?.op !== 'Mul') return null
  const remaining = other(second, first.outputs[0])
  if (factor === x && look.scalar(remaining) === 0.5) return ends(second)
  if (look.scalar(factor) === 0.5 && remaining === x) return ends(second)
  return null
}

const isLastAxis = (axes: readonly number[]): boolean => axes.length === 1 && axes[0] === -1

/** What is squared by x^2 or x * x. */
const squared = (name: string | undefined, look: Lookup): string | null => {
  const pow = look.producer(name, 'Pow')
  if (pow && look.scalar(pow.inputs[1]) === 2) return pow.inputs[0] ?? null
  const mul = look.producer(name, 'Mul')
  return mul && mul.inputs[0] === mul.inputs[1] ? (mul.inputs[0] ?? null) : null
}

/** The value that is multiplied by a constant, or divided by its inverse. */
const scaledBy = (name: string | undefined, factor: number, look: Lookup): string | null => {
  const div = look.producer(name, 'Div')
  if (div && near(look.scalar(div.inputs[1]), 1 / factor)) return div.inputs[0] ?? null
  const mul = look.producer(name, 'Mul')
  if (!mul) return null
  if (near(look.scalar(mul.inputs[1]), factor)) return mul.inputs[0] ?? null
  return near(look.scalar(mul.inputs[0]), factor) ? (mul.inputs[1] ?? null) : null
}

const near = (a: number | null, b: number): boolean => a !== null && Math.abs(a - b) <= 1e-6 * Math.abs(b)

const other = (node: Node, name: string | undefined): string | undefined =>
  node.inputs[0] === name ? node.inputs[1] : node.inputs[0]

const sameInputs = (a: Node, b: Node): boolean => a.inputs.every((name, i) => name === b.inputs[i])
