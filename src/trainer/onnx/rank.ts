import { toNumbers } from './elements.ts'
import type { Graph, Node, TensorValue } from './model.ts'

/** What is known of the values of a graph and of the graphs around it. */
export interface Knowledge {
  readonly maker: (name: string) => Node | undefined
  readonly constant: (name: string) => TensorValue | undefined
  /** Declared rank of an input, null where it is unknown. */
  readonly declared: (name: string) => number | null
}

export function knowledgeOf(graph: Graph, outer: Knowledge | null): Knowledge {
  const makers = new Map<string, Node>()
  for (const node of graph.nodes) for (const output of node.outputs) makers.set(output, node)
  const ranks = new Map(graph.inputs.map((input) => [input.name, input.dims?.length ?? null]))
  return {
    maker: (name) => makers.get(name) ?? outer?.maker(name),
    constant: (name) => {
      const initializer = graph.initializers.get(name)
      if (initializer) return initializer
      const maker = makers.get(name)
      if (!maker) return outer?.constant(name)
      const value = maker.op === 'Constant' ? maker.attributes.get('value') : undefined
      return value?.kind === 'tensor' ? value.value : undefined
    },
    declared: (name) => ranks.get(name) ?? outer?.declared(name) ?? null,
  }
}

/** Outputs have the rank of the first input. */
const AS_FIRST = new Set(
  (
    'Abs Cast CastLike Ceil Clip Concat Conv CumSum Dropout Elu Erf Exp Floor HardSigmoid HardSwish Hardmax ' +
    'Identity BatchNormalization InstanceNormalization LayerNormalization LeakyRelu Log LogSoftmax Neg Not Pad ' +
    'PRelu Reciprocal Relu Round Selu Sigmoid Sign Slice Softmax Softplus Split Sqrt Tanh Tile Trilu Scatter ' +
    'ScatterElements ScatterND MaxPool AveragePool GlobalAveragePool GlobalMaxPool Upsample Resize IsNaN IsInf'
  ).split(' '),
)
/** Outputs have the rank that broadcasting gives: the largest. */
const BROADCAST = new Set(
  'Add Sub Mul Div Pow Mod Max Min Mean Sum Equal Greater GreaterOrEqual Less LessOrEqual And Or Xor Where'.split(
    ' ',
  ),
)
const SCALAR_CONSTANTS = ['value_float', 'value_int', 'value_string']

/** How far back a rank is looked for: the walk ends early in practice, at a Transpose or a weight. */
const REACH = 200

/**
 * The rank of a value as the graph's structure tells it, or null. Enough for the question whether an axis is
 * the last one; not a shape inference.
 */
export function rankOf(
  name: string,
  known: Knowledge,
  seen: Map<string, number | null> = new Map(),
  depth = 0,
): number | null {
  const before = seen.get(name)
  if (before !== undefined) return before
  if (depth > REACH) return null
  const rank = findRank(name, known, (input) =>
    input === undefined ? null : rankOf(input, known, seen, depth + 1),
  )
  seen.set(name, rank)
  return rank
}

function largest(ranks: readonly (number | null)[]): number | null {
  let most = 0
  for (const rank of ranks) {
    if (rank === null) return null
    most = Math.max(most, rank)
  }
  return most
}

function findRank(
  name: string,
  known: Knowledge,
  rank: (name: string | undefined) => number | null,
): number | null {
  const constant = known.constant(name)
  if (constant) return constant.dims.length
  const node = known.maker(name)
  if (!node) return known.declared(name)
  if (node.domain !== '') return null
  const [first, second] = node.inputs
  if (AS_FIRST.has(node.op)) return rank(first)
  if (BROADCAST.has(node.op)) return largest(node.inputs.map(rank))
  switch (node.op) {
    case 'Constant':
      return SCALAR_CONSTANTS.some((attribute) => node.attributes.has(attribute)) ? 0 : 1
    case 'Shape':
    case 'Range':
      return 1
    case 'Gemm':
    case 'Flatten':
      return 2
    case 'Transpose': {
      const perm = node.attributes.get('perm')
      return perm?.kind === 'ints' ? perm.value.length : rank(first)
    }
    case 'MatMul': {
      const most = largest([rank(first), rank(second)])
      return most !== null && most >= 2 && Math.min(rank(first) ?? 0, rank(second) ?? 0) >= 2 ? most : null
    }
    case 'ReduceMean':
    case 'ReduceSum':
    case 'ReduceMax':
    case 'ReduceMin':
    case 'ReduceL2': {
      const keep = node.attributes.get('keepdims')
      if (keep?.kind !== 'int' || keep.value === 1) return rank(first)
      return fewer(node, rank(first))
    }
    case 'Squeeze':
      return fewer(node, rank(first))
    case 'Gather': {
      const [data, indices] = [rank(first), rank(second)]
      return data === null || indices === null ? null : data - 1 + indices
    }
    case 'Unsqueeze': {
      const data = rank(first)
      const axes = node.attributes.get('axes')
      if (data === null) return null
      if (axes?.kind === 'ints') return data + axes.value.length
      const values = second === undefined ? undefined : known.constant(second)
      return values ? data + toNumbers(values).length : null
    }
    case 'Reshape':
    case 'ConstantOfShape':
    case 'Expand':
      return lengthOf(node.op === 'ConstantOfShape' ? first : second, known, rank)
    default:
      return null
  }
}

/** The rank without the axes that the node's attribute lists; null where an input lists them. */
function fewer(node: Node, rank: number | null): number | null {
  const axes = node.attributes.get('axes')
  return rank !== null && axes?.kind === 'ints' ? rank - axes.value.length : null
}

/** The number of elements of a shape: a constant, or pieces of one element joined. */
function lengthOf(
  name: string | undefined,
  known: Knowledge,
  rank: (name: string | undefined) => number | null,
): number | null {
  if (name === undefined) return null
  const constant = known.constant(name)
  if (constant) return constant.dims[0] ?? null
  const node = known.maker(name)
  if (!node) return null
  if (node.op === 'Shape' && node.attributes.size === 0) return rank(node.inputs[0])
  // A vector made from a scalar.
  if (node.op === 'Unsqueeze' && rank(name) === 1) return 1
  if (node.op !== 'Concat') return null
  let sum = 0
  for (const input of node.inputs) {
    const length = lengthOf(input, known, rank)
    if (length === null) return null
    sum += length
  }
  return sum
}
