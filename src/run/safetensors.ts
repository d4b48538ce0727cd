import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import * as v from 'valibot'
import { atomicWriteWith, systemReason, writeAll } from '../data/atomic-write.ts'
import { UserError } from '../shared/error.ts'
import { t } from '../shared/l10n.ts'

/** Bytes of one element. */
const ELEMENT_BYTES = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
} as const
export type SafeDtype = keyof typeof ELEMENT_BYTES

/** Little-endian elements, row-major. */
export interface SafeTensor {
  readonly dtype: SafeDtype
  readonly dims: readonly number[]
  readonly data: Uint8Array
}

export interface SafeTensors {
  readonly tensors: ReadonlyMap<string, SafeTensor>
  readonly metadata: Readonly<Record<string, string>>
}

/** As in the reference implementation. */
const LARGEST_HEADER = 100_000_000

const dtypes = Object.keys(ELEMENT_BYTES) as SafeDtype[]
const size = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const Entry = v.strictObject({
  dtype: v.picklist(dtypes),
  shape: v.array(size),
  data_offsets: v.tuple([size, size]),
})
const Metadata = v.record(v.string(), v.string())

/**
 * Writes a file in the safetensors format, atomically, tensor after tensor from the memory they lie in.
 * Wider elements come first, then by name, so that every tensor is aligned and equal content is equal bytes.
 */
export function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, SafeTensor>,
  metadata: Readonly<Record<string, string>> = {},
): void {
  const sorted = [...tensors].sort(
    ([a, { dtype: x }], [b, { dtype: y }]) => ELEMENT_BYTES[y] - ELEMENT_BYTES[x] || (a < b ? -1 : 1),
  )
  const entries: [string, unknown][] = []
  if (Object.keys(metadata).length > 0) entries.push(['__metadata__', metadata])
  let offset = 0
  for (const [name, { dtype, dims, data }] of sorted) {
    if (name === '__metadata__') throw new Error('a tensor cannot be named __metadata__')
    if (byteLength(dtype, dims) !== data.byteLength)
      throw new Error(`tensor ${name}: ${data.byteLength} bytes for ${dtype} [${dims}]`)
    entries.push([name, { dtype, shape: dims, data_offsets: [offset, offset + data.byteLength] }])
    offset += data.byteLength
  }
  // Through a Map-like list, as an object would move names that look like numbers to the front.
  const json = Buffer.from(`{${entries.map(([k, e]) => `${JSON.stringify(k)}:${JSON.stringify(e)}`).join()}}`)
  const header = Buffer.alloc(8 + Math.ceil(json.byteLength / 8) * 8, ' ')
  header.writeBigUInt64LE(BigInt(header.byteLength - 8))
  json.copy(header, 8)
  atomicWriteWith(path, (fd) => {
    writeAll(fd, header)
    for (const [, { data }] of sorted) writeAll(fd, data)
  })
}

/**
 * Reads a safetensors file, each tensor into memory of its own. Strict: whatever the format does not allow,
 * and every byte that belongs to no tensor or to two, is a UserError.
 */
export function readSafetensors(path: string): SafeTensors {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch (error) {
    const reason = systemReason(error)
    if (reason === null) throw error
    throw new UserError(t`${path}: cannot be read: ${reason}`)
  }
  try {
    return read(fd, (problem) => new UserError(t`${path}: not a sound safetensors file: ${problem}`))
  } finally {
    closeSync(fd)
  }
}

function read(fd: number, refuse: (problem: string) => UserError): SafeTensors {
  const fileBytes = fstatSync(fd).size
  if (fileBytes < 8) throw refuse(t`it has ${fileBytes} bytes`)
  const length = Buffer.from(readAt(fd, 0, 8)).readBigUInt64LE()
  if (length > LARGEST_HEADER) throw refuse(t`its header is too long`)
  const start = 8 + Number(length)
  if (start > fileBytes) throw refuse(t`it is cut off in its header`)

  let header: unknown
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      readAt(fd, 8, Number(length)),
    )
    if (!text.startsWith('{')) throw new Error()
    header = JSON.parse(text)
  } catch {
    throw refuse(t`its header is not JSON`)
  }
  if (typeof header !== 'object' || header === null) throw refuse(t`its header is not an object`)

  let metadata: Record<string, string> = {}
  const entries: { name: string; dtype: SafeDtype; dims: number[]; begin: number; end: number }[] = []
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') {
      if (!v.is(Metadata, value)) throw refuse(t`its metadata is not a table of texts`)
      metadata = value
      continue
    }
    if (!v.is(Entry, value)) throw refuse(t`tensor ${name} is not described as the format asks`)
    const [begin, end] = value.data_offsets
    if (end < begin || end > fileBytes - start)
      throw refuse(t`tensor ${name} lies outside the file, which may be cut off`)
    if (byteLength(value.dtype, value.shape) !== end - begin)
      throw refuse(t`tensor ${name} holds ${end - begin} bytes for ${value.dtype} [${value.shape.join(',')}]`)
    entries.push({ name, dtype: value.dtype, dims: value.shape, begin, end })
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end)
  let next = 0
  for (const { name, begin, end } of entries) {
    if (begin !== next)
      throw refuse(
        begin < next ? t`there is an overlap before tensor ${name}` : t`there is a gap before tensor ${name}`,
      )
    next = end
  }
  if (next !== fileBytes - start) throw refuse(t`${fileBytes - start - next} bytes follow the last tensor`)

  const tensors = new Map<string, SafeTensor>()
  for (const { name, dtype, dims, begin, end } of entries)
    tensors.set(name, { dtype, dims, data: readAt(fd, start + begin, end - begin) })
  return { tensors, metadata }
}

/** NaN where the product is beyond what a number counts exactly. */
function byteLength(dtype: SafeDtype, dims: readonly number[]): number {
  let bytes: number = ELEMENT_BYTES[dtype]
  for (const n of dims) {
    bytes *= n
    if (!Number.isSafeInteger(bytes)) return Number.NaN
  }
  return bytes
}

function readAt(fd: number, position: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; ) {
    const got = readSync(fd, bytes, at, Math.min(1 << 30, length - at), position + at)
    if (got === 0) throw new Error('the file became shorter while it was read')
    at += got
  }
  return bytes
}
