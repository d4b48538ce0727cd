import type { Way } from '../../shared/augmentation.ts'
import type { Random } from '../random.ts'
import type { Synonyms } from './synonyms.ts'
import { canMistype, mistype } from './typos.ts'
import { isUnspaced, joinPieces, type Piece, pieces } from './words.ts'

/** What an augmentation may draw on. */
export interface Means {
  /** Of a text's words the share that is changed; one at least. */
  readonly share: number
  readonly synonyms: Synonyms
}

/** The text with some of its words changed in one way; the same text where it has no word for that. */
export const vary = (text: string, way: Way, { share, synonyms }: Means, random: Random): string => {
  const parts = pieces(text)
  const words = parts.flatMap((part, i) => (part.word ? [i] : []))
  const fitting = words.filter((i, nth) =>
    fits(way, parts[i]?.text ?? '', nth === words.length - 1, synonyms),
  )
  // A text is left at least one word.
  const most = way === 'deletion' ? words.length - 1 : fitting.length
  const wanted = Math.min(most, Math.max(1, Math.round(share * words.length)))
  // From the last to the first, so that places in front stay what they are.
  const chosen = random
    .shuffle([...fitting])
    .slice(0, Math.max(0, wanted))
    .sort((a, b) => b - a)
  for (const at of chosen) change(parts, at, way, synonyms, random)
  return joinPieces(parts)
}

const fits = (way: Way, word: string, last: boolean, synonyms: Synonyms): boolean => {
  switch (way) {
    case 'deletion':
    case 'duplication':
      return true
    case 'swap':
      return !last
    case 'synonym':
      return (synonyms.get(word.toLowerCase())?.length ?? 0) > 0
    case 'typo':
      return canMistype(word)
    case 'case':
      return word.toLowerCase() !== word.toUpperCase()
  }
}

const change = (parts: Piece[], at: number, way: Way, synonyms: Synonyms, random: Random): void => {
  const word = parts[at]?.text ?? ''
  const put = (text: string, place = at): void => {
    parts[place] = { text, word: true }
  }
  switch (way) {
    case 'deletion': {
      // One of the spaces around it goes too.
      if (isSpace(parts[at + 1])) parts.splice(at, 2)
      else if (isSpace(parts[at - 1])) parts.splice(at - 1, 2)
      else parts.splice(at, 1)
      return
    }
    case 'swap': {
      const next = parts.findIndex((part, i) => i > at && part.word)
      if (next < 0) return
      put(parts[next]?.text ?? '')
      put(word, next)
      return
    }
    case 'duplication':
      put(`${word}${isUnspaced(word) ? '' : ' '}${word}`)
      return
    case 'synonym': {
      const others = synonyms.get(word.toLowerCase()) ?? []
      put(asWritten(others[random.below(Math.max(1, others.length))] ?? word, word))
      return
    }
    case 'typo':
      put(mistype(word, random))
      return
    case 'case': {
      const forms = [word.toUpperCase(), word.toLowerCase(), capital(word.toLowerCase())]
      const others = [...new Set(forms)].filter((form) => form !== word)
      put(others[random.below(Math.max(1, others.length))] ?? word)
    }
  }
}

const isSpace = (part: Piece | undefined): boolean => part !== undefined && part.text.trim() === ''

const capital = (word: string): string => {
  const [first = '', ...rest] = word
  return first.toUpperCase() + rest.join('')
}

/** In capitals, or with a capital, where the word that it stands for is. */
const asWritten = (word: string, like: string): string => {
  if (like.length > 1 && like === like.toUpperCase() && like !== like.toLowerCase()) return word.toUpperCase()
  const [first = ''] = like
  return first !== first.toLowerCase() ? capital(word) : word
}
