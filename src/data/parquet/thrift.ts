import { t } from '../../shared/l10n.ts'
import { Damage } from './damage.ts'

export type Struct = ReadonlyMap<number, Thrift>
export type Thrift = boolean | number | bigint | Uint8Array | readonly Thrift[] | Struct

const DEEPEST = 32

/**
 * Reads a struct of Thrift's compact protocol, by field number. Integers of 64 bits are bigint.
 * Throws Damage where the bytes end too early (`RanOut`) or are no such struct; nothing larger than the bytes is made.
 */
export function readStruct(bytes: Uint8Array, start: number): { struct: Struct; end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = start

  const byte = (): number => {
    if (at >= bytes.length) throw new RanOut(t`the bytes end inside a struct`)
    return view.getUint8(at++)
  }
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const part = byte()
      value |= BigInt(part & 0x7f) << shift
      if (part < 0x80) return BigInt.asUintN(64, value)
    }
    throw new Damage(t`a number of more than 64 bits`)
  }
  const zigzag = (): bigint => {
    const value = varint()
    return (value >> 1n) ^ -(value & 1n)
  }
  const length = (): number => {
    const value = varint()
    if (value > BigInt(bytes.length - at)) throw new RanOut(t`a length beyond the bytes`)
    return Number(value)
  }
  const element = (type: number, depth: number): Thrift => {
    switch (type) {
      case 1:
        return true
      case 2:
        return false
      case 3:
        return (byte() << 24) >> 24
      case 4:
      case 5:
        return Number(BigInt.asIntN(32, zigzag()))
      case 6:
        return zigzag()
      case 7: {
        if (at + 8 > bytes.length) throw new RanOut(t`the bytes end inside a number`)
        at += 8
        return view.getFloat64(at - 8, true)
      }
      case 8: {
        const count = length()
        at += count
        return bytes.subarray(at - count, at)
      }
      case 9:
      case 10: {
        const head = byte()
        // Every element takes a byte at least, so a length beyond the bytes is damage.
        const count = head >> 4 === 15 ? length() : head >> 4
        const kind = head & 15
        const items: Thrift[] = []
        for (let i = 0; i < count; i++)
          items.push(kind === 1 || kind === 2 ? byte() === 1 : element(kind, depth + 1))
        return items
      }
      case 12:
        return struct(depth + 1)
      default:
        throw new Damage(t`a field of unknown type ${type}`)
    }
  }
  const struct = (depth: number): Struct => {
    if (depth > DEEPEST) throw new Damage(t`structs too deep inside one another`)
    const fields = new Map<number, Thrift>()
    let id = 0
    for (;;) {
      const head = byte()
      if (head === 0) return fields
      id = head >> 4 === 0 ? Number(BigInt.asIntN(16, zigzag())) : id + (head >> 4)
      fields.set(id, element(head & 15, depth))
    }
  }
  return { struct: struct(0), end: at }
}

/** More bytes might make it whole. */
export class RanOut extends Damage {}

/** A whole number of a field; null: there is none. */
export function integer(struct: Struct | null, field: number): number | null {
  const value = struct?.get(field)
  if (value === undefined) return null
  const number = typeof value === 'bigint' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isSafeInteger(number))
    throw new Damage(t`a field that is no number`)
  return number
}

/** A count, size or offset, which must be there. */
export function size(struct: Struct, field: number): number {
  const value = integer(struct, field)
  if (value === null || value < 0) throw new Damage(t`a size that is missing or negative`)
  return value
}

const isStruct = (value: Thrift): value is Struct => value instanceof Map

export function substruct(struct: Struct, field: number): Struct | null {
  const value = struct.get(field)
  if (value === undefined) return null
  if (!isStruct(value)) throw new Damage(t`a field that is no struct`)
  return value
}

export function structs(struct: Struct, field: number): Struct[] {
  const value = struct.get(field)
  if (!Array.isArray(value)) throw new Damage(t`a field that is no list`)
  return value.map((item: Thrift) => {
    if (!isStruct(item)) throw new Damage(t`an item that is no struct`)
    return item
  })
}

export function text(struct: Struct, field: number): string {
  const value = struct.get(field)
  if (!(value instanceof Uint8Array)) throw new Damage(t`a field that is no text`)
  return new TextDecoder().decode(value)
}
