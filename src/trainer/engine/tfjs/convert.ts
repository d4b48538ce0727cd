import { UserError } from '../../../shared/error.ts'
import { t } from '../../../shared/l10n.ts'
import { toFloat32, toNumbers } from '../../onnx/elements.ts'
import { toHalves } from '../../onnx/half.ts'
import type { DataTypeName, TensorValue } from '../../onnx/model.ts'
import type { StringTensor, Tensor } from '../tensor.ts'
import type { TensorFlow, TfTensor } from './operator.ts'

// TensorFlow.js has three types: float32, int32 and bool. Halves, which are only kept so, are computed as float32.
// Whole numbers of 64 bits become int32; indices and lengths fit, and what exporters write for 'to the end' is
// brought to its edge.

const INT32_MAX = 2 ** 31 - 1

const toInt32 = (value: number | bigint): number =>
  Math.max(-INT32_MAX - 1, Math.min(INT32_MAX, Number(value)))

const refuse = (type: string): never => {
  throw new UserError(
    t`TensorFlow.js has no numbers of type ${type}, which the model asks for. Use the engine onnxruntime.`,
  )
}

/** Copies a host tensor to the backend. */
export const fromHost = (tf: TensorFlow, tensor: Tensor | StringTensor): TfTensor => {
  const dims = [...tensor.dims]
  switch (tensor.type) {
    case 'float32':
      return tf.tensor(tensor.data, dims, 'float32')
    case 'float16': {
      const { type, data } = tensor
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      return tf.tensor(toFloat32({ type, dims, data: bytes }), dims, 'float32')
    }
    case 'bool':
      return tf.tensor(tensor.data, dims, 'bool')
    case 'int64':
      return tf.tensor(Int32Array.from(tensor.data, toInt32), dims, 'int32')
    case 'int32':
    case 'uint8':
    case 'int8':
      return tf.tensor(Int32Array.from(tensor.data), dims, 'int32')
    default:
      return refuse(tensor.type)
  }
}

export const fromConstant = (tf: TensorFlow, value: TensorValue): TfTensor => {
  const dims = [...value.dims]
  switch (value.type) {
    case 'float32':
    case 'float64':
    case 'float16':
    case 'bfloat16':
      return tf.tensor(toFloat32(value), dims, 'float32')
    case 'bool':
      return tf.tensor(Uint8Array.from(toNumbers(value)), dims, 'bool')
    case 'string':
      return refuse('string')
    default:
      return tf.tensor(Int32Array.from(toNumbers(value), toInt32), dims, 'int32')
  }
}

/** A copy on the host, with the type that the graph gives it. */
export const toHost = async (tensor: TfTensor, type: DataTypeName | null): Promise<Tensor> => {
  // A backend in JavaScript gives its own memory, which may be that of a weight.
  const data = (await tensor.data()).slice()
  const dims = tensor.shape
  if (data instanceof Float32Array)
    return type === 'float16' ? { type, dims, data: toHalves(data) } : { type: 'float32', dims, data }
  if (data instanceof Int32Array)
    return type === 'int64'
      ? { type, dims, data: BigInt64Array.from(data, BigInt) }
      : { type: 'int32', dims, data }
  return { type: 'bool', dims, data }
}
