import type { Encoding } from '../encoding.ts'

/**
 * Where each UTF-16 unit of a text begins among its bytes, and behind the last one their length: [units + 1].
 * The second half of a surrogate pair is given the place of the first. The bytes must be valid in the encoding.
 */
export function unitOffsets(bytes: Uint8Array, encoding: Encoding): Uint32Array {
  const offsets = new Uint32Array(bytes.length + 1)
  let units = 0
  for (let at = 0; at < bytes.length; ) {
    const { length, pair } = characterAt(bytes, at, encoding)
    offsets[units++] = at
    if (pair) offsets[units++] = at
    at += length
  }
  offsets[units++] = bytes.length
  return offsets.subarray(0, units)
}

/** Bytes of the character that begins there, and whether it is two units. A half of a pair in UTF-16 is one by itself. */
function characterAt(bytes: Uint8Array, at: number, encoding: Encoding): { length: number; pair: boolean } {
  const lead = bytes[at] ?? 0
  switch (encoding) {
    case 'windows-1252':
      return { length: 1, pair: false }
    case 'utf-16le':
    case 'utf-16be':
      return { length: 2, pair: false }
    case 'utf-8':
      return { length: lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2, pair: lead >= 0xf0 }
    case 'gb18030': {
      if (lead < 0x80) return { length: 1, pair: false }
      const second = bytes[at + 1] ?? 0
      // Four-byte characters from 0x90308130 on are those of the planes 1 to 16.
      return second >= 0x30 && second <= 0x39 ? { length: 4, pair: lead >= 0x90 } : { length: 2, pair: false }
    }
  }
}
