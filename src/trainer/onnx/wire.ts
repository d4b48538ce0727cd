import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { t } from '../../shared/l10n.ts'
import { toSafeNumber } from './int64.ts'

/** The bytes are not what they should be: cut off, or changed on the way. */
export class Damaged extends Error {
  override readonly name = 'Damaged'
}

/** A field as it lies in the bytes: the payload of a length-delimited one, the encoded number of any other. */
interface Field {
  readonly wire: WireType
  readonly data: Uint8Array
}

/** More than any exporter writes into one message; each takes far more memory than the two bytes it may have. */
const MAX_FIELDS = 2_000_000

/** A message's fields by number, each in the order of the file. */
export type Message = ReadonlyMap<number, readonly Field[]>

/** The wire reader throws plain errors on bytes that it can't read; here they get their one name. */
function reading<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new Damaged(error instanceof Error ? error.message : String(error))
  }
}

/** Splits a message into its fields without copying; every length is checked against what remains. */
export function parseMessage(bytes: Uint8Array): Message {
  return reading(() => {
    const reader = new BinaryReader(bytes)
    const fields = new Map<number, Field[]>()
    let count = 0
    while (reader.pos < reader.len) {
      if (++count > MAX_FIELDS) throw new Damaged(t`a message has more than ${MAX_FIELDS} fields`)
      const [number, wire] = reader.tag()
      const data = wire === WireType.LengthDelimited ? reader.bytes() : reader.skip(wire, number)
      const known = fields.get(number)
      if (known) known.push({ wire, data })
      else fields.set(number, [{ wire, data }])
    }
    return fields
  })
}

function fieldsOf(message: Message, number: number, ...wires: WireType[]): readonly Field[] {
  const fields = message.get(number) ?? []
  for (const field of fields)
    if (!wires.includes(field.wire))
      throw new Damaged(t`field ${number} is of another kind than it should be`)
  return fields
}

/** A repeated field of bytes or messages. */
export const many = (message: Message, number: number): Uint8Array[] =>
  fieldsOf(message, number, WireType.LengthDelimited).map((field) => field.data)

/** A field of bytes or a message; the last one where it stands several times. */
export const one = (message: Message, number: number): Uint8Array | null =>
  many(message, number).at(-1) ?? null

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The bytes as text, or null where they are not UTF-8. */
export function decodeText(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes)
  } catch {
    return null
  }
}

function textOf(bytes: Uint8Array): string {
  const decoded = decodeText(bytes)
  if (decoded === null) throw new Damaged(t`a name is not text`)
  return decoded
}

export const texts = (message: Message, number: number): string[] => many(message, number).map(textOf)

export const text = (message: Message, number: number): string => {
  const bytes = one(message, number)
  return bytes ? textOf(bytes) : ''
}

/** The bytes of a repeated number, packed or not: one number's encoding after the other. */
export function packed(message: Message, number: number): Uint8Array {
  const { Varint, Bit32, Bit64, LengthDelimited } = WireType
  const fields = fieldsOf(message, number, Varint, Bit32, Bit64, LengthDelimited)
  const [first] = fields
  if (!first) return new Uint8Array(0)
  if (fields.length === 1) return first.data
  const bytes = new Uint8Array(fields.reduce((sum, field) => sum + field.data.length, 0))
  let at = 0
  for (const field of fields) {
    bytes.set(field.data, at)
    at += field.data.length
  }
  return bytes
}

/** Numbers that were written as varints, one after the other. */
export function varints(bytes: Uint8Array): bigint[] {
  return reading(() => {
    const reader = new BinaryReader(bytes)
    const values: bigint[] = []
    while (reader.pos < reader.len) values.push(BigInt(reader.int64()))
    return values
  })
}

export const ints = (message: Message, number: number): number[] =>
  varints(packed(message, number)).map(toSafeNumber)

export function int(message: Message, number: number): number | null {
  const field = fieldsOf(message, number, WireType.Varint).at(-1)
  const value = field && varints(field.data)[0]
  return value === undefined ? null : toSafeNumber(value)
}

export function floats(message: Message, number: number): number[] {
  const bytes = packed(message, number)
  if (bytes.length % 4 !== 0) throw new Damaged(t`field ${number} does not hold whole numbers of 4 bytes`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true))
}

export const float = (message: Message, number: number): number | null =>
  floats(message, number).at(-1) ?? null
