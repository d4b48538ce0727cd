import { type Encoding, UNDEFINED_1252 } from '../encoding.ts'

/**
 * The bytes of a text, which the decoder reads as the same text.
 *
 * @returns null where the encoding lacks a character of it; half a surrogate pair is in none
 */
export function encodeText(text: string, encoding: Encoding): Buffer | null {
  if (/\p{Surrogate}/u.test(text)) return null
  switch (encoding) {
    case 'utf-8':
      return Buffer.from(text)
    case 'utf-16le':
      return Buffer.from(text, 'utf16le')
    case 'utf-16be':
      return Buffer.from(text, 'utf16le').swap16()
    case 'windows-1252':
      return byTable(text, westernTable())
    case 'gb18030':
      return byTable(text, chineseTable())
  }
}

/** Bytes of a character, beyond ASCII. */
type Table = ReadonlyMap<string, readonly number[]>

function byTable(text: string, table: Table): Buffer | null {
  const bytes: number[] = []
  for (const char of text) {
    const point = char.codePointAt(0) ?? 0
    const known =
      point < 0x80 ? [point] : (table.get(char) ?? (table === chinese ? beyondPlane0(point) : null))
    if (known === null) return null
    bytes.push(...known)
  }
  return Buffer.from(bytes)
}

let western: Table | null = null
let chinese: Table | null = null

function westernTable(): Table {
  western ??= new Map(
    Array.from({ length: 0x80 }, (_, i) => 0x80 + i)
      .filter((byte) => !UNDEFINED_1252.includes(byte))
      .map((byte) => [WESTERN_80_9F[byte - 0x80] ?? String.fromCharCode(byte), [byte]]),
  )
  return western
}

/** Windows-1252 from 0x80 to 0x9f; where it has none, what the byte is in Latin-1. */
const WESTERN_80_9F = [...'€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ']

/** Of plane 0, made by decoding what the encoding can write: it has a decoder in Node, and no encoder. */
function chineseTable(): Table {
  if (chinese !== null) return chinese
  const decoder = new TextDecoder('gb18030')
  const table = new Map<string, readonly number[]>()
  const add = (bytes: readonly number[]): void => {
    const text = decoder.decode(Uint8Array.from(bytes))
    if (text !== '\ufffd' && [...text].length === 1 && !table.has(text)) table.set(text, bytes)
  }
  for (let lead = 0x81; lead <= 0xfe; lead++)
    for (let trail = 0x40; trail <= 0xfe; trail++) if (trail !== 0x7f) add([lead, trail])
  for (let at = 0; at < FOUR_BYTE_PLANE_0; at++) add(fourBytes(at))
  chinese = table
  return table
}

/** Four-byte sequences in order: those of plane 0 first, from 189,000 on the planes above (GB 18030-2005, 4.4). */
const FOUR_BYTE_PLANE_0 = 39_420
const FOUR_BYTE_PLANE_1 = 189_000

const fourBytes = (at: number): readonly number[] => [
  0x81 + Math.floor(at / 12_600),
  0x30 + (Math.floor(at / 1260) % 10),
  0x81 + (Math.floor(at / 10) % 126),
  0x30 + (at % 10),
]

const beyondPlane0 = (point: number): readonly number[] | null =>
  point < 0x10000 ? null : fourBytes(point - 0x10000 + FOUR_BYTE_PLANE_1)
