import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { crc32, createInflateRaw } from 'node:zlib'
import { UserError } from '../shared/error.ts'
import { t } from '../shared/l10n.ts'
import { fileError } from './decode.ts'

/** A file in an archive, as the archive's directory describes it. */
export interface ZipEntry {
  readonly name: string
  readonly packed: number
  readonly unpacked: number
  readonly method: number
  readonly encrypted: boolean
  readonly crc: number
  /** Where its local header begins. */
  readonly offset: number
}

export interface Zip {
  readonly path: string
  /** By their names in lower case: programs differ in case. */
  readonly entries: ReadonlyMap<string, ZipEntry>
  /**
   * The bytes of an entry, unpacked by stream. Throws a UserError where it is damaged, packed in an unknown way, or
   * beyond a limit (`ZIP_LIMITS`), declared or real.
   */
  read(entry: ZipEntry, mostBytes?: number): AsyncGenerator<Buffer>
}

/** What an archive may hold; a table's is far below, and a zip bomb beyond. */
export const ZIP_LIMITS = {
  entries: 10_000,
  directoryBytes: 16 * 2 ** 20,
  /** Unpacked size of an entry. */
  entryBytes: 2 ** 30,
  /** An entry that unpacks to more than this may be so many times as large as it is packed. */
  ratioFrom: 16 * 2 ** 20,
  ratio: 200,
} as const

const END = 0x06054b50
const END_64 = 0x06064b50
const LOCATOR_64 = 0x07064b50
const CENTRAL = 0x02014b50
const LOCAL = 0x04034b50
const STORED = 0
const DEFLATED = 8

/** Opens a zip archive (PKWARE's APPNOTE 6.3.10, with Zip64). Only its directory is read. */
export async function openZip(path: string): Promise<Zip> {
  try {
    const file = await open(path)
    try {
      const entries = await readDirectory(path, file)
      return { path, entries, read: (entry, most) => readEntry(path, entry, most) }
    } finally {
      await file.close()
    }
  } catch (error) {
    throw fileError(path, error)
  }
}

const damaged = (path: string): UserError =>
  new UserError(t`${path}: the archive is damaged or not complete; save the workbook anew, or copy it again`)

const bomb = (path: string, what: string): UserError =>
  new UserError(t`${path}: ${what}, which no workbook of texts needs; save its table as CSV and give that`)

async function readDirectory(path: string, file: FileHandle): Promise<Map<string, ZipEntry>> {
  const { size } = await file.stat()
  const tail = await bytesAt(path, file, Math.max(0, size - 65_557), Math.min(size, 65_557))
  let end = tail.length - 22
  while (end >= 0 && tail.readUInt32LE(end) !== END) end--
  if (end < 0) throw damaged(path)
  let count = tail.readUInt16LE(end + 10)
  let length = tail.readUInt32LE(end + 12)
  let offset = tail.readUInt32LE(end + 16)
  if (end >= 20 && tail.readUInt32LE(end - 20) === LOCATOR_64) {
    const wide = await bytesAt(path, file, Number(tail.readBigUInt64LE(end - 12)), 56)
    if (wide.readUInt32LE(0) !== END_64) throw damaged(path)
    count = Number(wide.readBigUInt64LE(32))
    length = Number(wide.readBigUInt64LE(40))
    offset = Number(wide.readBigUInt64LE(48))
  }
  if (count > ZIP_LIMITS.entries) throw bomb(path, t`${count} files in one archive`)
  if (length > ZIP_LIMITS.directoryBytes) throw bomb(path, t`a directory of ${length} bytes`)
  const directory = await bytesAt(path, file, offset, length)
  const entries = new Map<string, ZipEntry>()
  for (let at = 0, i = 0; i < count; i++) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== CENTRAL) throw damaged(path)
    const nameEnd = at + 46 + directory.readUInt16LE(at + 28)
    const next = nameEnd + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32)
    if (next > directory.length) throw damaged(path)
    const wide = wideFields(directory.subarray(nameEnd, nameEnd + directory.readUInt16LE(at + 30)))
    const field = (position: number) => {
      const value = directory.readUInt32LE(at + position)
      return value === 0xffffffff ? (wide.shift() ?? value) : value
    }
    const name = directory.toString('utf8', at + 46, nameEnd)
    // In the order in which Zip64 widens them.
    const unpacked = field(24)
    const packed = field(20)
    entries.set(name.toLowerCase(), {
      name,
      unpacked,
      packed,
      offset: field(42),
      method: directory.readUInt16LE(at + 10),
      encrypted: (directory.readUInt16LE(at + 8) & 1) === 1,
      crc: directory.readUInt32LE(at + 16),
    })
    at = next
  }
  return entries
}

/** The 64-bit fields of an entry's extra data, in order. */
function wideFields(extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = extra.readUInt16LE(at + 2)
    if (extra.readUInt16LE(at) === 1) {
      const fields: number[] = []
      for (let i = at + 4; i + 8 <= Math.min(extra.length, at + 4 + length); i += 8)
        fields.push(Number(extra.readBigUInt64LE(i)))
      return fields
    }
    at += 4 + length
  }
  return []
}

async function bytesAt(path: string, file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const { size } = await file.stat()
  if (offset < 0 || length < 0 || offset + length > size) throw damaged(path)
  const bytes = Buffer.alloc(length)
  for (let read = 0; read < length; ) {
    const { bytesRead } = await file.read(bytes, read, length - read, offset + read)
    if (bytesRead === 0) throw damaged(path)
    read += bytesRead
  }
  return bytes
}

async function* readEntry(
  path: string,
  entry: ZipEntry,
  mostBytes: number = ZIP_LIMITS.entryBytes,
): AsyncGenerator<Buffer> {
  const { name, packed, unpacked, method } = entry
  const refuse = (bytes: number) => {
    if (bytes > mostBytes)
      throw bomb(path, t`"${name}" in it unpacks to more than ${Math.round(mostBytes / 2 ** 20)} MB`)
    if (bytes > ZIP_LIMITS.ratioFrom && bytes > packed * ZIP_LIMITS.ratio)
      throw bomb(path, t`"${name}" in it unpacks to more than ${ZIP_LIMITS.ratio} times its size`)
  }
  if (entry.encrypted) throw new UserError(t`${path} is encrypted: save it without a password and give that`)
  if (method !== STORED && method !== DEFLATED) throw damaged(path)
  refuse(unpacked)
  let done = 0
  let crc = 0
  try {
    const start = await dataStart(path, entry)
    if (packed > 0) {
      const file = createReadStream(path, { start, end: start + packed - 1 })
      const bytes = method === STORED ? file : file.pipe(createInflateRaw())
      // What fails in reading ends the unpacking too.
      if (bytes !== file) file.on('error', (error) => bytes.destroy(error))
      try {
        for await (const chunk of bytes) {
          done += chunk.length
          if (done > unpacked) throw damaged(path)
          refuse(done)
          crc = crc32(chunk, crc)
          yield chunk
        }
      } finally {
        file.destroy()
      }
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    throw code.startsWith('Z_') || code === 'ERR_BUFFER_OUT_OF_BOUNDS'
      ? damaged(path)
      : fileError(path, error)
  }
  if (done !== unpacked || crc !== entry.crc) throw damaged(path)
}

/** Where an entry's bytes begin: behind its local header, whose lengths differ from the directory's. */
async function dataStart(path: string, { offset, packed }: ZipEntry): Promise<number> {
  const file = await open(path)
  try {
    const header = await bytesAt(path, file, offset, 30)
    if (header.readUInt32LE(0) !== LOCAL) throw damaged(path)
    const start = offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28)
    if (start + packed > (await file.stat()).size) throw damaged(path)
    return start
  } finally {
    await file.close()
  }
}
