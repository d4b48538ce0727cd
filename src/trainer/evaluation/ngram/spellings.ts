import type { Grams } from './grams.ts'

/** What each n-gram of a vocabulary is made of, so that another of the same hash is not taken for it. */
export interface Spellings {
  /** Whether the n-gram is the one of this id; the first that is asked for is. */
  isOf(id: number, grams: Grams, gram: number): boolean
  /** The symbols of an id; empty where it was never met. */
  of(id: number): Int32Array
}

export function createSpellings(size: number): Spellings {
  let symbols = new Int32Array(8 * size + 1024)
  let used = 0
  const starts = new Int32Array(size)
  const lengths = new Int32Array(size)

  const keep = (id: number, spelling: Int32Array): void => {
    if (symbols.length < used + spelling.length) {
      const larger = new Int32Array(2 * (used + spelling.length))
      larger.set(symbols.subarray(0, used))
      symbols = larger
    }
    symbols.set(spelling, used)
    starts[id] = used
    lengths[id] = spelling.length
    used += spelling.length
  }

  return {
    isOf(id, grams, gram) {
      const from = grams.starts[gram] ?? 0
      const to = grams.ends[gram] ?? 0
      if (lengths[id] === 0) {
        keep(id, grams.symbols.subarray(from, to))
        return true
      }
      if (lengths[id] !== to - from) return false
      const start = starts[id] ?? 0
      for (let at = from; at < to; at++) if (symbols[start + at - from] !== grams.symbols[at]) return false
      return true
    },
    of(id) {
      const start = starts[id] ?? 0
      return symbols.subarray(start, start + (lengths[id] ?? 0))
    },
  }
}
