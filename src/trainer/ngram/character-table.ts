import { foldOf, foldsAway, kindOf, LETTER, SPACE, SYMBOL, UNSPACED } from '../evaluation/ngram/characters.ts'
import { gapOf, SPACED, UNSPACED_RUNS, WORDS } from '../evaluation/ngram/grams.ts'

/** No symbol: fills rows up. */
export const NOTHING = 0
/** A symbol that no n-gram of the vocabulary holds. */
const UNKNOWN = 1
/** Of the three sequences, one code each, in their order. */
export const FIRST_GAP = 2
export const LAST_GAP = 4

export const BLOCKS: readonly number[] = [WORDS, SPACED, UNSPACED_RUNS]

/** Small numbers for the symbols that occur in the n-grams of a vocabulary. */
export type Coding = ReadonlyMap<number, number>

export function codingOf(spellings: Iterable<Int32Array>): Coding {
  const codes = new Map(BLOCKS.map((block) => [gapOf(block), FIRST_GAP + block]))
  for (const spelling of spellings)
    for (const symbol of spelling) if (!codes.has(symbol)) codes.set(symbol, codes.size + FIRST_GAP)
  return codes
}

/** A code that no text has, as have none that are higher. */
export const unusedCode = (coding: Coding): number => coding.size + FIRST_GAP

/** What a character puts into each of the three sequences of `readGrams`, as codes. */
export type Codes = readonly (readonly number[])[]

/** Kinds of characters that a table does not list one by one. */
export const KINDS: readonly number[] = [SPACE, LETTER, UNSPACED, SYMBOL]

/** Of a character that no n-gram of the vocabulary holds. */
export const codesOfKind = (kind: number): Codes =>
  BLOCKS.map((block) => inSequence(block, [kind], () => UNKNOWN))

/**
 * The characters that are not read as any other of their kind, in the order of their code points: those that an
 * n-gram of the vocabulary holds, and those that become several or of another kind.
 */
export function characterTable(coding: Coding): readonly (readonly [character: string, codes: Codes])[] {
  const usual = new Map(KINDS.map((kind) => [kind, JSON.stringify(codesOfKind(kind))]))
  const points = new Set(foldsAway())
  const gaps = BLOCKS.map(gapOf)
  for (const symbol of coding.keys()) if (!gaps.includes(symbol)) points.add(symbol >> 2)
  return [...points]
    .sort((a, b) => a - b)
    .flatMap((point) => {
      const fold = foldOf(point)
      const codes = BLOCKS.map((block) =>
        inSequence(block, fold.map(kindOf), (at) => coding.get((fold[at] ?? 0) * 4 + block) ?? UNKNOWN),
      )
      const isUsual = JSON.stringify(codes) === usual.get(kindOf(point))
      return isUsual ? [] : [[String.fromCodePoint(point), codes] as const]
    })
}

/** As `readGrams` does it, for the characters that one becomes; a gap once. */
function inSequence(
  block: number,
  kinds: readonly number[],
  code: (at: number) => number,
): readonly number[] {
  const gap = FIRST_GAP + block
  return kinds
    .flatMap((kind, at) => {
      if (block === WORDS && kind === UNSPACED) return [gap, code(at), gap]
      const isHeld =
        block === WORDS
          ? kind === LETTER
          : block === SPACED
            ? kind === LETTER || kind === SYMBOL
            : kind === UNSPACED || kind === SYMBOL
      return [isHeld ? code(at) : gap]
    })
    .filter((each, at, all) => each !== gap || all[at - 1] !== gap)
}
