/** What a character is to the n-gram model. */
export const SPACE = 1
export const LETTER = 2
/** A character of a script that puts no spaces between words: a word by itself. */
export const UNSPACED = 3
export const SYMBOL = 4

const WITHOUT_SPACES =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Bopomofo}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]/u
// The joiners stand inside words of Persian and of Indian scripts.
const IN_WORDS = /[\p{L}\p{N}\p{M}\u200c\u200d]/u
const BLANK = /[\s\p{C}]/u

/** Kinds of the characters met so far: asking the expressions each time would be most of the work. */
const kinds = new Uint8Array(0x110000)

export function kindOf(point: number): number {
  const known = kinds[point] ?? SYMBOL
  if (known !== 0) return known
  const character = String.fromCodePoint(point)
  let kind = SYMBOL
  if (IN_WORDS.test(character)) kind = WITHOUT_SPACES.test(character) ? UNSPACED : LETTER
  else if (BLANK.test(character)) kind = SPACE
  kinds[point] = kind
  return kind
}

/** Of what a character becomes: longer ones (a formula of greeting in one character) stay as they are. */
const LONGEST_FOLD = 4
const SIGMA = 0x3c3
/** In upper case no different from sigma, and there which of both it becomes depends on its neighbours. */
const FINAL_SIGMA = 0x3c2

/** No character of a higher plane becomes another. */
const LAST_FOLDED = 0x2ffff

const folds = new Map<number, readonly number[]>()

/**
 * A character compatibility-normalised and in lower case: the code points that it is read as. One character at a
 * time, whatever stands beside it, so that the same can be done by a table in an ONNX graph.
 */
export function foldOf(point: number): readonly number[] {
  const known = folds.get(point)
  if (known) return known
  const folded = pointsOf(String.fromCodePoint(point).normalize('NFKC').toLowerCase()).map((each) =>
    each === FINAL_SIGMA ? SIGMA : each,
  )
  const fold = folded.length <= LONGEST_FOLD ? folded : [point]
  folds.set(point, fold)
  return fold
}

/** The characters that are read as others, in the order of their code points. */
export function foldsAway(): readonly number[] {
  const points: number[] = []
  for (let point = 0; point <= LAST_FOLDED; point++) {
    if (isSurrogate(point)) continue
    const character = String.fromCodePoint(point)
    if (point === FINAL_SIGMA || character.normalize('NFKC').toLowerCase() !== character) points.push(point)
  }
  return points
}

const isSurrogate = (point: number): boolean => point >= 0xd800 && point <= 0xdfff

/** All characters of a kind, as ranges from the first to the last code point, both in it. */
export function rangesOf(kind: number): readonly (readonly [first: number, last: number])[] {
  const ranges: (readonly [number, number])[] = []
  let first = -1
  for (let point = 0; point <= 0x110000; point++) {
    const isOne = point < 0x110000 && !isSurrogate(point) && kindOf(point) === kind
    if (isOne && first < 0) first = point
    if (isOne || first < 0) continue
    ranges.push([first, point - 1])
    first = -1
  }
  return ranges
}

const pointsOf = (text: string): number[] => Array.from(text, (character) => character.codePointAt(0) ?? 0)

/**
 * A text as it is given to the n-gram model, wherever it runs: composed, as a letter and its accent apart are
 * another letter to it, without halves of surrogate pairs, which UTF-8 can't hold, and without NUL, at which
 * onnxruntime's binding ends a text.
 */
export const composed = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
    .replaceAll('\u0000', ' ')
