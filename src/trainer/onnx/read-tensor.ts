import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { ELEMENT_BYTES, elementCount } from './elements.ts'
import { readExternal } from './external.ts'
import { ENTRY, TENSOR } from './fields.ts'
import { DataType, type DataTypeName, type TensorValue } from './model.ts'
import { Damaged, int, ints, type Message, many, one, packed, parseMessage, text, varints } from './wire.ts'

const isTypeName = (name: string): name is DataTypeName => name in DataType
const TYPE_NAMES = new Map<number, DataTypeName>(
  Object.keys(DataType)
    .filter(isTypeName)
    .map((name) => [DataType[name], name]),
)

/** null for an element type that Finesse does not read (complex, 8-bit and 4-bit floating point). */
export const typeName = (type: number): DataTypeName | null => TYPE_NAMES.get(type) ?? null

const EXTERNAL = 1

/** Whole numbers as the bytes of an element type, low byte first. */
function integerBytes(values: readonly bigint[], size: number): Uint8Array {
  const bytes = new Uint8Array(values.length * size)
  const view = new DataView(bytes.buffer)
  for (const [i, value] of values.entries()) {
    const bits = BigInt.asUintN(64, value)
    if (size === 8) view.setBigUint64(8 * i, bits, true)
    else if (size === 4) view.setUint32(4 * i, Number(BigInt.asUintN(32, bits)), true)
    else if (size === 2) view.setUint16(2 * i, Number(BigInt.asUintN(16, bits)), true)
    else view.setUint8(i, Number(BigInt.asUintN(8, bits)))
  }
  return bytes
}

/** The field that holds a type's elements where raw_data does not; narrow types are widened in it. */
function typedBytes(message: Message, type: DataTypeName): Uint8Array {
  switch (type) {
    case 'float32':
      return packed(message, TENSOR.floats)
    case 'float64':
      return packed(message, TENSOR.doubles)
    case 'int64':
      return integerBytes(varints(packed(message, TENSOR.int64s)), 8)
    case 'uint32':
    case 'uint64':
      return integerBytes(varints(packed(message, TENSOR.uint64s)), ELEMENT_BYTES[type])
    default:
      return integerBytes(varints(packed(message, TENSOR.int32s)), ELEMENT_BYTES[type])
  }
}

function externalBytes(
  message: Message,
  name: string,
  bytesNeeded: number,
  folder: string | null,
  file: string,
): Uint8Array {
  const entries = new Map(
    many(message, TENSOR.external).map((bytes) => {
      const entry = parseMessage(bytes)
      return [text(entry, ENTRY.key), text(entry, ENTRY.value)]
    }),
  )
  const number = (key: string): number | null => {
    const value = entries.get(key)
    if (value === undefined || value === '') return null
    if (!/^\d{1,15}$/.test(value)) throw new Damaged(t`tensor ${name} has an external ${key} of ${value}`)
    return Number(value)
  }
  const length = number('length') ?? bytesNeeded
  // Before anything is allocated: the length comes from the file, the product of the dimensions too.
  if (length !== bytesNeeded)
    throw new Damaged(t`tensor ${name} should hold ${bytesNeeded} bytes, not ${length}`)
  return readExternal(
    { location: entries.get('location') ?? '', offset: number('offset') ?? 0, length },
    name,
    folder,
    file,
  )
}

/** A TensorProto and its name. The elements stay a view into the bytes where they lie there as such. */
export function readTensor(
  bytes: Uint8Array,
  folder: string | null,
  file: string,
): { name: string; value: TensorValue } {
  const message = parseMessage(bytes)
  const name = text(message, TENSOR.name)
  const label = name || t`without a name`
  const number = int(message, TENSOR.type) ?? 0
  const type = typeName(number)
  if (type === null)
    throw new UserError(
      t`${file}: tensor ${label} has element type ${number} of ONNX, which Finesse does not read; use the fp32 or fp16 file of this model`,
    )
  const dims = ints(message, TENSOR.dims)
  if (dims.some((n) => n < 0)) throw new Damaged(t`tensor ${label} has a negative length`)
  const count = elementCount(dims)
  if (type === 'string') {
    const strings = many(message, TENSOR.strings)
    if (strings.length !== count)
      throw new Damaged(t`tensor ${label} should hold ${count} strings, not ${strings.length}`)
    return { name, value: { type, dims, data: new Uint8Array(0), strings } }
  }
  const needed = count * ELEMENT_BYTES[type]
  const data =
    int(message, TENSOR.location) === EXTERNAL
      ? externalBytes(message, label, needed, folder, file)
      : (one(message, TENSOR.raw) ?? typedBytes(message, type))
  if (data.length !== needed)
    throw new Damaged(t`tensor ${label} should hold ${needed} bytes, not ${data.length}`)
  return { name, value: { type, dims, data } }
}
