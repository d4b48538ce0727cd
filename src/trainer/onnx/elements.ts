import { toInt64, toSafeNumber } from './int64.ts'
import type { DataTypeName, TensorValue } from './model.ts'

/** Bytes of one element; 0 for strings, which are held apart. */
export const ELEMENT_BYTES: Readonly<Record<DataTypeName, number>> = {
  float32: 4,
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  int32: 4,
  int64: 8,
  string: 0,
  bool: 1,
  float16: 2,
  float64: 8,
  uint32: 4,
  uint64: 8,
  bfloat16: 2,
}

export const elementCount = (dims: readonly number[]): number => dims.reduce((product, n) => product * n, 1)

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** The bytes at an offset that a typed array can view: themselves where they lie well, else a copy. */
const aligned = (bytes: Uint8Array, size: number): Uint8Array =>
  bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes)

/** The float32 value of an IEEE 754 half. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** Every half's float32 value, made when first needed: a table is several times faster than the arithmetic. */
let halves: Float32Array | null = null
function halfTable(): Float32Array {
  halves ??= Float32Array.from({ length: 65536 }, (_, bits) => fromHalf(bits))
  return halves
}

/**
 * A floating-point constant as float32: a view where it is one already and lies well, else a copy.
 * fp16 and bf16 are raised exactly; fp64 is rounded.
 */
export function toFloat32(tensor: TensorValue): Float32Array {
  const bytes = aligned(tensor.data, ELEMENT_BYTES[tensor.type] || 1)
  const count = elementCount(tensor.dims)
  switch (tensor.type) {
    case 'float32':
      return new Float32Array(bytes.buffer, bytes.byteOffset, count)
    case 'float64':
      return Float32Array.from(new Float64Array(bytes.buffer, bytes.byteOffset, count))
    case 'float16': {
      const table = halfTable()
      const bits = new Uint16Array(bytes.buffer, bytes.byteOffset, count)
      const values = new Float32Array(count)
      for (let i = 0; i < count; i++) values[i] = table[bits[i] ?? 0] ?? 0
      return values
    }
    case 'bfloat16': {
      const bits = new Uint16Array(bytes.buffer, bytes.byteOffset, count)
      const words = new Uint32Array(count)
      for (let i = 0; i < count; i++) words[i] = (bits[i] ?? 0) << 16
      return new Float32Array(words.buffer)
    }
    default:
      throw new Error(`a constant of ${tensor.type} is not floating-point`)
  }
}

/** A small constant of any numeric type as numbers; 64-bit ones beyond 2^53 are brought to its edge. */
export function toNumbers(tensor: TensorValue): number[] {
  const view = viewOf(tensor.data)
  const read = (value: (at: number) => number): number[] =>
    Array.from({ length: elementCount(tensor.dims) }, (_, i) => value(i * ELEMENT_BYTES[tensor.type]))
  switch (tensor.type) {
    case 'int64':
      return read((at) => toSafeNumber(view.getBigInt64(at, true)))
    case 'uint64':
      return read((at) => toSafeNumber(view.getBigUint64(at, true)))
    case 'int32':
      return read((at) => view.getInt32(at, true))
    case 'uint32':
      return read((at) => view.getUint32(at, true))
    case 'int16':
      return read((at) => view.getInt16(at, true))
    case 'uint16':
      return read((at) => view.getUint16(at, true))
    case 'int8':
      return read((at) => view.getInt8(at))
    case 'uint8':
    case 'bool':
      return read((at) => view.getUint8(at))
    case 'float64':
      return read((at) => view.getFloat64(at, true))
    case 'float32':
    case 'float16':
    case 'bfloat16':
      return Array.from(toFloat32(tensor))
    case 'string':
      throw new Error('a constant of strings holds no numbers')
  }
}

/** A float32 constant over the given numbers; a Float32Array is not copied. */
export function float32Tensor(dims: readonly number[], values: ArrayLike<number>): TensorValue {
  const array = values instanceof Float32Array ? values : Float32Array.from(values)
  if (array.length !== elementCount(dims)) throw new Error(`${array.length} elements do not fill [${dims}]`)
  return { type: 'float32', dims, data: new Uint8Array(array.buffer, array.byteOffset, array.byteLength) }
}

export function int64Tensor(dims: readonly number[], values: readonly number[]): TensorValue {
  if (values.length !== elementCount(dims)) throw new Error(`${values.length} elements do not fill [${dims}]`)
  const array = BigInt64Array.from(values, toInt64)
  return { type: 'int64', dims, data: new Uint8Array(array.buffer) }
}
