import { ABOVE_LATIN_1, decoded } from './decode.ts'
import type { Encoding } from './encoding.ts'

/** The bytes of a text, without a byte order mark; null: the encoding has no bytes for one of its characters. */
export function encodeText(text: string, encoding: Encoding): Buffer | null {
  const bytes = bytesOf(text, encoding)
  // What does not come back as it was, such as half a surrogate pair, can't be written.
  return bytes !== null && decoded(bytes, encoding) === text ? bytes : null
}

function bytesOf(text: string, encoding: Encoding): Buffer | null {
  switch (encoding) {
    case 'utf-8':
      return Buffer.from(text)
    case 'utf-16le':
      return Buffer.from(text, 'utf16le')
    case 'utf-16be':
      return Buffer.from(text, 'utf16le').swap16()
    case 'windows-1252':
      return joined(text, (char) => {
        const above = ABOVE_LATIN_1.indexOf(char)
        return [above < 0 ? (char.codePointAt(0) ?? 0) : 0x80 + above]
      })
    case 'gb18030':
      return joined(text, (char) => (char < '\x80' ? [char.charCodeAt(0)] : gb18030Bytes(char)))
  }
}

function joined(text: string, of: (char: string) => readonly number[] | null): Buffer | null {
  const bytes: number[] = []
  for (const char of text) {
    const some = of(char)
    if (some === null || some.some((byte) => byte > 0xff)) return null
    bytes.push(...some)
  }
  return Buffer.from(bytes)
}

/** Characters of the four-byte range below 0x90308130, which stand for the rest of plane 0. */
const FOUR_BYTES_OF_PLANE_0 = 39_420
/** The place of U+10000 among the four-byte characters. */
const PLANE_1 = 189_000

let table: ReadonlyMap<string, readonly number[]> | null = null

function gb18030Bytes(char: string): readonly number[] | null {
  const point = char.codePointAt(0) ?? 0
  if (point >= 0x10000) return fourBytes(point - 0x10000 + PLANE_1)
  table ??= gb18030Table()
  return table.get(char) ?? null
}

/** There is a decoder alone: the table is what it makes of all characters of two and of four bytes, the shorter first. */
function gb18030Table(): ReadonlyMap<string, readonly number[]> {
  const all: (readonly number[])[] = []
  for (let lead = 0x81; lead <= 0xfe; lead++)
    for (let trail = 0x40; trail <= 0xfe; trail++) if (trail !== 0x7f) all.push([lead, trail])
  for (let at = 0; at < FOUR_BYTES_OF_PLANE_0; at++) all.push(fourBytes(at))
  const chars = [...new TextDecoder('gb18030', { ignoreBOM: true }).decode(Uint8Array.from(all.flat()))]
  if (chars.length !== all.length) throw new Error(`GB18030: ${chars.length} characters of ${all.length}`)
  const found = new Map<string, readonly number[]>()
  for (const [i, char] of chars.entries()) if (!found.has(char)) found.set(char, all[i] ?? [])
  return found
}

const fourBytes = (at: number): readonly number[] => [
  0x81 + Math.floor(at / 12_600),
  0x30 + (Math.floor(at / 1260) % 10),
  0x81 + (Math.floor(at / 10) % 126),
  0x30 + (at % 10),
]
