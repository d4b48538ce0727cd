/** Characters (UTF-16 units) of an n-gram: a word in English, a short one in Chinese. */
export const GRAM = 3

/** A set of the n-grams of texts, made anew for each text in the same memory. */
export interface GramSet {
  /** Begins anew. */
  clear(): void
  /** Adds the n-grams of a text. Those of different sides (the two texts of a pair) are different. */
  add(text: string, side: number): void
  size(): number
  /** Of the n-grams of one side: how many distinct ones of this text are in the set. */
  common(text: string, side: number): number
  /** 32 bits of each n-gram in the set, into `out`; how many they are. */
  hashes(out: Uint32Array): number
}

/**
 * An n-gram is held as it is, in two words of 32 bits (48 bits of characters and 1 of the side), so two sets are
 * compared exactly. Open addressing; a place belongs to the set if its stamp is the newest.
 */
export function createGramSet(): GramSet {
  let room = 1024
  let high = new Uint32Array(room)
  let low = new Uint32Array(room)
  let stamps = new Uint32Array(room)
  let seen = new Uint32Array(room)
  let used = new Uint32Array(room / 2)
  let stamp = 1
  let pass = 1
  let count = 0

  const placeOf = (a: number, b: number): number => {
    const mask = room - 1
    for (let at = hashOf(a, b) & mask; ; at = (at + 1) & mask)
      if (stamps[at] !== stamp || (high[at] === a && low[at] === b)) return at
  }
  /** At most half of the places are taken. */
  const makeRoom = (more: number): void => {
    if (2 * (count + more) <= room) return
    const kept = Array.from({ length: count }, (_, i) => {
      const at = used[i] ?? 0
      return [high[at] ?? 0, low[at] ?? 0] as const
    })
    while (2 * (count + more) > room) room *= 2
    high = new Uint32Array(room)
    low = new Uint32Array(room)
    stamps = new Uint32Array(room)
    seen = new Uint32Array(room)
    used = new Uint32Array(room / 2)
    count = 0
    stamp = 1
    pass = 1
    for (const [a, b] of kept) insert(a, b)
  }
  const insert = (a: number, b: number): void => {
    const at = placeOf(a, b)
    if (stamps[at] === stamp) return
    stamps[at] = stamp
    high[at] = a
    low[at] = b
    used[count++] = at
  }

  return {
    clear() {
      count = 0
      stamp++
      if (stamp < 2 ** 32) return
      stamps.fill(0)
      stamp = 1
    },
    add(text, side) {
      makeRoom(text.length)
      for (let i = 0; i + GRAM <= text.length; i++) insert(highOf(text, i, side), lowOf(text, i))
    },
    size: () => count,
    common(text, side) {
      pass++
      if (pass >= 2 ** 32) {
        seen.fill(0)
        pass = 1
      }
      let found = 0
      for (let i = 0; i + GRAM <= text.length; i++) {
        const at = placeOf(highOf(text, i, side), lowOf(text, i))
        if (stamps[at] !== stamp || seen[at] === pass) continue
        seen[at] = pass
        found++
      }
      return found
    },
    hashes(out) {
      for (let i = 0; i < count; i++) {
        const at = used[i] ?? 0
        out[i] = hashOf(high[at] ?? 0, low[at] ?? 0)
      }
      return count
    },
  }
}

const highOf = (text: string, i: number, side: number): number => text.charCodeAt(i) | (side << 16)
const lowOf = (text: string, i: number): number =>
  ((text.charCodeAt(i + 1) << 16) | text.charCodeAt(i + 2)) >>> 0

function hashOf(a: number, b: number): number {
  let bits = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b, 0xc2b2ae35)
  bits ^= bits >>> 15
  bits = Math.imul(bits, 0x2c1b3c6d)
  bits ^= bits >>> 12
  bits = Math.imul(bits, 0x297a2d39)
  return (bits ^ (bits >>> 15)) >>> 0
}
