import type { ModelText } from '../model-text.ts'
import { normalised } from './normal.ts'

/** Rows by their text as it is compared: equal ones are one text. */
export interface DistinctTexts {
  readonly count: number
  /** The text of each row, by its number. Numbers follow from the texts alone, whatever the order of the rows. */
  readonly textOf: Int32Array
  readonly sides: 1 | 2
  /** The text, or one of the two of a pair, as it is compared. */
  side(text: number, side: number): string
}

/** Numbers the texts by a hash of what they hold. Of equal hashes the texts themselves are compared. */
export function distinctTexts(texts: readonly ModelText[]): DistinctTexts {
  const sides = texts.some((text) => typeof text !== 'string') ? 2 : 1
  const sideOfRow = (row: number, side: number): string => {
    const text = texts[row] ?? ''
    return typeof text === 'string' ? (side === 0 ? normalised(text) : '') : normalised(text[side] ?? '')
  }
  const keyOf = (row: number): string =>
    sides === 1 ? sideOfRow(row, 0) : `${sideOfRow(row, 0)}\n${sideOfRow(row, 1)}`
  const hashes = Float64Array.from(texts, (_, row) => hashOf(keyOf(row)))
  const order = Uint32Array.from(texts, (_, row) => row).sort(
    (a, b) => (hashes[a] ?? 0) - (hashes[b] ?? 0) || a - b,
  )
  const textOf = new Int32Array(texts.length)
  const rows = new Int32Array(texts.length)
  let count = 0
  for (const [i, row] of order.entries()) {
    const before = order[i - 1]
    const isNew = before === undefined || hashes[before] !== hashes[row] || keyOf(before) !== keyOf(row)
    if (isNew) rows[count++] = row
    textOf[row] = count - 1
  }
  return { count, textOf, sides, side: (text, side) => sideOfRow(rows[text] ?? 0, side) }
}

/** 53 bits over UTF-16 units: two multiplicative hashes side by side. */
function hashOf(text: string): number {
  let a = 0x9e3779b9 ^ text.length
  let b = 0x85ebca6b
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    a = Math.imul(a ^ unit, 0x9e3779b1)
    a ^= a >>> 15
    b = Math.imul(b ^ unit, 0x5f356495)
    b ^= b >>> 13
  }
  return (a >>> 0) * 2 ** 21 + (b >>> 11)
}
