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

/**
 * The model with fp16 and bf16 values, constants, inputs and outputs raised to float32, so that all arithmetic
 * is float32. Each stored half becomes the float32 of the same value. A model without halves is returned as it is.
 */
export function raiseHalf(model: Model): Model {
  return usesHalf(model.graph) ? { ...model, graph: raiseGraph(model.graph) } : model
}
