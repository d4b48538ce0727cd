import type { ModelText } from '../model-text.ts'
import { createUnionFind } from '../union-find.ts'
import { type DistinctTexts, distinctTexts } from './distinct.ts'
import { createGramSet } from './grams.ts'
import { COMPARED_CHARACTERS } from './normal.ts'
import { BANDS, createSketcher } from './sketch.ts'

/** Texts are near duplicates where their n-grams have this Jaccard similarity, or a higher one. */
export const SIMILAR = 0.8
/**
 * Distinct n-grams (of a text of 18 characters or so) from which on their similarity means something. A shorter text is
 * a near duplicate of those alone that are equal but for case, width and blanks.
 */
export const FEWEST_GRAMS = 16
/**
 * Texts of one bucket that a text is compared with, and its comparisons in vain over all buckets: what bounds the
 * work where a file is made from templates, at the cost of some pairs.
 */
const MOST_IN_BUCKET = 32
const MOST_IN_VAIN = 64
/** Texts between two moments at which other work may be done. */
const TURN = 4096

export interface NearDuplicates {
  /**
   * The group of each row, numbered by their first rows: near duplicates are in one group, and so are rows that are
   * joined by others (each a near duplicate of the next).
   */
  readonly groupOf: Int32Array
  /** As in `DistinctTexts`. */
  readonly textOf: Int32Array
  /** Whether two texts are near duplicates, by their true similarity. */
  isNear(text: number, other: number): boolean
}

/**
 * Finds rows of nearly equal text: candidates by MinHash over character n-grams in buckets (locality-sensitive
 * hashing), each checked by its true Jaccard similarity. What is found follows from the texts alone, not from their
 * order. Of a pair of texts both must be near.
 *
 * @param seed of the hash functions: another one may find a pair that this one misses, seldom
 */
export function* findNear(texts: readonly ModelText[], seed = 1): Generator<undefined, NearDuplicates> {
  const distinct = distinctTexts(texts)
  yield
  const comparison = createComparison(distinct)
  const { count } = distinct
  const keys = new Uint32Array(BANDS * count)
  const sketch = createSketcher(seed)
  const elements = new Uint32Array(distinct.sides * COMPARED_CHARACTERS)
  const isCompared = new Uint8Array(count)
  for (let text = 0; text < count; text++) {
    if (text % TURN === 0) yield
    if (!comparison.read(text)) continue
    isCompared[text] = 1
    sketch(elements, comparison.hashes(elements), keys, text, count)
  }

  const groups = createUnionFind(count)
  const slots = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(2, 2 * count))))
  const next = new Int32Array(count)
  const inVain = new Uint8Array(count)
  for (let band = 0; band < BANDS; band++) {
    slots.fill(-1)
    for (let text = 0; text < count; text++) {
      if (text % TURN === 0) yield
      if (isCompared[text] === 0) continue
      const key = keys[band * count + text] ?? 0
      const slot = key & (slots.length - 1)
      let met = 0
      for (let other = slots[slot] ?? -1; other >= 0 && met < MOST_IN_BUCKET; other = next[other] ?? -1) {
        if (keys[band * count + other] !== key) continue
        met++
        if (groups.root(text) === groups.root(other)) continue
        if ((inVain[text] ?? 0) >= MOST_IN_VAIN) break
        if (comparison.isNear(text, other)) groups.join(text, other)
        else inVain[text] = (inVain[text] ?? 0) + 1
      }
      next[text] = slots[slot] ?? -1
      slots[slot] = text
    }
  }

  const { textOf } = distinct
  const numbers = new Map<number, number>()
  const groupOf = textOf.map((text) => {
    const root = groups.root(text)
    const known = numbers.get(root) ?? numbers.size
    numbers.set(root, known)
    return known
  })
  return { groupOf, textOf, isNear: comparison.isNear }
}

/** Compares texts with the one that was read last for as long as that stays the first of them. */
function createComparison({ count, sides, side }: DistinctTexts) {
  const grams = createGramSet()
  const sizes = Array.from({ length: sides }, () => new Int32Array(count))
  let inGrams = -1
  const put = (text: number): void => {
    if (inGrams === text) return
    grams.clear()
    for (let i = 0; i < sides; i++) grams.add(side(text, i), i)
    inGrams = text
  }
  return {
    /** Counts the n-grams of a text, all of which are read in their order; whether a side of it has enough of them. */
    read(text: number): boolean {
      grams.clear()
      inGrams = text
      let before = 0
      let isLong = false
      for (let i = 0; i < sides; i++) {
        grams.add(side(text, i), i)
        const size = grams.size() - before
        before += size
        const counts = sizes[i]
        if (counts) counts[text] = size
        isLong ||= size >= FEWEST_GRAMS
      }
      return isLong
    },
    hashes: grams.hashes,
    isNear(text: number, other: number): boolean {
      if (text === other) return true
      // The sizes alone may tell.
      for (const counts of sizes) {
        const [one = 0, two = 0] = [counts[text], counts[other]]
        if (Math.min(one, two) < SIMILAR * Math.max(one, two)) return false
      }
      put(text)
      for (let i = 0; i < sides; i++) {
        const [one, two] = [sizes[i]?.[text] ?? 0, sizes[i]?.[other] ?? 0]
        const compared = side(other, i)
        if (Math.min(one, two) < FEWEST_GRAMS) {
          if (compared !== side(text, i)) return false
          continue
        }
        const common = grams.common(compared, i)
        if (common < SIMILAR * (one + two - common)) return false
      }
      return true
    },
  }
}
