import { intAttribute } from '../onnx/attributes.ts'
import { DataType, type DataTypeName, type Node } from '../onnx/model.ts'

/** Element type of a node's output, from the operator and the types of its inputs. */
export const outputType = (node: Node, index: number, inputs: readonly DataTypeName[]): DataTypeName => {
  const first = inputs[0] ?? 'float32'
  switch (node.op) {
    case 'Shape':
    case 'Size':
    case 'NonZero':
    case 'ArgMax':
    case 'ArgMin':
      return 'int64'
    case 'Equal':
    case 'Greater':
    case 'GreaterOrEqual':
    case 'Less':
    case 'LessOrEqual':
    case 'And':
    case 'Or':
    case 'Xor':
    case 'Not':
    case 'IsNaN':
    case 'IsInf':
      return 'bool'
    case 'Cast':
      return named(intAttribute(node, 'to', DataType.float32))
    case 'CastLike':
    case 'Where':
      return inputs[1] ?? first
    case 'OneHot':
      return inputs[2] ?? first
    case 'ConstantOfShape': {
      const value = node.attributes.get('value')
      return value?.kind === 'tensor' ? value.value.type : 'float32'
    }
    case 'EyeLike':
    case 'RandomNormalLike':
    case 'RandomUniformLike':
      return node.attributes.has('dtype') ? named(intAttribute(node, 'dtype', DataType.float32)) : first
    case 'DequantizeLinear':
      return inputs[1] ?? 'float32'
    case 'DynamicQuantizeLinear':
      return index === 1 ? 'float32' : 'uint8'
    case 'QuantizeLinear':
      return inputs[2] ?? 'uint8'
    case 'MatMulInteger':
    case 'ConvInteger':
      return 'int32'
    case 'MatMulIntegerToFloat':
    case 'GatherBlockQuantized':
      return inputs[2] ?? 'float32'
    case 'Dropout':
      return index === 1 ? 'bool' : first
    case 'TopK':
    case 'MaxPool':
    case 'Unique':
      return index > 0 ? 'int64' : first
    default:
      return first
  }
}

const named = (number: number): DataTypeName => {
  for (const [name, value] of Object.entries(DataType)) if (value === number && isName(name)) return name
  throw new Error(`unknown element type ${number}`)
}

const isName = (name: string): name is DataTypeName => name in DataType
