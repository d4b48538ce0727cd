import { t } from '../../shared/l10n.ts'
import { Damage, Excess, PARQUET_LIMITS } from './damage.ts'
import { decompress, unknownCodec } from './decompress.ts'
import {
  deltaBytes,
  deltaLengths,
  deltas,
  plain,
  runs,
  splitStreams,
  type Values,
  widthOf,
} from './encodings.ts'
import type { Chunk, Leaf } from './metadata.ts'
import { textOf } from './text.ts'
import { integer, RanOut, readStruct, type Struct, size, substruct } from './thrift.ts'

/** Some values of a column, in order; '' where there is none. */
export interface Page {
  readonly length: number
  text(i: number): string
}

/** Bytes of the file; fewer where it ends. */
export type Read = (offset: number, length: number) => Promise<Uint8Array>

const DATA = 0
const DICTIONARY = 2
const DATA_V2 = 3
const DICTIONARY_ENCODINGS = [2, 8]

/** A header holds the smallest and largest value of its page: it may be long, not endless. */
const FIRST_HEADER = 4096
const LONGEST_HEADER = 2 ** 24

/** The pages of a column in a row group of `rows` rows, by stream. */
export async function* columnPages(read: Read, leaf: Leaf, chunk: Chunk, rows: number): AsyncGenerator<Page> {
  const unknown = unknownCodec(chunk.codec)
  if (unknown !== null) throw new UnknownCodec(unknown)
  if (chunk.values !== rows) throw new Damage(t`a column of another length than its row group`)
  const show = textOf(leaf)
  const end = chunk.start + chunk.packed
  let dictionary: string[] | null = null
  let at = chunk.start
  for (let done = 0; done < rows; ) {
    const header = await readHeader(read, at, end)
    const packed = size(header.struct, 3)
    const unpacked = size(header.struct, 2)
    at = header.end
    if (at + packed > end) throw new Damage(t`a page beyond its column`)
    if (
      unpacked > PARQUET_LIMITS.pageBytes ||
      (unpacked > PARQUET_LIMITS.ratioFrom && unpacked > packed * PARQUET_LIMITS.ratio)
    )
      throw new Excess(t`a page of ${packed} bytes that unpacks to ${unpacked}`)
    const bytes = await read(at, packed)
    if (bytes.length < packed) throw new Damage(t`a page that is not complete`)
    at += packed
    const type = size(header.struct, 1)
    if (type === DICTIONARY) {
      const fields = substruct(header.struct, 7)
      if (fields === null || dictionary !== null) throw new Damage(t`a dictionary without a header`)
      const count = countOf(size(fields, 1))
      const values = plain(decompress(bytes, chunk.codec, unpacked), leaf.type, leaf.length, count)
      dictionary = Array.from({ length: count }, (_, i) => show(values, i))
    } else if (type === DATA || type === DATA_V2) {
      const page = (type === DATA ? pageV1 : pageV2)(
        header.struct,
        bytes,
        unpacked,
        leaf,
        chunk,
        dictionary,
        show,
      )
      done += page.length
      if (done > rows) throw new Damage(t`more values than rows`)
      if (page.length > 0) yield page
    } else if (at >= end) throw new Damage(t`a column that is not complete`)
  }
}

/** Raised where a column is packed in a way that is not known. */
export class UnknownCodec extends Error {
  override readonly name = 'UnknownCodec'
}

function countOf(count: number): number {
  if (count > PARQUET_LIMITS.values) throw new Excess(t`${count} values in a page`)
  return count
}

async function readHeader(read: Read, at: number, end: number): Promise<{ struct: Struct; end: number }> {
  for (let length = FIRST_HEADER; ; length *= 16) {
    const wanted = Math.min(length, end - at)
    if (wanted <= 0) throw new Damage(t`a column that is not complete`)
    try {
      const header = readStruct(await read(at, wanted), 0)
      return { struct: header.struct, end: at + header.end }
    } catch (error) {
      if (!(error instanceof RanOut) || wanted < length || length >= LONGEST_HEADER) throw error
    }
  }
}

type MakePage = (
  header: Struct,
  bytes: Uint8Array,
  unpacked: number,
  leaf: Leaf,
  chunk: Chunk,
  dictionary: string[] | null,
  show: (values: Values, i: number) => string,
) => Page

const pageV1: MakePage = (header, bytes, unpacked, leaf, chunk, dictionary, show) => {
  const fields = substruct(header, 5)
  if (fields === null) throw new Damage(t`a page without a header`)
  const count = countOf(size(fields, 1))
  let content = decompress(bytes, chunk.codec, unpacked)
  let levels: Int32Array | null = null
  if (leaf.levels > 0) {
    if (integer(fields, 3) !== 3) throw new Damage(t`levels in an unknown encoding`)
    if (content.length < 4) throw new Damage(t`a page that is not complete`)
    const length = new DataView(content.buffer, content.byteOffset).getUint32(0, true)
    if (4 + length > content.length) throw new Damage(t`a page that is not complete`)
    levels = runs(content.subarray(4, 4 + length), levelBits(leaf), count)
    content = content.subarray(4 + length)
  }
  return makePage(content, size(fields, 2), count, levels, leaf, dictionary, show)
}

const pageV2: MakePage = (header, bytes, unpacked, leaf, chunk, dictionary, show) => {
  const fields = substruct(header, 8)
  if (fields === null) throw new Damage(t`a page without a header`)
  const count = countOf(size(fields, 1))
  const levelBytes = size(fields, 5)
  const start = levelBytes + size(fields, 6)
  if (start > bytes.length || start > unpacked) throw new Damage(t`a page that is not complete`)
  const levels =
    leaf.levels > 0 ? runs(bytes.subarray(start - levelBytes, start), levelBits(leaf), count) : null
  const rest = bytes.subarray(start)
  const content = fields.get(7) === false ? rest : decompress(rest, chunk.codec, unpacked - start)
  return makePage(content, size(fields, 4), count, levels, leaf, dictionary, show)
}

const levelBits = ({ levels }: Leaf): number => 32 - Math.clz32(levels)

function makePage(
  content: Uint8Array,
  encoding: number,
  count: number,
  levels: Int32Array | null,
  leaf: Leaf,
  dictionary: string[] | null,
  show: (values: Values, i: number) => string,
): Page {
  let present = count
  // Of each row the place of its value, -1 where it has none.
  let places: Int32Array | null = null
  if (levels !== null) {
    present = 0
    places = levels
    for (let i = 0; i < count; i++) places[i] = levels[i] === leaf.levels ? present++ : -1
  }
  const value = valueAt(content, encoding, present, leaf, dictionary, show)
  const all = places
  return { length: count, text: all === null ? value : (i) => ((all[i] ?? -1) < 0 ? '' : value(all[i] ?? 0)) }
}

function valueAt(
  content: Uint8Array,
  encoding: number,
  count: number,
  leaf: Leaf,
  dictionary: string[] | null,
  show: (values: Values, i: number) => string,
): (i: number) => string {
  if (count === 0) return () => ''
  if (DICTIONARY_ENCODINGS.includes(encoding)) {
    const indices = runs(content.subarray(1), content[0] ?? 0, count)
    return (i) => {
      const found = dictionary?.[indices[i] ?? -1]
      if (found === undefined) throw new Damage(t`a value that is not in the dictionary`)
      return found
    }
  }
  const values = decodeValues(content, encoding, count, leaf)
  return (i) => show(values, i)
}

function decodeValues(content: Uint8Array, encoding: number, count: number, { type, length }: Leaf): Values {
  const whole = type === 'INT32' || type === 'INT64'
  const bytes = type === 'BYTE_ARRAY' || type === 'FIXED'
  if (encoding === 0) return plain(content, type, length, count)
  if (encoding === 3 && type === 'BOOLEAN')
    return { kind: 'bits', bits: Uint8Array.from(runs(content.subarray(4), 1, count)), length: count }
  if (encoding === 5 && whole) return { kind: 'wholes', wholes: deltas(content, count).values, length: count }
  if (encoding === 6 && bytes) return deltaLengths(content, count)
  if (encoding === 7 && bytes) return deltaBytes(content, count)
  if (encoding === 9 && type !== 'BOOLEAN' && type !== 'BYTE_ARRAY')
    return splitStreams(content, widthOf(type, length), count)
  throw new Damage(t`values of type ${type} in encoding ${encoding}`)
}
