import { t } from '../../shared/l10n.ts'
import { Damage, Excess, PARQUET_LIMITS } from './damage.ts'
import type { Type } from './metadata.ts'

/** The values of a page as they are written: numbers, or places in bytes. */
export type Values =
  | { readonly kind: 'bits'; readonly bits: Uint8Array; readonly length: number }
  | { readonly kind: 'numbers'; readonly view: DataView; readonly width: number; readonly length: number }
  | { readonly kind: 'wholes'; readonly wholes: BigInt64Array; readonly length: number }
  | {
      readonly kind: 'bytes'
      readonly bytes: Uint8Array
      /** Where each value begins, and one more: where the last ends, but for `gap` bytes between two values. */
      readonly starts: Uint32Array
      readonly gap: number
      readonly length: number
    }

const WIDTHS: Readonly<Partial<Record<Type, number>>> = { INT32: 4, FLOAT: 4, INT64: 8, DOUBLE: 8, INT96: 12 }

export const widthOf = (type: Type, length: number): number => WIDTHS[type] ?? length

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const short = (): Damage => new Damage(t`a page that is not complete`)

/** PLAIN: one value after another (parquet-format, Encodings.md). */
export function plain(bytes: Uint8Array, type: Type, length: number, count: number): Values {
  if (type === 'BOOLEAN') {
    if (bytes.length * 8 < count) throw short()
    const bits = new Uint8Array(count)
    for (let i = 0; i < count; i++) bits[i] = ((bytes[i >> 3] ?? 0) >> (i & 7)) & 1
    return { kind: 'bits', bits, length: count }
  }
  if (type !== 'BYTE_ARRAY') {
    const width = widthOf(type, length)
    if (bytes.length < width * count) throw short()
    return { kind: 'numbers', view: viewOf(bytes), width, length: count }
  }
  const view = viewOf(bytes)
  const starts = new Uint32Array(Math.min(count, bytes.length >> 2) + 1)
  let at = 0
  for (let i = 0; i < count; i++) {
    if (at + 4 > bytes.length) throw short()
    const size = view.getUint32(at, true)
    at += 4
    starts[i] = at
    at += size
    if (at > bytes.length) throw short()
  }
  starts[count] = at + 4
  return { kind: 'bytes', bytes, starts, gap: 4, length: count }
}

/** Numbers of `width` bits in runs: repeated, or packed eight at a time. `end`: where the runs end. */
export function runs(bytes: Uint8Array, width: number, count: number): Int32Array {
  if (width > 32) throw new Damage(t`numbers of more than 32 bits`)
  const values = new Int32Array(count)
  if (width === 0) return values
  const step = (width + 7) >> 3
  let at = 0
  let done = 0
  while (done < count) {
    let header = 0
    for (let shift = 0, byte = 0x80; byte >= 0x80; shift += 7) {
      const next = bytes[at++]
      if (next === undefined || shift > 28) throw short()
      byte = next
      header += (byte & 0x7f) * 2 ** shift
    }
    const length = Math.floor(header / 2)
    if (header % 2 === 0) {
      if (length === 0) throw new Damage(t`a run of nothing`)
      if (at + step > bytes.length) throw short()
      let value = 0
      for (let i = 0; i < step; i++) value |= (bytes[at++] ?? 0) << (8 * i)
      const end = Math.min(count, done + length)
      values.fill(value, done, end)
      done = end
    } else {
      if (length === 0) throw new Damage(t`a run of nothing`)
      const end = Math.min(count, done + length * 8)
      if (at + Math.ceil(((end - done) * width) / 8) > bytes.length) throw short()
      done = unpack(bytes, at, width, values, done, end)
      at += length * width
    }
  }
  return values
}

function unpack(
  bytes: Uint8Array,
  start: number,
  width: number,
  values: Int32Array,
  from: number,
  end: number,
): number {
  let at = start
  let held = 0
  let bits = 0
  const mask = 2 ** width
  for (let i = from; i < end; i++) {
    while (bits < width) {
      held += (bytes[at++] ?? 0) * 2 ** bits
      bits += 8
    }
    values[i] = held % mask
    held = Math.floor(held / mask)
    bits -= width
  }
  return end
}

/** DELTA_BINARY_PACKED: first value, then differences in blocks. `end`: the byte behind them. */
export function deltas(bytes: Uint8Array, count: number): { values: BigInt64Array; end: number } {
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++]
      if (byte === undefined) throw short()
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    throw new Damage(t`a number of more than 64 bits`)
  }
  const zigzag = () => {
    const value = varint()
    return (value >> 1n) ^ -(value & 1n)
  }
  const block = Number(varint())
  const minis = Number(varint())
  const total = Number(varint())
  if (
    block < 1 ||
    block > 2 ** 20 ||
    minis < 1 ||
    minis > 512 ||
    block % minis !== 0 ||
    (block / minis) % 8 !== 0
  )
    throw new Damage(t`blocks of an unknown form`)
  if (total < count) throw short()
  const values = new BigInt64Array(count)
  let last = zigzag()
  if (count > 0) values[0] = last
  const each = block / minis
  // The blocks go on for all values that are there, so that what follows is found.
  if (total > PARQUET_LIMITS.values) throw new Excess(t`${total} values in a page`)
  for (let done = 1; done < total; ) {
    const least = zigzag()
    const widths = bytes.subarray(at, at + minis)
    if (widths.length < minis) throw short()
    at += minis
    for (let m = 0; m < minis && done < total; m++) {
      const width = widths[m] ?? 0
      if (width > 64) throw new Damage(t`numbers of more than 64 bits`)
      const end = at + (each * width) / 8
      if (end > bytes.length) throw short()
      let held = 0n
      let bits = 0
      let from = at
      const mask = (1n << BigInt(width)) - 1n
      for (let i = 0; i < each && done < total; i++, done++) {
        while (bits < width) {
          held |= BigInt(bytes[from++] ?? 0) << BigInt(bits)
          bits += 8
        }
        last = BigInt.asIntN(64, last + least + (held & mask))
        held >>= BigInt(width)
        bits -= width
        if (done < count) values[done] = last
      }
      at = end
    }
  }
  return { values, end: at }
}

const lengthsOf = (values: BigInt64Array, most: number): Uint32Array =>
  Uint32Array.from(values, (value) => {
    if (value < 0n || value > BigInt(most)) throw new Damage(t`a length beyond the page`)
    return Number(value)
  })

/** DELTA_LENGTH_BYTE_ARRAY: all lengths, then all bytes. */
export function deltaLengths(bytes: Uint8Array, count: number): Values & { kind: 'bytes' } {
  const { values, end } = deltas(bytes, count)
  const lengths = lengthsOf(values, bytes.length)
  const starts = new Uint32Array(count + 1)
  let at = end
  for (let i = 0; i < count; i++) {
    starts[i] = at
    at += lengths[i] ?? 0
    if (at > bytes.length) throw short()
  }
  starts[count] = at
  return { kind: 'bytes', bytes, starts, gap: 0, length: count }
}

/** DELTA_BYTE_ARRAY: how much each value shares with the one before, then the rest of each. */
export function deltaBytes(bytes: Uint8Array, count: number): Values & { kind: 'bytes' } {
  const { values, end } = deltas(bytes, count)
  const shared = lengthsOf(values, PARQUET_LIMITS.pageBytes)
  const rest = deltaLengths(bytes.subarray(end), count)
  const starts = new Uint32Array(count + 1)
  let all = 0
  for (let i = 0; i < count; i++) {
    starts[i] = all
    const before = i === 0 ? 0 : all - (starts[i - 1] ?? 0)
    if ((shared[i] ?? 0) > before) throw new Damage(t`a value that shares more than there is`)
    all += (shared[i] ?? 0) + (rest.starts[i + 1] ?? 0) - (rest.starts[i] ?? 0)
    if (all > PARQUET_LIMITS.pageBytes) throw new Excess(t`values of more than 256 MB in a page`)
  }
  starts[count] = all
  const output = new Uint8Array(all)
  for (let i = 0; i < count; i++) {
    const start = starts[i] ?? 0
    const before = starts[i - 1] ?? 0
    output.copyWithin(start, before, before + (shared[i] ?? 0))
    output.set(rest.bytes.subarray(rest.starts[i], rest.starts[i + 1]), start + (shared[i] ?? 0))
  }
  return { kind: 'bytes', bytes: output, starts, gap: 0, length: count }
}

/** BYTE_STREAM_SPLIT: the first byte of every value, then the second of every value, and so on. */
export function splitStreams(bytes: Uint8Array, width: number, count: number): Values {
  if (bytes.length < width * count) throw short()
  const output = new Uint8Array(width * count)
  for (let byte = 0; byte < width; byte++)
    for (let i = 0; i < count; i++) output[i * width + byte] = bytes[byte * count + i] ?? 0
  return { kind: 'numbers', view: viewOf(output), width, length: count }
}
