/** Hashes of the n-grams of one text, in order of occurrence; the lowest bit tells word (0) from character (1). */
export interface Grams {
  count: number
  hashes: Int32Array
}

const WORD = 0
const CHARACTER = 1
const WORD_SEED = 0x2545f491
const CHARACTER_SEED = 0x1b873593

const SPACE = 1
const LETTER = 2
/** A character of a script that puts no spaces between words: a word by itself. */
const UNSPACED = 3
const SYMBOL = 4

const PADDING = 0x20

export const createGrams = (): Grams => ({ count: 0, hashes: new Int32Array(1024) })

/**
 * Fills `grams` with the n-grams of the first `limit` UTF-16 units of `text`, compatibility-normalised and
 * lower-cased:
 * - words, one and two: runs of letters, digits and marks; in scripts without spaces every character;
 * - characters: two to five within what stands between spaces, the ends marked by a space (scikit-learn's
 *   `char_wb`); in scripts without spaces one to three.
 */
export function readGrams(text: string, limit: number, grams: Grams): void {
  const points = codePoints(text, limit)
  // A character opens at most four n-grams of characters and two of words; each run adds at most eight more for its ends.
  const most = 16 * (points.length + 1)
  if (grams.hashes.length < most) grams.hashes = new Int32Array(most * 2)
  grams.count = 0

  let previous = 0
  const word = (hash: number) => {
    emit(grams, mix(hash, 1), WORD)
    if (previous !== 0) emit(grams, mix(previous, hash), WORD)
    previous = hash
  }

  let from = 0
  while (from < points.length) {
    const kind = kindOf(points[from] ?? 0)
    let to = from + 1
    if (kind === SPACE) {
      from = to
      continue
    }
    if (kind === UNSPACED) {
      while (to < points.length && kindOf(points[to] ?? 0) === UNSPACED) to++
      for (let at = from; at < to; at++) word(mix(WORD_SEED, points[at] ?? 0))
      windows(grams, points.subarray(from, to), 1, 3)
      from = to
      continue
    }
    let hash = kind === LETTER ? mix(WORD_SEED, points[from] ?? 0) : 0
    for (; to < points.length; to++) {
      const point = points[to] ?? 0
      const next = kindOf(point)
      if (next === LETTER) hash = mix(hash === 0 ? WORD_SEED : hash, point)
      else if (next !== SYMBOL) break
      else if (hash !== 0) {
        word(hash)
        hash = 0
      }
    }
    if (hash !== 0) word(hash)
    const run = new Int32Array(to - from + 2).fill(PADDING)
    run.set(points.subarray(from, to), 1)
    windows(grams, run, 2, 5)
    from = to
  }
}

/** Every window of `shortest` to `longest` characters. */
function windows(grams: Grams, run: Int32Array, shortest: number, longest: number): void {
  for (let from = 0; from < run.length; from++) {
    const end = Math.min(run.length, from + longest)
    let hash = CHARACTER_SEED
    for (let at = from; at < end; at++) {
      hash = mix(hash, run[at] ?? 0)
      if (at - from + 1 >= shortest) emit(grams, hash, CHARACTER)
    }
  }
}

function emit(grams: Grams, hash: number, block: number): void {
  // Zero marks an empty slot of the vocabulary.
  grams.hashes[grams.count++] = (hash & ~1) | block || 2
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

function codePoints(text: string, limit: number): Int32Array {
  const plain = text.slice(0, limit).normalize('NFKC').toLowerCase()
  const points = new Int32Array(plain.length)
  let count = 0
  for (let at = 0; at < plain.length; at++) {
    const point = plain.codePointAt(at) ?? 0
    if (point > 0xffff) at++
    points[count++] = point
  }
  return points.subarray(0, count)
}

const WITHOUT_SPACES =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Bopomofo}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]/u
// The joiners stand inside words of Persian and of Indian scripts.
const IN_WORDS = /[\p{L}\p{N}\p{M}\u200c\u200d]/u
const BLANK = /[\s\p{C}]/u

/** Kinds of the characters met so far: asking the expressions each time would be most of the work. */
const kinds = new Uint8Array(0x110000)

function kindOf(point: number): number {
  const known = kinds[point] ?? SYMBOL
  if (known !== 0) return known
  const character = String.fromCodePoint(point)
  let kind = SYMBOL
  if (IN_WORDS.test(character)) kind = WITHOUT_SPACES.test(character) ? UNSPACED : LETTER
  else if (BLANK.test(character)) kind = SPACE
  kinds[point] = kind
  return kind
}
