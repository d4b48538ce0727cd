import { open } from 'node:fs/promises'
import { fileError } from './decode.ts'
import type { Encoding } from './encoding.ts'

export interface LineOffsets {
  /**
   * Bytes before a line's first character; null: the file has fewer lines. Lines count from 1 and may only be asked
   * for in rising order: the file is read once.
   */
  at(line: number): Promise<number | null>
  close(): Promise<void>
}

const CHUNK_BYTES = 1024 * 1024
const LF = 0x0a
const CR = 0x0d

/**
 * Where the lines of a text file begin. LF and CRLF end a line, a lone CR only where `loneReturns` says so: as the
 * reader of the rows counts. No character of a known encoding but these holds their bytes, UTF-16 aside, which is read
 * two bytes at a time.
 */
export async function createLineOffsets(
  path: string,
  encoding: Encoding,
  loneReturns: boolean,
): Promise<LineOffsets> {
  const file = await open(path).catch((error: unknown) => {
    throw fileError(path, error)
  })
  const width = encoding === 'utf-16le' || encoding === 'utf-16be' ? 2 : 1
  const low = encoding === 'utf-16be' ? 1 : 0
  const bytes = new Uint8Array(CHUNK_BYTES)
  let length = 0
  let next = 0
  /** Of the chunk's first byte. */
  let base = 0
  let line = 1
  let afterReturn = false
  return {
    async at(target) {
      if (target === 1) return 0
      if (target < line) throw new Error(`line ${target} asked for after line ${line}`)
      for (;;) {
        while (next < length) {
          const unit = width === 1 || bytes[next + 1 - low] === 0 ? (bytes[next + low] ?? 0) : 0
          const broke = afterReturn && unit !== LF && loneReturns
          afterReturn = unit === CR
          if (broke && ++line === target) {
            // This character belongs to the line that was asked for, and is looked at again.
            afterReturn = false
            return base + next
          }
          next += width
          if (unit === LF && ++line === target) return base + next
        }
        base += length
        const { bytesRead } = await file.read(bytes, 0, CHUNK_BYTES, base)
        length = bytesRead - (bytesRead % width)
        next = 0
        if (length === 0) return null
      }
    },
    close: () => file.close(),
  }
}
