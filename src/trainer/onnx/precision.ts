import { float32Tensor, toFloat32 } from './elements.ts'
import {
  type Attribute,
  DataType,
  type Graph,
  type Model,
  type Node,
  type TensorValue,
  type ValueInfo,
} from './model.ts'

/** Attributes that hold an element type as its number, whatever the operator. */
const TYPE_ATTRIBUTES = new Set(['to', 'dtype', 'output_datatype', 'stash_type', 'softmax_precision'])
const HALVES: readonly number[] = [DataType.float16, DataType.bfloat16]

const isHalf = (type: string | null): boolean => type === 'float16' || type === 'bfloat16'

const raiseTensor = (tensor: TensorValue): TensorValue =>
  isHalf(tensor.type) ? float32Tensor(tensor.dims, toFloat32(tensor)) : tensor

const raiseValue = (value: ValueInfo): ValueInfo =>
  isHalf(value.type) ? { ...value, type: 'float32' } : value

function raiseAttribute(name: string, attribute: Attribute): Attribute {
  if (attribute.kind === 'tensor') return { kind: 'tensor', value: raiseTensor(attribute.value) }
  if (attribute.kind === 'graph') return { kind: 'graph', value: raiseGraph(attribute.value) }
  if (attribute.kind === 'int' && TYPE_ATTRIBUTES.has(name) && HALVES.includes(attribute.value))
    return { kind: 'int', value: DataType.float32 }
  return attribute
}

const raiseNode = (node: Node): Node => ({
  ...node,
  attributes: new Map([...node.attributes].map(([name, value]) => [name, raiseAttribute(name, value)])),
})

const raiseGraph = (graph: Graph): Graph => ({
  ...graph,
  nodes: graph.nodes.map(raiseNode),
  initializers: new Map([...graph.initializers].map(([name, tensor]) => [name, raiseTensor(tensor)])),
  inputs: graph.inputs.map(raiseValue),
  outputs: graph.outputs.map(raiseValue),
})

function usesHalf(graph: Graph): boolean {
  return (
    [...graph.initializers.values(), ...graph.inputs, ...graph.outputs].some(({ type }) => isHalf(type)) ||
    graph.nodes.some((node) =>
      [...node.attributes].some(
        ([name, attribute]) =>
          (attribute.kind === 'graph' && usesHalf(attribute.value)) ||
          (attribute.kind === 'tensor' && isHalf(attribute.value.type)) ||
          (attribute.kind === 'int' && TYPE_ATTRIBUTES.has(name) && HALVES.includes(attribute.value)),
      ),
    )
  )
}

/** The first output has the element type of the first input. */
const KEEPS_TYPE = new Set(
  (
    'Abs Add BatchNormalization Ceil Clip Concat Conv Div Dropout Elu Erf Exp Expand Flatten Floor Gather ' +
    'GatherElements GatherND Gemm Identity LayerNormalization LeakyRelu Log LogSoftmax MatMul Max Mean Min Mul Neg ' +
    'Pad Pow Reciprocal ReduceL2 ReduceMax ReduceMean ReduceMin ReduceSum Relu Reshape Sigmoid Slice Softmax ' +
    'Softplus Split Sqrt Squeeze Sub Sum Tanh Tile Transpose Trilu Unsqueeze'
  ).split(' '),
)

/**
 * Casts between half and float32 became casts from float32 to itself; as `Identity` they don't stand between
 * the parts of a pattern. One whose input's type is not seen at once stays: it changes nothing.
 */
function dropCasts(graph: Graph): Graph {
  const floats = new Set<string>()
  for (const [name, { type }] of graph.initializers) if (type === 'float32') floats.add(name)
  for (const { name, type } of graph.inputs) if (type === 'float32') floats.add(name)
  const nodes = graph.nodes.map((node) => {
    const [input = ''] = node.inputs
    const to = node.attributes.get('to')
    const value = node.attributes.get('value')
    const castsToFloat = node.op === 'Cast' && to?.kind === 'int' && to.value === DataType.float32
    const isFloat =
      castsToFloat ||
      (value?.kind === 'tensor' && value.value.type === 'float32') ||
      (KEEPS_TYPE.has(node.op) && floats.has(input)) ||
      (node.op === 'Where' && floats.has(node.inputs[1] ?? ''))
    const drop = castsToFloat && floats.has(input)
    if (isFloat && node.domain === '') for (const output of node.outputs) floats.add(output)
    return drop ? { ...node, op: 'Identity', attributes: new Map() } : node
  })
  return { ...graph, nodes }
}

/**
 * The model with fp16 and bf16 values, constants, inputs and outputs raised to float32, so that all arithmetic
 * is float32. Each stored half becomes the float32 of the same value. A model without halves is returned as it is.
 */
export function raiseHalf(model: Model): Model {
  return usesHalf(model.graph) ? { ...model, graph: dropCasts(raiseGraph(model.graph)) } : model
}
