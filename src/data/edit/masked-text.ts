import { createReadStream } from 'node:fs'
import { CHUNK_BYTES, fileError } from '../decode.ts'
import type { Encoding } from '../encoding.ts'

/** Bytes of a unit of `maskedText`. */
export const unitWidth = (encoding: Encoding): 1 | 2 =>
  encoding === 'utf-16le' || encoding === 'utf-16be' ? 2 : 1

/**
 * The file as text in which every unit is one byte, or in UTF-16 two, so that a place in it is a place in the file.
 * ASCII is itself; the bytes of other characters are characters above 127, whatever they are alone. A byte order
 * mark is left in.
 */
export async function* maskedText(
  path: string,
  encoding: Encoding,
  chunkBytes = CHUNK_BYTES,
): AsyncGenerator<string> {
  const mask = encoding === 'gb18030' ? createGb18030Mask() : (bytes: Buffer) => bytes.toString('latin1')
  const width = unitWidth(encoding)
  let rest: Buffer = Buffer.alloc(0)
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes })) {
      if (width === 1) {
        yield mask(chunk)
        continue
      }
      const bytes = Buffer.concat([rest, chunk])
      const whole = bytes.subarray(0, bytes.length - (bytes.length % 2))
      rest = bytes.subarray(whole.length)
      yield (encoding === 'utf-16le' ? whole : Buffer.from(whole).swap16()).toString('utf16le')
    }
  } catch (error) {
    throw fileError(path, error)
  }
}

/** Later bytes of a character may be ASCII's there: `|`, brackets, a backslash, digits. */
function createGb18030Mask(): (bytes: Buffer) => string {
  /** Bytes of the character that are still to come; null: its second tells. */
  let left: number | null = 0
  return (bytes) => {
    const masked = Buffer.from(bytes)
    for (const [i, byte] of bytes.entries()) {
      if (left === 0 && byte < 0x80) continue
      masked[i] = 0x81
      if (left === 0) left = null
      else if (left === null) left = byte >= 0x30 && byte <= 0x39 ? 2 : 0
      else left--
    }
    return masked.toString('latin1')
  }
}
