import type { Profile } from '../shared/profile.ts'
import { mixed } from './mixed.ts'

/** Texts with a label that are kept to be compared: 24 bytes each, and 16 for finding them. */
const MOST_KEPT = 2 ** 21
/** Labels of one text that are told apart, so that a text with very many costs no more. */
const MOST_LABELS = 16
const SHOWN = 5
const SHOWN_ROWS = 10

export interface Repeats {
  /** @param label a number that stands for the label, from 0 */
  add(text: string, label: number, row: number): void
  result(labels: readonly string[]): Pick<Profile, 'duplicates' | 'conflicts' | 'compared'>
}

/**
 * Finds rows of equal text in bounded memory. A text is its hash of 64 bits. Where more texts come than are kept, half
 * of them are let go, those whose hash ends in a 1, then half of the others, and so on: what is left is a random
 * sample of the texts, each with all its rows, and counts are scaled up from it.
 */
export function createRepeats(mostKept = MOST_KEPT): Repeats {
  let room = Math.min(1024, mostKept)
  /** An entry is a text with one of its labels: hash, label, first row, rows, and the next label of the same text. */
  let fields = new Uint32Array(6 * room)
  let slots = new Uint32Array(4 * room)
  let kept = 0
  let level = 0
  /** Rows whose text has so many labels already. */
  let others = 0
  const [LOW, HIGH, LABEL, ROW, COUNT, NEXT] = [0, 1, 2, 3, 4, 5] as const
  const get = (entry: number, field: number): number => fields[6 * entry + field] ?? 0
  const put = (entry: number, field: number, value: number): void => {
    fields[6 * entry + field] = value
  }
  // Entries are numbered from 1 in `slots` and as the next of another: 0 is none.
  const slotOf = (low: number, high: number): number => {
    const mask = slots.length - 1
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot] ?? 0
      if (entry === 0 || (get(entry - 1, LOW) === low && get(entry - 1, HIGH) === high)) return slot
    }
  }
  const insert = (low: number, high: number, label: number, row: number, count: number): number => {
    const slot = slotOf(low, high)
    const entry = kept++
    fields.set([low, high, label, row, count, 0], 6 * entry)
    const head = slots[slot] ?? 0
    if (head === 0) slots[slot] = entry + 1
    else {
      let last = head - 1
      while (get(last, NEXT) !== 0) last = get(last, NEXT) - 1
      put(last, NEXT, entry + 1)
    }
    return entry
  }
  /** Twice the room, or where there is no more, half of the texts. */
  const makeRoom = () => {
    const old = fields
    const entries = kept
    if (room < mostKept) {
      room = Math.min(2 * room, mostKept)
      slots = new Uint32Array(4 * 2 ** Math.ceil(Math.log2(room)))
      fields = new Uint32Array(6 * room)
    } else {
      // In place, so that the peak of memory is no higher: an entry only ever moves towards the beginning.
      level++
      slots.fill(0)
    }
    kept = 0
    for (let i = 0; i < entries; i++) {
      const [low = 0, high = 0, label = 0, row = 0, count = 0] = old.subarray(6 * i, 6 * i + 5)
      if (isKept(high)) insert(low, high, label, row, count)
    }
  }
  const isKept = (high: number): boolean => (high & (2 ** level - 1)) === 0

  const duplicates: { low: number; high: number; label: number; rows: number[] }[] = []
  const conflicts: { low: number; high: number; rows: { row: number; label: number }[] }[] = []

  const repeated = (entry: number, row: number): void => {
    const [low, high, label] = [get(entry, LOW), get(entry, HIGH), get(entry, LABEL)]
    const shown = duplicates.find((one) => one.label === label && one.low === low && one.high === high)
    if (shown) {
      if (shown.rows.length < SHOWN_ROWS) shown.rows.push(row)
    } else if (duplicates.length < SHOWN && get(entry, COUNT) === 2)
      duplicates.push({ low, high, label, rows: [get(entry, ROW), row] })
  }
  const differs = (head: number, label: number, row: number): void => {
    const [low, high] = [get(head, LOW), get(head, HIGH)]
    const shown = conflicts.find((one) => one.low === low && one.high === high)
    if (shown) {
      if (shown.rows.length < SHOWN_ROWS) shown.rows.push({ row, label })
    } else if (conflicts.length < SHOWN && get(head, NEXT) === 0)
      conflicts.push({
        low,
        high,
        rows: [
          { row: get(head, ROW), label: get(head, LABEL) },
          { row, label },
        ],
      })
  }

  return {
    add(text, label, row) {
      const { low, high } = hash(text)
      if (!isKept(high)) return
      const found = slots[slotOf(low, high)] ?? 0
      let labels = 0
      for (let at = found; at !== 0; at = get(at - 1, NEXT)) {
        labels++
        if (get(at - 1, LABEL) !== label) continue
        put(at - 1, COUNT, get(at - 1, COUNT) + 1)
        repeated(at - 1, row)
        return
      }
      if (found !== 0) differs(found - 1, label, row)
      if (labels >= MOST_LABELS) {
        others++
        return
      }
      while (kept === room) {
        makeRoom()
        if (!isKept(high)) return
      }
      insert(low, high, label, row, 1)
    },
    result(labels) {
      const total = { duplicates: { rows: 0, texts: 0 }, conflicts: { rows: 0, texts: 0 } }
      for (const head of slots) {
        if (head === 0) continue
        let rows = 0
        let again = false
        for (let at = head; at !== 0; at = get(at - 1, NEXT)) {
          const count = get(at - 1, COUNT)
          rows += count
          total.duplicates.rows += count - 1
          again ||= count > 1
        }
        if (again) total.duplicates.texts++
        if (get(head - 1, NEXT) !== 0) {
          total.conflicts.texts++
          total.conflicts.rows += rows
        }
      }
      total.conflicts.rows += others
      const scale = 2 ** level
      const scaled = ({ rows, texts }: { rows: number; texts: number }) => ({
        rows: rows * scale,
        texts: texts * scale,
      })
      const labelOf = ({ row, label }: { row: number; label: number }) => ({
        row,
        label: labels[label] ?? '',
      })
      return {
        duplicates: { ...scaled(total.duplicates), examples: duplicates.map(({ rows }) => rows) },
        conflicts: { ...scaled(total.conflicts), examples: conflicts.map(({ rows }) => rows.map(labelOf)) },
        compared: 1 / scale,
      }
    },
  }
}

/** 64 bits over UTF-16 units: two multiplicative hashes side by side, mixed at the end. */
function hash(text: string): { low: number; high: number } {
  let a = 0x9e3779b9 ^ text.length
  let b = 0x85ebca6b
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    a = Math.imul(a ^ unit, 0x9e3779b1)
    b = Math.imul(b ^ unit, 0x5f356495)
    b ^= b >>> 15
  }
  return { low: mixed(a ^ (b >>> 7)), high: mixed(b ^ (a >>> 9)) }
}
