import { attributes, floatAttribute, intAttribute, intsAttribute } from '../../onnx/attributes.ts'
import { canonical, pruned } from '../../onnx/canonical.ts'
import { elementCount, float32Tensor, toFloat32 } from '../../onnx/elements.ts'
import { DataType, type Graph, type Model, type Node, type TensorValue } from '../../onnx/model.ts'
import { HEAD_WEIGHT } from '../../tasks/head.ts'
import { LONGEST_SUM, quantiseColumns, quantiseRows, TABLE_ZERO } from './quantise.ts'
import { isTokenTable } from './token-table.ts'

/** Elements of a matrix below which nothing is won. */
const SMALLEST = 1024

/**
 * The model with the matrices of its products as int8, one scale a column, and its tables of tokens as uint8,
 * one scale a row. The activations before a product are brought to uint8 by the range they have at that moment
 * (`DynamicQuantizeLinear`); the product itself is whole numbers (`MatMulInteger`). The head, which is small and
 * decides, stays as it is, and so do products of activations with each other.
 */
export const toInt8 = (model: Model): Model => {
  const graph = canonical(model.graph)
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)))
  const initializers = new Map(graph.initializers)
  const nodes: Node[] = []
  /** Activations that are in uint8 already: those of queries, keys and values are the same. */
  const quantised = new Map<string, Activation>()
  for (const node of graph.nodes) {
    const matrix = matrixOf(node, graph, makers)
    const table = tableOf(node, graph, makers)
    if (matrix) nodes.push(...integerProduct(node, matrix, initializers, quantised))
    else if (table) nodes.push(...integerTable(node, table, initializers))
    else nodes.push(node)
  }
  return { ...model, graph: pruned({ ...graph, nodes, initializers }) }
}

interface Activation {
  readonly value: string
  readonly scale: string
  readonly zero: string
}

interface Matrix {
  readonly name: string
  readonly rows: number
  readonly columns: number
  /** [rows, columns]. */
  readonly values: Float32Array
}

/** The constant right factor of a product that is to be computed in whole numbers; null: there is none. */
const matrixOf = (node: Node, graph: Graph, makers: ReadonlyMap<string, Node>): Matrix | null => {
  const isGemm = node.op === 'Gemm' && intAttribute(node, 'transA', 0) === 0
  if (node.domain !== '' || (node.op !== 'MatMul' && !isGemm)) return null
  const [, factor = ''] = node.inputs
  const maker = makers.get(factor)
  const isTurned = maker?.op === 'Transpose' && String(intsAttribute(maker, 'perm') ?? [1, 0]) === '1,0'
  const name = isTurned ? (maker.inputs[0] ?? '') : factor
  const constant = graph.initializers.get(name)
  if (constant?.type !== 'float32' || constant.dims.length !== 2 || name === HEAD_WEIGHT) return null
  const [height = 0, width = 0] = constant.dims
  const turn = isTurned !== (isGemm && intAttribute(node, 'transB', 0) !== 0)
  const [rows, columns] = turn ? [width, height] : [height, width]
  if (height * width < SMALLEST || rows > LONGEST_SUM) return null
  const stored = toFloat32(constant)
  // The same weight may be read both ways, and then has two forms.
  return {
    name: turn ? `${name}.turned` : name,
    rows,
    columns,
    values: turn ? turned(stored, width) : stored,
  }
}

/** [height, width] to [width, height]. */
const turned = (values: Float32Array, width: number): Float32Array => {
  const height = values.length / width
  const result = new Float32Array(values.length)
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++)
      result[column * height + row] = values[row * width + column] ?? 0
  return result
}

const integerProduct = (
  node: Node,
  { name, rows, columns, values }: Matrix,
  initializers: Map<string, TensorValue>,
  quantised: Map<string, Activation>,
): readonly Node[] => {
  const [input = '', , bias = ''] = node.inputs
  const [result = ''] = node.outputs
  const made: Node[] = []
  const build = builder(result, made)
  const alpha = floatAttribute(node, 'alpha', 1)
  const beta = floatAttribute(node, 'beta', 1)

  const weights = `${name}.int8`
  const scales = `${name}.scale`
  if (!initializers.has(weights)) {
    const matrix = quantiseColumns(values, rows, columns)
    initializers.set(weights, bytesTensor('int8', [rows, columns], matrix.values))
    initializers.set(scales, float32Tensor([columns], matrix.scales))
  }
  const activation = quantised.get(input) ?? quantise(input, made)
  quantised.set(input, activation)
  const product = build('integers', 'MatMulInteger', [activation.value, weights, activation.zero])
  const asFloat = build('floats', 'Cast', [product], { to: DataType.float32 })
  const scale = build('scale', 'Mul', [activation.scale, scales])
  const scaled = build('scaled', 'Mul', [asFloat, scale])
  const times = (value: string, factor: number, part: string): string => {
    if (factor === 1) return value
    initializers.set(`${result}.${part}`, float32Tensor([], [factor]))
    return build(`times_${part}`, 'Mul', [value, `${result}.${part}`])
  }
  const plain = times(scaled, alpha, 'alpha')
  const last = bias === '' ? plain : build('sum', 'Add', [plain, times(bias, beta, 'beta')])
  return renameOutput(made, last, result)
}

const quantise = (input: string, made: Node[]): Activation => {
  const activation = { value: `${input}.uint8`, scale: `${input}.step`, zero: `${input}.zero` }
  made.push({
    name: activation.value,
    op: 'DynamicQuantizeLinear',
    domain: '',
    inputs: [input],
    outputs: [activation.value, activation.scale, activation.zero],
    attributes: attributes({}),
  })
  return activation
}

interface Table {
  readonly name: string
  readonly rows: number
  readonly width: number
  readonly values: Float32Array
}

const tableOf = (node: Node, graph: Graph, makers: ReadonlyMap<string, Node>): Table | null => {
  const [name = ''] = node.inputs
  const constant = graph.initializers.get(name)
  if (constant?.type !== 'float32' || elementCount(constant.dims) < SMALLEST) return null
  if (!isTokenTable(node, constant.dims, makers)) return null
  const [rows = 0, width = 0] = constant.dims
  return { name, rows, width, values: toFloat32(constant) }
}

/** A row of whole numbers and its own scale are looked up beside each other. */
const integerTable = (
  node: Node,
  { name, rows, width, values }: Table,
  initializers: Map<string, TensorValue>,
): readonly Node[] => {
  const [, indices = ''] = node.inputs
  const [result = ''] = node.outputs
  const table = quantiseRows(values, rows, width)
  initializers.set(`${name}.uint8`, bytesTensor('uint8', [rows, width], table.values))
  initializers.set(`${name}.scale`, float32Tensor([rows, 1], table.scales))
  initializers.set(`${name}.unit`, float32Tensor([], [1]))
  initializers.set(`${name}.zero`, bytesTensor('uint8', [], Uint8Array.of(TABLE_ZERO)))
  const made: Node[] = []
  const build = builder(result, made)
  const whole = build('whole', 'Gather', [`${name}.uint8`, indices])
  const steps = build('steps', 'DequantizeLinear', [whole, `${name}.unit`, `${name}.zero`])
  const scale = build('scale', 'Gather', [`${name}.scale`, indices])
  return renameOutput(made, build('scaled', 'Mul', [steps, scale]), result)
}

const bytesTensor = (
  type: 'int8' | 'uint8',
  dims: readonly number[],
  values: Int8Array | Uint8Array,
): TensorValue => ({
  type,
  dims,
  data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
})

type Values = Parameters<typeof attributes>[0]

/** Makes nodes whose names begin with that of the value that they lead to. */
const builder =
  (prefix: string, made: Node[]) =>
  (part: string, op: string, inputs: readonly string[], values: Values = {}): string => {
    const output = `${prefix}.${part}`
    made.push({ name: output, op, domain: '', inputs, outputs: [output], attributes: attributes(values) })
    return output
  }

/** What follows reads the value by the name that it had. */
const renameOutput = (nodes: readonly Node[], from: string, to: string): readonly Node[] =>
  nodes.map((node) =>
    node.outputs.includes(from)
      ? { ...node, outputs: node.outputs.map((name) => (name === from ? to : name)) }
      : node,
  )
