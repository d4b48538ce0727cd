import { isUtf8 } from 'node:buffer'
import { createReadStream } from 'node:fs'
import { UserError } from '../shared/error.ts'

export const CHUNK_BYTES = 256 * 1024

/**
 * The text of a UTF-8 file, a chunk at a time; a byte order mark is the first character of the first piece.
 * What is not UTF-8 text is refused by a UserError that names the line, never replaced.
 */
export async function* readText(path: string, chunkBytes = CHUNK_BYTES): AsyncGenerator<string> {
  // A character's bytes may lie in two chunks: what is incomplete waits here for the next one.
  let rest: Buffer = Buffer.alloc(0)
  let line = 1
  let first = true
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes })) {
      const bytes: Buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      // The signs of other formats are up to 16 bytes long.
      if (first && bytes.length < 16 && chunk.length === chunkBytes) {
        rest = bytes
        continue
      }
      if (first) refuseFormat(path, bytes)
      const whole = bytes.subarray(0, bytes.length - incompleteTail(bytes))
      rest = bytes.subarray(whole.length)
      yield decode(path, whole, line)
      line += countLines(whole)
      first = false
    }
  } catch (error) {
    throw fileError(path, error)
  }
  if (rest.length > 0) {
    if (first) refuseFormat(path, rest)
    yield decode(path, rest, line)
  }
}

/** What a person can do about a failed open or read; an error that is not the file system's is given back. */
export function fileError(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new UserError(`${path} does not exist: check the path`)
    case 'EISDIR':
      return new UserError(`${path} is a folder: name a CSV, TSV or JSONL file in it`)
    case 'EACCES':
    case 'EPERM':
      return new UserError(`${path} can't be read: you have no permission to read it; change its permissions`)
    case 'EIO':
    case 'EBUSY':
    case 'EMFILE':
      return new UserError(`${path} can't be read (${code}): close what uses it, or copy it elsewhere`)
    default:
      return error
  }
}

const FORMATS: readonly (readonly [name: string, bytes: readonly number[]])[] = [
  ['an Excel workbook or another zip archive', [0x50, 0x4b, 0x03, 0x04]],
  ['an old Excel workbook', [0xd0, 0xcf, 0x11, 0xe0]],
  ['a Parquet file', [0x50, 0x41, 0x52, 0x31]],
  ['an Arrow file', [0x41, 0x52, 0x52, 0x4f, 0x57, 0x31]],
  ['a gzip archive', [0x1f, 0x8b]],
  ['a Zstandard archive', [0x28, 0xb5, 0x2f, 0xfd]],
  ['a 7z archive', [0x37, 0x7a, 0xbc, 0xaf]],
  ['a PDF', [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ['an SQLite database', [...Buffer.from('SQLite format 3')]],
]

function refuseFormat(path: string, bytes: Buffer): void {
  for (const [name, magic] of FORMATS) {
    if (magic.every((byte, i) => bytes[i] === byte)) {
      throw new UserError(`${path} is ${name}, not a text file: save its table as CSV (UTF-8) and give that`)
    }
  }
  const marked = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
  // ASCII written as UTF-16 without a mark has every other byte 0.
  const zeros = [0, 0]
  const looked = Math.min(bytes.length, 4096)
  for (let i = 0; i < looked; i++) if (bytes[i] === 0) zeros[i % 2] = (zeros[i % 2] ?? 0) + 1
  const [even = 0, odd = 0] = zeros
  const alternate = Math.max(even, odd) > looked / 4 && Math.min(even, odd) === 0
  if (marked || alternate) throw new UserError(`${path} is UTF-16 text: save it as UTF-8 and give that`)
}

function decode(path: string, bytes: Buffer, line: number): string {
  if (!isUtf8(bytes)) {
    throw new UserError(
      `${path} line ${line + linesBeforeInvalid(bytes)}: not valid UTF-8; save the file as UTF-8 and give that`,
    )
  }
  const zero = bytes.indexOf(0)
  if (zero >= 0) {
    throw new UserError(
      `${path} line ${line + countLines(bytes.subarray(0, zero))}: a zero byte, so this is a binary file; save its table as CSV (UTF-8) and give that`,
    )
  }
  return bytes.toString('utf8')
}

function linesBeforeInvalid(bytes: Buffer): number {
  let lines = 0
  let from = 0
  for (;;) {
    const end = bytes.indexOf(0x0a, from)
    if (end < 0 || !isUtf8(bytes.subarray(from, end))) return lines
    lines++
    from = end + 1
  }
}

function countLines(bytes: Buffer): number {
  let lines = 0
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) lines++
  return lines
}

/** Bytes at the end that begin a UTF-8 character whose other bytes are still to come: 0 to 3. */
function incompleteTail(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if ((byte & 0xc0) === 0x80) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return length > back ? back : 0
  }
  return 0
}
