import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { decompress as unzstd } from 'fzstd'
import { t } from '../../shared/l10n.ts'
import { Damage } from './damage.ts'

/** The codecs of parquet.thrift by number; LZO and the framed LZ4 of old Hadoop programs are not read. */
const CODECS: readonly (((bytes: Uint8Array, size: number) => Uint8Array) | string)[] = [
  (bytes) => bytes,
  unsnappy,
  (bytes, size) => gunzipSync(bytes, { maxOutputLength: size }),
  'LZO',
  (bytes, size) => brotliDecompressSync(bytes, { maxOutputLength: size }),
  'LZ4',
  (bytes, size) => unzstd(bytes, new Uint8Array(size)),
  unlz4,
]
const OLD_LZ4 = 5

/** The name of a codec that can't be read; null: it can. */
export function unknownCodec(codec: number): string | null {
  const known = CODECS[codec]
  if (typeof known === 'function') return null
  return codec === OLD_LZ4 ? t`LZ4 (the older form)` : (known ?? t`codec ${codec}`)
}

/** Unpacks bytes to exactly `size` bytes, which the caller has held to a limit. */
export function decompress(bytes: Uint8Array, codec: number, size: number): Uint8Array {
  const unpack = CODECS[codec]
  if (typeof unpack !== 'function') throw new Damage(t`an unknown codec`)
  // A page of nulls alone may hold nothing.
  if (size === 0) return new Uint8Array(0)
  let unpacked: Uint8Array
  try {
    unpacked = unpack(bytes, size)
  } catch (error) {
    if (error instanceof Damage) throw error
    throw new Damage(t`a page that can not be unpacked`)
  }
  if (unpacked.length !== size) throw new Damage(t`a page of another size than it says`)
  return unpacked
}

/** Takes literal bytes and copies of what it has, as both formats below are made of, up to its size. */
function createOutput(bytes: Uint8Array, size: number) {
  const output = new Uint8Array(size)
  let to = 0
  return {
    output,
    /** `from` is the place in the packed bytes. */
    literal(from: number, length: number): void {
      if (from + length > bytes.length || to + length > size) throw new Damage(t`a page that is not complete`)
      output.set(bytes.subarray(from, from + length), to)
      to += length
    },
    /** From `offset` bytes back; what is copied may be what the copy itself makes. */
    copy(offset: number, length: number): void {
      if (offset < 1 || offset > to || to + length > size) throw new Damage(t`a page that refers to nothing`)
      if (offset >= length) output.copyWithin(to, to - offset, to - offset + length)
      else for (let i = 0; i < length; i++) output[to + i] = output[to - offset + i] ?? 0
      to += length
    },
    done(): Uint8Array {
      if (to !== size) throw new Damage(t`a page of another size than it says`)
      return output
    },
  }
}

/** Snappy's format (google/snappy, format_description.txt). */
function unsnappy(bytes: Uint8Array, size: number): Uint8Array {
  let at = 0
  const little = (count: number): number => {
    if (at + count > bytes.length) throw new Damage(t`a page that is not complete`)
    let value = 0
    for (let i = 0; i < count; i++) value += (bytes[at++] ?? 0) * 2 ** (8 * i)
    return value
  }
  let declared = 0
  for (let shift = 0, byte = 0x80; byte >= 0x80; shift += 7) {
    if (shift > 28) throw new Damage(t`a page that is not Snappy`)
    byte = little(1)
    declared += (byte & 0x7f) * 2 ** shift
  }
  if (declared !== size) throw new Damage(t`a page of another size than it says`)
  const output = createOutput(bytes, size)
  while (at < bytes.length) {
    const tag = little(1)
    const upper = tag >> 2
    switch (tag & 3) {
      case 0: {
        const length = (upper < 60 ? upper : little(upper - 59)) + 1
        output.literal(at, length)
        at += length
        break
      }
      case 1:
        output.copy((tag >> 5) * 256 + little(1), (upper & 7) + 4)
        break
      case 2:
        output.copy(little(2), upper + 1)
        break
      default:
        output.copy(little(4), upper + 1)
    }
  }
  return output.done()
}

/** LZ4's block format (lz4/lz4, lz4_Block_format.md). */
function unlz4(bytes: Uint8Array, size: number): Uint8Array {
  let at = 0
  const byte = (): number => {
    const value = bytes[at++]
    if (value === undefined) throw new Damage(t`a page that is not complete`)
    return value
  }
  const extended = (length: number): number => {
    let all = length
    for (let more = length === 15 ? 255 : 0; more === 255; all += more) more = byte()
    return all
  }
  const output = createOutput(bytes, size)
  while (at < bytes.length) {
    const token = byte()
    const literals = extended(token >> 4)
    output.literal(at, literals)
    at += literals
    // The last sequence is literals alone.
    if (at === bytes.length) break
    const offset = byte() + 256 * byte()
    output.copy(offset, extended(token & 15) + 4)
  }
  return output.done()
}
