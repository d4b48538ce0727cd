import type { Encoding } from '../../src/data/encoding.ts'

/** Bytes of each character of an encoding that only has a decoder, made by decoding all its bytes. */
const tables = new Map<Encoding, Map<string, number[]>>()

function gb18030(): Map<string, number[]> {
  const decoder = new TextDecoder('gb18030')
  const table = new Map<string, number[]>()
  const add = (bytes: number[]) => {
    const text = decoder.decode(Uint8Array.from(bytes))
    if (!text.includes('\ufffd') && [...text].length === 1 && !table.has(text)) table.set(text, bytes)
  }
  for (let lead = 0x81; lead <= 0xfe; lead++)
    for (let trail = 0x40; trail <= 0xfe; trail++) if (trail !== 0x7f) add([lead, trail])
  return table
}

const WESTERN = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'

/** Four bytes: the rest of Unicode in order, as the standard numbers it (planes 1 to 16 alone here, and the mark). */
function fourBytes(char: string): number[] {
  if (char === '\ufeff') return [0x84, 0x31, 0x95, 0x33]
  const decoder = new TextDecoder('gb18030')
  const point = char.codePointAt(0) ?? 0
  if (point >= 0x10000) return pointer(point - 0x10000 + 189_000)
  // The rest of plane 0 has no formula: looked for.
  for (let at = 0; at < 39_420; at++) {
    const bytes = pointer(at)
    if (decoder.decode(Uint8Array.from(bytes)) === char) return bytes
  }
  throw new Error(`no bytes for ${char}`)
}

const pointer = (at: number): number[] => [
  0x81 + Math.floor(at / 12_600),
  0x30 + (Math.floor(at / 1260) % 10),
  0x81 + (Math.floor(at / 10) % 126),
  0x30 + (at % 10),
]

/** Whether a text can be written in an encoding (by `encode`). */
export const encodingTable = (encoding: Encoding, text: string): boolean =>
  encoding !== 'windows-1252' ||
  [...text].every((char) => (char.codePointAt(0) ?? 0) < 0x100 || WESTERN.includes(char))

/** The bytes of a text. */
export function encode(text: string, encoding: Encoding): Buffer {
  if (encoding === 'utf-8') return Buffer.from(text)
  if (encoding === 'utf-16le') return Buffer.from(text, 'utf16le')
  if (encoding === 'utf-16be') return Buffer.from(text, 'utf16le').swap16()
  if (encoding === 'windows-1252')
    return Buffer.from(
      [...text].map((char) =>
        WESTERN.includes(char) ? 0x80 + WESTERN.indexOf(char) : (char.codePointAt(0) ?? 0),
      ),
    )
  let table = tables.get(encoding)
  if (!table) {
    table = gb18030()
    tables.set(encoding, table)
  }
  const known = table
  return Buffer.from(
    [...text].flatMap((char) => {
      if (char < '\x80') return [char.charCodeAt(0)]
      let bytes = known.get(char)
      if (!bytes) {
        bytes = fourBytes(char)
        known.set(char, bytes)
      }
      return bytes
    }),
  )
}
