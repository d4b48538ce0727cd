import { isUtf8 } from 'node:buffer'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { UserError } from '../shared/error.ts'
import { t } from '../shared/l10n.ts'
import {
  createEncodingJudge,
  type Encoding,
  encodingName,
  encodingOfHead,
  type FoundEncoding,
  UNDEFINED_1252,
} from './encoding.ts'

export const CHUNK_BYTES = 256 * 1024
/** Bytes at the beginning of a file that tell its format and UTF-16. */
const HEAD_BYTES = 64 * 1024
/** Text of another encoding is decoded up to a place where a character surely ends; so much may lie between two. */
const LONGEST_RUN = 64 * 1024 * 1024

/**
 * The text of a file, a chunk at a time; a byte order mark is the first character of the first piece.
 * What is not text of the encoding is refused by a UserError that names the line, never replaced.
 *
 * @param encoding as `findEncoding` gives it; without it, it is found first
 * @param start byte at which a character begins
 */
export async function* readText(
  path: string,
  chunkBytes = CHUNK_BYTES,
  encoding?: Encoding,
  start = 0,
): AsyncGenerator<string> {
  const known = encoding ?? (await findEncoding(path)).encoding
  // A character's bytes may lie in two chunks: what is incomplete waits here for the next one.
  let rest: Buffer = Buffer.alloc(0)
  let line = 1
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes, start })) {
      const bytes: Buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      const whole = bytes.subarray(0, wholeLength(bytes, known))
      rest = bytes.subarray(whole.length)
      if (rest.length > LONGEST_RUN)
        throw new UserError(
          t`${path} line ${line}: 64 MB without a space or line break; check that this is a table`,
        )
      if (whole.length === 0) continue
      const text = decode(path, whole, known, line)
      line += countLines(text)
      yield text
    }
  } catch (error) {
    throw fileError(path, error)
  }
  if (rest.length > 0) yield decode(path, rest, known, line)
}

/**
 * The encoding of a text file, from a byte order mark or its content (`encoding.ts`). Reads on until it is certain:
 * to the end where all is ASCII. Throws a UserError for a file of another format and for text of no known encoding.
 *
 * @param most bytes after which what was found so far counts
 */
export async function findEncoding(path: string, most = Number.POSITIVE_INFINITY): Promise<FoundEncoding> {
  const head = await readHead(path)
  refuseFormat(path, head)
  const found = encodingOfHead(head)
  // Text with zero bytes that is not UTF-16 is refused with their line when it is decoded.
  if (found !== null || head.includes(0)) return found ?? { encoding: 'utf-8', mark: false }
  const judge = createEncodingJudge()
  try {
    let left = most
    for await (const chunk of createReadStream(path, { highWaterMark: 4 * CHUNK_BYTES })) {
      left -= chunk.length
      if (judge.push(chunk) || left <= 0) break
    }
  } catch (error) {
    throw fileError(path, error)
  }
  // What is none of them is refused with its line when it is decoded.
  return { encoding: judge.end() ?? 'utf-8', mark: false }
}

/** What to tell a person of a file's encoding; null: it is what everybody expects. */
export function encodingSentence(path: string, { encoding, mark }: FoundEncoding): string | null {
  if (encoding === 'utf-8') return null
  const name = encodingName(encoding)
  return mark
    ? t`${path} is read as ${name} text, found by its byte order mark; if letters look wrong, save it as UTF-8.`
    : t`${path} is read as ${name} text, found by its content; if letters look wrong, save it as UTF-8.`
}

/** The first bytes of a file, 64 KB at most. */
export async function readHead(path: string): Promise<Buffer> {
  try {
    const file = await open(path)
    try {
      const head = Buffer.alloc(HEAD_BYTES)
      let length = 0
      for (;;) {
        const { bytesRead } = await file.read(head, length, HEAD_BYTES - length, length)
        length += bytesRead
        if (bytesRead === 0 || length === HEAD_BYTES) return head.subarray(0, length)
      }
    } finally {
      await file.close()
    }
  } catch (error) {
    throw fileError(path, error)
  }
}

/** What a person can do about a failed open or read; an error that is not the file system's is given back. */
export function fileError(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new UserError(t`${path} does not exist: check the path`)
    case 'EISDIR':
      return new UserError(t`${path} is a folder: name a CSV, TSV, JSON, Parquet or Excel file in it`)
    case 'EACCES':
    case 'EPERM':
      return new UserError(
        t`${path} can't be read: you have no permission to read it; change its permissions`,
      )
    case 'EIO':
    case 'EBUSY':
    case 'EMFILE':
      return new UserError(t`${path} can't be read (${code}): close what uses it, or copy it elsewhere`)
    default:
      return error
  }
}

const formats = (): readonly (readonly [name: string, bytes: readonly number[]])[] => [
  [t`an Excel workbook or another zip archive`, [0x50, 0x4b, 0x03, 0x04]],
  [t`an old or password-protected Excel workbook`, [0xd0, 0xcf, 0x11, 0xe0]],
  [t`a Parquet file`, [0x50, 0x41, 0x52, 0x31]],
  [t`an Arrow file`, [0x41, 0x52, 0x52, 0x4f, 0x57, 0x31]],
  [t`a gzip archive`, [0x1f, 0x8b]],
  [t`a Zstandard archive`, [0x28, 0xb5, 0x2f, 0xfd]],
  [t`a 7z archive`, [0x37, 0x7a, 0xbc, 0xaf]],
  [t`a PDF`, [0x25, 0x50, 0x44, 0x46, 0x2d]],
  [t`an SQLite database`, [...Buffer.from('SQLite format 3')]],
]

function refuseFormat(path: string, bytes: Buffer): void {
  for (const [name, magic] of formats()) {
    if (magic.every((byte, i) => bytes[i] === byte)) {
      throw new UserError(t`${path} is ${name}, not a text file: save its table as CSV (UTF-8) and give that`)
    }
  }
}

/** Bytes up to the last place where a character surely ends. */
function wholeLength(bytes: Buffer, encoding: Encoding): number {
  switch (encoding) {
    case 'utf-8':
      return bytes.length - incompleteTail(bytes)
    case 'windows-1252':
      return bytes.length
    case 'gb18030': {
      // No character beyond ASCII holds a byte below 0x30: space, comma, tab and line break always stand alone.
      let end = bytes.length
      while (end > 0 && (bytes[end - 1] ?? 0) >= 0x30) end--
      return end
    }
    default: {
      const even = bytes.length - (bytes.length % 2)
      if (even === 0) return 0
      const unit = encoding === 'utf-16le' ? bytes.readUInt16LE(even - 2) : bytes.readUInt16BE(even - 2)
      return unit >= 0xd800 && unit < 0xdc00 ? even - 2 : even
    }
  }
}

function decode(path: string, bytes: Buffer, encoding: Encoding, line: number): string {
  const text = decoded(bytes, encoding)
  if (text === null) {
    const at = line + linesBeforeInvalid(bytes, encoding)
    throw new UserError(
      encoding === 'utf-8'
        ? t`${path} line ${at}: not valid UTF-8, and nothing else that can be told with certainty; save the file as UTF-8 and give that`
        : t`${path} line ${at}: not valid ${encodingName(encoding)}, which the text before it seemed to be; save the file as UTF-8 and give that`,
    )
  }
  const zero = text.indexOf('\0')
  if (zero >= 0) {
    throw new UserError(
      t`${path} line ${line + countLines(text.slice(0, zero))}: a zero byte, so this is a binary file; save its table as CSV (UTF-8) and give that`,
    )
  }
  return text
}

/** The text of bytes that begin and end with a whole character; null: not text of this encoding. */
export function decoded(bytes: Buffer, encoding: Encoding): string | null {
  if (encoding === 'utf-8') return isUtf8(bytes) ? bytes.toString('utf8') : null
  if (encoding === 'windows-1252') {
    if (UNDEFINED_1252.some((byte) => bytes.includes(byte))) return null
    // Not by TextDecoder: some releases of Node read this encoding as Latin-1.
    return bytes
      .toString('latin1')
      .replace(/[\x80-\x9f]/g, (char) => ABOVE_LATIN_1[char.charCodeAt(0) - 0x80] ?? '')
  }
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

/** Characters of Windows-1252 from 0x80 to 0x9f; those without one are refused before. */
export const ABOVE_LATIN_1 = [...'€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ']

function linesBeforeInvalid(bytes: Buffer, encoding: Encoding): number {
  const wide = encoding === 'utf-16le' || encoding === 'utf-16be'
  const isValid = (part: Buffer) => decoded(part, encoding) !== null
  let lines = 0
  let from = 0
  for (;;) {
    let end = bytes.indexOf(0x0a, from)
    // In UTF-16 a byte 0x0a may belong to another character.
    while (wide && end >= 0 && !isLineBreak(bytes, end, encoding)) end = bytes.indexOf(0x0a, end + 1)
    if (end < 0) return lines
    const after = wide ? end + (encoding === 'utf-16le' ? 2 : 1) : end + 1
    if (!isValid(bytes.subarray(from, after))) return lines
    lines++
    from = after
  }
}

const isLineBreak = (bytes: Buffer, at: number, encoding: Encoding): boolean =>
  encoding === 'utf-16le' ? at % 2 === 0 && bytes[at + 1] === 0 : at % 2 === 1 && bytes[at - 1] === 0

function countLines(text: string): number {
  let lines = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++
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
