/** Open addressing with linear probing: 4 + 4 + 4 bytes a slot, and this many slots at most (96 MB). */
const MOST_SLOTS = 2 ** 23
const FULLEST = 0.7

/**
 * Counts in how many rows each n-gram occurs. Past `MOST_SLOTS` no new n-gram is taken: those that matter were
 * met before.
 */
export interface RowCounts {
  add(hashes: Int32Array, count: number, row: number): void
  /** The n-grams of at least `fewest` rows, the `most` most frequent, numbered from 0 in order of first meeting. */
  select(fewest: number, most: number): Vocabulary
}

export interface Vocabulary {
  size: number
  /** Rows that hold the n-gram of an id. */
  rows: Int32Array
  /** 1 where an id is of characters, 0 where of words. */
  character: Uint8Array
  /** The id of an n-gram's hash, or -1. */
  find(hash: number): number
}

export function createRowCounts(): RowCounts {
  let slots = 2 ** 16
  let used = 0
  let keys = new Int32Array(slots)
  let rows = new Int32Array(slots)
  let lastRow = new Int32Array(slots)

  const grow = () => {
    const [oldKeys, oldRows, oldLast] = [keys, rows, lastRow]
    slots *= 2
    keys = new Int32Array(slots)
    rows = new Int32Array(slots)
    lastRow = new Int32Array(slots)
    for (let old = 0; old < oldKeys.length; old++) {
      const key = oldKeys[old] ?? 0
      if (key === 0) continue
      const slot = slotOf(keys, key)
      keys[slot] = key
      rows[slot] = oldRows[old] ?? 0
      lastRow[slot] = oldLast[old] ?? 0
    }
  }

  return {
    add(hashes, count, row) {
      for (let at = 0; at < count; at++) {
        const hash = hashes[at] ?? 0
        let slot = slotOf(keys, hash)
        if (keys[slot] === 0) {
          if (used >= slots * FULLEST) {
            if (slots >= MOST_SLOTS) continue
            grow()
            slot = slotOf(keys, hash)
          }
          used++
          keys[slot] = hash
          lastRow[slot] = -1
        }
        if (lastRow[slot] === row) continue
        lastRow[slot] = row
        rows[slot] = (rows[slot] ?? 0) + 1
      }
    },

    select(fewest, most) {
      const least = Math.max(fewest, thresholdFor(rows, most))
      let size = 0
      for (const count of rows) if (count >= least) size++
      let capacity = 2 ** 10
      while (size > capacity * 0.5) capacity *= 2
      const kept = new Int32Array(capacity)
      const ids = new Int32Array(capacity)
      const rowsOf = new Int32Array(size)
      const character = new Uint8Array(size)
      let id = 0
      for (let slot = 0; slot < keys.length; slot++) {
        const count = rows[slot] ?? 0
        if (count < least) continue
        const key = keys[slot] ?? 0
        const to = slotOf(kept, key)
        kept[to] = key
        ids[to] = id
        rowsOf[id] = count
        character[id] = key & 1
        id++
      }
      return {
        size,
        rows: rowsOf,
        character,
        find(hash) {
          const slot = slotOf(kept, hash)
          return kept[slot] === 0 ? -1 : (ids[slot] ?? -1)
        },
      }
    },
  }
}

/** The slot that holds `key`, or the empty one where it belongs. */
function slotOf(keys: Int32Array, key: number): number {
  const mask = keys.length - 1
  let slot = Math.imul(key, 0x9e3779b1) >>> 7
  for (slot &= mask; ; slot = (slot + 1) & mask) {
    const held = keys[slot]
    if (held === key || held === 0) return slot
  }
}

/** The smallest count such that at most `most` entries of `counts` reach it. */
function thresholdFor(counts: Int32Array, most: number): number {
  const histogram = new Map<number, number>()
  for (const count of counts) if (count > 0) histogram.set(count, (histogram.get(count) ?? 0) + 1)
  let taken = 0
  let threshold = Number.POSITIVE_INFINITY
  for (const [count, entries] of [...histogram].sort(([a], [b]) => b - a)) {
    taken += entries
    if (taken > most) break
    threshold = count
  }
  return threshold
}
