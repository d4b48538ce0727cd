import type { ModelText } from '../../../src/data/model-text.ts'
import { findNear, type NearDuplicates } from '../../../src/data/near/duplicates.ts'
import { normalised } from '../../../src/data/near/normal.ts'
import { createRandom, type Random } from '../../../src/data/random.ts'

export const nearOf = (texts: readonly ModelText[], seed?: number): NearDuplicates => {
  const work = findNear(texts, seed)
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
  }
}

const SYLLABLES = [
  'ba',
  'co',
  'di',
  'fen',
  'gur',
  'ha',
  'jil',
  'kom',
  'lu',
  'mar',
  'nis',
  'o',
  'pre',
  'sti',
  'ter',
]
const HAN =
  '的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经'

const word = (random: Random): string =>
  Array.from({ length: 1 + random.below(3) }, () => SYLLABLES[random.below(SYLLABLES.length)]).join('')

/** Words with blanks, or Chinese characters without. */
export const makeText = (random: Random, isChinese: boolean, length: number): string =>
  isChinese
    ? Array.from({ length }, () => HAN[random.below(HAN.length)]).join('')
    : Array.from({ length: Math.ceil(length / 5) }, () => word(random)).join(' ')

/** With a character left out, added or exchanged somewhere, `edits` times. */
export const edited = (random: Random, text: string, edits: number): string => {
  let result = text
  for (let i = 0; i < edits; i++) {
    const at = random.below(result.length + 1)
    const added = random.below(3) === 0 ? '' : (HAN[random.below(HAN.length)] ?? '')
    result = result.slice(0, at) + added + result.slice(at + random.below(2))
  }
  return result
}

/** The Jaccard similarity of two texts by the book: sets of strings of 3 characters. */
export const similarity = (one: string, other: string): number => {
  const grams = (text: string): Set<string> => {
    const plain = normalised(text)
    return new Set(Array.from({ length: Math.max(0, plain.length - 2) }, (_, i) => plain.slice(i, i + 3)))
  }
  const [a, b] = [grams(one), grams(other)]
  const common = [...a].filter((gram) => b.has(gram)).length
  return common / (a.size + b.size - common)
}

export const gramsIn = (text: string): number => {
  const plain = normalised(text)
  return new Set(Array.from({ length: Math.max(0, plain.length - 2) }, (_, i) => plain.slice(i, i + 3))).size
}

export const seeded = (seed: number): Random => createRandom(seed, 'test')
