import { composed, foldOf, kindOf, LETTER, SPACE, SYMBOL, UNSPACED } from './characters.ts'

/**
 * A text as the n-gram model reads it: three sequences of symbols, one behind the other, and the n-grams in them.
 * An n-gram is a stretch of `symbols`, from `starts` to before `ends`. Its hash is over all of it; the lowest bit
 * tells word (0) from character (1).
 */
export interface Grams {
  count: number
  hashes: Int32Array
  starts: Int32Array
  ends: Int32Array
  /** Code point * 4 + block. */
  symbols: Int32Array
  length: number
}

/** The three sequences. */
export const WORDS = 0
export const SPACED = 1
export const UNSPACED_RUNS = 2

/** Stands for all that is no part of what a sequence holds: once at its beginning, at its end, and in between. */
const GAP = 0x20
export const gapOf = (block: number): number => GAP * 4 + block

/** Of n-grams of characters, within what stands between spaces and in scripts without spaces. */
const SHORTEST_SPACED = 2
const LONGEST_SPACED = 5
const LONGEST_UNSPACED = 4

const WORD_SEED = 0x2545f491
const CHARACTER_SEED = 0x1b873593

export const createGrams = (): Grams => ({
  count: 0,
  hashes: new Int32Array(1024),
  starts: new Int32Array(1024),
  ends: new Int32Array(1024),
  symbols: new Int32Array(1024),
  length: 0,
})

/**
 * Fills `grams` with the n-grams of the first `limit` characters of `text`, compatibility-normalised and
 * lower-cased:
 * - words, one and two: runs of letters, digits and marks; in scripts without spaces every character;
 * - characters: two to five within what stands between spaces, the ends marked by a space (scikit-learn's
 *   `char_wb`); in scripts without spaces one to four, with the punctuation and emoji between them.
 *
 * Each word stands between two gaps, so that a word is an n-gram of characters that begins and ends with a gap.
 */
export function readGrams(text: string, limit: number, grams: Grams): void {
  const points = foldedPoints(text, limit)
  // At most a symbol and a gap each in all three, and a gap at either end.
  const most = 6 * points.length + 6
  if (grams.symbols.length < most) grams.symbols = new Int32Array(most * 2)
  // Each symbol of the words ends two n-grams at most, each other begins at most four.
  if (grams.hashes.length < 4 * most) {
    grams.hashes = new Int32Array(most * 8)
    grams.starts = new Int32Array(most * 8)
    grams.ends = new Int32Array(most * 8)
  }
  grams.count = 0
  grams.length = 0
  readWords(points, grams)
  readSpaced(points, grams)
  readUnspaced(points, grams)
}

/** One gap where several would stand. */
function gap(grams: Grams, block: number, start: number): void {
  const { symbols, length } = grams
  if (length === start || symbols[length - 1] !== gapOf(block)) symbols[grams.length++] = gapOf(block)
}

const put = (grams: Grams, block: number, point: number): void => {
  grams.symbols[grams.length++] = point * 4 + block
}

function readWords(points: readonly number[], grams: Grams): void {
  const start = grams.length
  let previous = 0
  let previousGap = start
  let lastGap = start
  let hash = 0
  const end = () => {
    gap(grams, WORDS, start)
    if (hash === 0) return
    const here = grams.length - 1
    emit(grams, mix(hash, 1), WORDS, lastGap, here + 1)
    if (previous !== 0) emit(grams, mix(previous, hash), WORDS, previousGap, here + 1)
    previous = hash
    previousGap = lastGap
    lastGap = here
    hash = 0
  }
  end()
  for (const point of points) {
    const kind = kindOf(point)
    if (kind !== LETTER) end()
    if (kind === SPACE || kind === SYMBOL) continue
    put(grams, WORDS, point)
    hash = mix(hash === 0 ? WORD_SEED : hash, point)
    if (kind === UNSPACED) end()
  }
  end()
}

function readSpaced(points: readonly number[], grams: Grams): void {
  const start = grams.length
  gap(grams, SPACED, start)
  for (const point of points) {
    const kind = kindOf(point)
    if (kind === SPACE || kind === UNSPACED) gap(grams, SPACED, start)
    else put(grams, SPACED, point)
  }
  gap(grams, SPACED, start)
  windows(grams, start, SPACED, SHORTEST_SPACED, LONGEST_SPACED)
}

function readUnspaced(points: readonly number[], grams: Grams): void {
  const start = grams.length
  gap(grams, UNSPACED_RUNS, start)
  for (const point of points) {
    const kind = kindOf(point)
    if (kind === UNSPACED || kind === SYMBOL) put(grams, UNSPACED_RUNS, point)
    else gap(grams, UNSPACED_RUNS, start)
  }
  gap(grams, UNSPACED_RUNS, start)
  windows(grams, start, UNSPACED_RUNS, 1, LONGEST_UNSPACED)
}

/**
 * Every window of `shortest` to `longest` symbols from `start` on; a gap is at their ends, if anywhere. Of what is
 * read for the scripts without spaces a character of these is in each.
 */
function windows(grams: Grams, start: number, block: number, shortest: number, longest: number): void {
  const { symbols, length } = grams
  const mark = gapOf(block)
  for (let from = start; from < length; from++) {
    const end = Math.min(length, from + longest)
    let hash = CHARACTER_SEED
    let isWanted = block === SPACED
    for (let at = from; at < end; at++) {
      const symbol = symbols[at] ?? 0
      if (symbol === mark && block === UNSPACED_RUNS) break
      hash = mix(hash, symbol >> 2)
      isWanted ||= kindOf(symbol >> 2) === UNSPACED
      if (isWanted && at - from + 1 >= shortest) emit(grams, hash, block, from, at + 1)
      if (symbol === mark && at > from) break
    }
  }
}

function emit(grams: Grams, hash: number, block: number, start: number, end: number): void {
  const { count } = grams
  // Zero marks an empty slot of the vocabulary.
  grams.hashes[count] = (hash & ~1) | (block === WORDS ? 0 : 1) || 2
  grams.starts[count] = start
  grams.ends[count] = end
  grams.count++
}

/** A step of MurmurHash3 (32 bits) with its finalizer's first half, so that low bits depend on all. */
function mix(hash: number, value: number): number {
  let scrambled = Math.imul(value, 0xcc9e2d51)
  scrambled = (scrambled << 15) | (scrambled >>> 17)
  let mixed = hash ^ Math.imul(scrambled, CHARACTER_SEED)
  mixed = (mixed << 13) | (mixed >>> 19)
  mixed = (Math.imul(mixed, 5) + 0xe6546b64) | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  return mixed ^ (mixed >>> 13)
}

function foldedPoints(text: string, limit: number): readonly number[] {
  const points: number[] = []
  let left = limit
  for (const character of composed(text)) {
    if (left-- <= 0) break
    for (const point of foldOf(character.codePointAt(0) ?? 0)) points.push(point)
  }
  return points
}
