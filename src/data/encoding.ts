import { isAscii, isUtf8 } from 'node:buffer'
import { t } from '../shared/l10n.ts'

/** How the characters of a text file are written. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'gb18030' | 'windows-1252'

export interface FoundEncoding {
  readonly encoding: Encoding
  /** A byte order mark says so; else the content does. */
  readonly mark: boolean
}

/** An encoding as a person calls it. */
export function encodingName(encoding: Encoding): string {
  switch (encoding) {
    case 'utf-8':
      return 'UTF-8'
    case 'utf-16le':
      return t`UTF-16 (little endian)`
    case 'utf-16be':
      return t`UTF-16 (big endian)`
    case 'gb18030':
      return 'GB18030'
    case 'windows-1252':
      return 'Windows-1252'
  }
}

/** Lines with bytes above 127 that decide between the encodings that are not Unicode. */
const SAMPLE_BYTES = 64 * 1024
/** Characters of several bytes after which a file is surely UTF-8: an invalid byte behind them is damage. */
const ENOUGH = 2000

/** What the first bytes of a file tell: an encoding, or null, where the bytes above 127 must be looked at. */
export function encodingOfHead(head: Uint8Array): FoundEncoding | null {
  const starts = (...bytes: number[]) => bytes.every((byte, i) => head[i] === byte)
  if (starts(0xef, 0xbb, 0xbf)) return { encoding: 'utf-8', mark: true }
  // FF FE 00 00 is UTF-32: no text holds the zero characters that it would be as UTF-16.
  if (starts(0xff, 0xfe) && !starts(0xff, 0xfe, 0, 0)) return { encoding: 'utf-16le', mark: true }
  if (starts(0xfe, 0xff)) return { encoding: 'utf-16be', mark: true }
  if (starts(0x84, 0x31, 0x95, 0x33)) return { encoding: 'gb18030', mark: true }
  return head.includes(0) ? unmarkedUtf16(head) : null
}

/**
 * UTF-16 without a mark. Only UTF-16 text holds zero bytes, in its delimiters and line breaks at least; the byte
 * order is the one under which more characters are ASCII. Control characters, a zero character, half a surrogate
 * pair or many private characters are no text.
 */
function unmarkedUtf16(head: Uint8Array): FoundEncoding | null {
  const little = utf16Looks(head, true)
  const big = utf16Looks(head, false)
  const [best, other, encoding] =
    little.ascii >= big.ascii ? ([little, big, 'utf-16le'] as const) : ([big, little, 'utf-16be'] as const)
  return best.text && best.ascii > 4 * other.ascii ? { encoding, mark: false } : null
}

function utf16Looks(bytes: Uint8Array, little: boolean): { ascii: number; text: boolean } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const units = Math.floor(bytes.length / 2)
  let ascii = 0
  let wrong = 0
  let rare = 0
  for (let i = 0; i < units; i++) {
    const unit = view.getUint16(2 * i, little)
    if (unit < 0x20 ? unit === 9 || unit === 10 || unit === 13 : unit < 0x7f) ascii++
    else if (unit < 0xa0 || unit >= 0xfffe) wrong++
    else if (unit >= 0xe000 && unit < 0xf900) rare++
    else if (unit >= 0xdc00 && unit < 0xe000) wrong++
    else if (unit >= 0xd800 && unit < 0xdc00) {
      const low = i + 1 < units ? view.getUint16(2 * i + 2, little) : 0xdc00
      if (low >= 0xdc00 && low < 0xe000) i++
      else wrong++
    }
  }
  return { ascii, text: wrong === 0 && rare <= units / 10 }
}

/** Judges a file that `encodingOfHead` could not, from all its bytes in order. */
export interface EncodingJudge {
  /** Takes the next bytes; true: more would change nothing. */
  push(bytes: Uint8Array): boolean
  /** null: none of the encodings, as far as can be told. */
  end(): Encoding | null
}

/**
 * UTF-8, GB18030 or Windows-1252, by validity and plausibility.
 *
 * - All valid as UTF-8, or more than twice as many characters of several bytes than invalid bytes (damage, or an end
 *   in the middle of a character): UTF-8.
 * - Else the first 64 KB of lines with bytes above 127 decide. GB18030 where all are valid and look Chinese
 *   (`looksChinese`), Windows-1252 where they look like a western European language (`looksWestern`), else neither.
 */
export function createEncodingJudge(): EncodingJudge {
  let rest: Uint8Array = new Uint8Array(0)
  let valid = 0
  let invalid = 0
  let utf8: Uint8Array = new Uint8Array(0)
  const lines: Uint8Array[] = []
  let sampled = 0
  /** Whole lines that are not ASCII. */
  const take = (bytes: Uint8Array) => {
    for (let from = 0; from < bytes.length && sampled < SAMPLE_BYTES; ) {
      const found = bytes.indexOf(0x0a, from)
      const end = found < 0 ? bytes.length : found + 1
      const line = bytes.subarray(from, end)
      if (!isAscii(line)) {
        lines.push(line.slice(0, SAMPLE_BYTES))
        sampled += line.length
      }
      from = end
    }
  }
  const judged = () => valid >= ENOUGH && valid > 2 * invalid
  return {
    push(bytes) {
      if (isAscii(bytes) && utf8.length === 0 && isAscii(rest)) {
        // Text before the first byte above 127 tells nothing but where a line begins.
        rest = bytes.subarray(bytes.lastIndexOf(0x0a) + 1).slice(-SAMPLE_BYTES)
        return false
      }
      const open = concat(utf8, bytes)
      const counted = countUtf8(open)
      valid += counted.valid
      invalid += counted.invalid
      utf8 = open.slice(counted.end)
      if (judged()) return true
      const whole = concat(rest, bytes)
      const end = whole.lastIndexOf(0x0a) + 1
      take(whole.subarray(0, end))
      rest = whole.slice(end)
      // A line that never ends is no table; its beginning is sample enough.
      if (rest.length > 16 * SAMPLE_BYTES) {
        take(rest)
        rest = rest.slice(rest.length)
      }
      return invalid > 0 && sampled >= SAMPLE_BYTES
    },
    end() {
      // An incomplete character at the very end is a file that was cut off, not another encoding.
      if (invalid === 0 || valid > 2 * invalid) return 'utf-8'
      take(rest)
      const sample = lines.reduce<Uint8Array>(concat, new Uint8Array(0))
      if (looksChinese(sample)) return 'gb18030'
      return looksWestern(sample) ? 'windows-1252' : null
    },
  }
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}

/** Characters of several bytes, invalid bytes, and where a character begins that the bytes end in the middle of. */
function countUtf8(bytes: Uint8Array): { valid: number; invalid: number; end: number } {
  if (isUtf8(bytes)) {
    let valid = 0
    for (let i = 0; i < bytes.length; i++) if ((bytes[i] ?? 0) >= 0xc0) valid++
    return { valid, invalid: 0, end: bytes.length }
  }
  let valid = 0
  let invalid = 0
  let i = 0
  while (i < bytes.length) {
    const byte = bytes[i] ?? 0
    if (byte < 0x80) {
      i++
      continue
    }
    const length = byte >= 0xf5 ? 0 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 0
    let at = 1
    while (at < length && ((bytes[i + at] ?? 0) & 0xc0) === 0x80) at++
    if (length > 0 && at === length && isUtf8(bytes.subarray(i, i + length))) {
      valid++
      i += length
    } else if (length > 0 && i + at === bytes.length) {
      return { valid, invalid, end: i }
    } else {
      invalid++
      i++
    }
  }
  return { valid, invalid, end: bytes.length }
}

/**
 * All bytes form GB18030 characters, and half of those beyond ASCII are punctuation or the 3,755 frequent characters
 * of GB 2312, sorted there by sound: where 16 are frequent, a tenth must have a sound from r to z. (Korean and
 * traditional Chinese of other encodings fall before; Cyrillic falls among the rare characters.)
 */
function looksChinese(bytes: Uint8Array): boolean {
  let all = 0
  let punctuation = 0
  let frequent = 0
  let late = 0
  for (let i = 0; i < bytes.length; ) {
    const lead = bytes[i] ?? 0
    if (lead < 0x80) {
      if (isControl(lead)) return false
      i++
      continue
    }
    if (lead === 0x80 || lead === 0xff) return false
    const trail = bytes[i + 1] ?? 0
    all++
    if (trail >= 0x30 && trail <= 0x39) {
      const third = bytes[i + 2] ?? 0
      const fourth = bytes[i + 3] ?? 0
      if (third < 0x81 || third > 0xfe || fourth < 0x30 || fourth > 0x39) return false
      i += 4
      continue
    }
    if (trail < 0x40 || trail === 0x7f || trail === 0xff) return false
    if (trail >= 0xa1) {
      if (lead >= 0xa1 && lead <= 0xa3) punctuation++
      else if (lead >= 0xb0 && lead <= 0xd7) {
        frequent++
        if (lead >= 0xc9) late++
      }
    }
    i += 2
  }
  return 2 * (punctuation + frequent) >= all && (frequent < 16 || 10 * late >= frequent)
}

/** Bytes that are no character of Windows-1252. */
export const UNDEFINED_1252: readonly number[] = [0x81, 0x8d, 0x8f, 0x90, 0x9d]

const isLetter = (byte: number | undefined): boolean =>
  byte !== undefined && ((byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a))
const isControl = (byte: number): boolean =>
  byte < 0x20 ? byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13 : byte === 0x7f

/** Signs that stand between two letters of a word where the text is another encoding (Polish among them). */
function isSign(byte: number): boolean {
  if (byte < 0xa0) return ![0x8a, 0x8c, 0x8e, 0x92, 0x96, 0x97, 0x9a, 0x9c, 0x9e, 0x9f].includes(byte)
  if (byte < 0xc0) return ![0xa0, 0xaa, 0xad, 0xb4, 0xb7, 0xba].includes(byte)
  return byte === 0xd7 || byte === 0xf7
}

/**
 * Every byte is a character of Windows-1252 and no control; of the bytes above 127 nine in ten stand alone or in
 * pairs, as accented letters among others do, and no more than one in twenty is a sign between two letters.
 */
function looksWestern(bytes: Uint8Array): boolean {
  let high = 0
  let crowded = 0
  let odd = 0
  for (let i = 0; i < bytes.length; ) {
    const byte = bytes[i] ?? 0
    if (byte < 0x80) {
      if (isControl(byte)) return false
      i++
      continue
    }
    let end = i
    while (end < bytes.length && (bytes[end] ?? 0) >= 0x80) {
      if (UNDEFINED_1252.includes(bytes[end] ?? 0)) return false
      end++
    }
    const run = end - i
    high += run
    if (run > 2) crowded += run
    if (run === 1 && isSign(byte) && isLetter(bytes[i - 1]) && isLetter(bytes[end])) odd++
    i = end
  }
  return 10 * crowded <= high && 20 * odd <= high
}
