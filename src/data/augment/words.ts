/** A text in pieces that join to it again. */
export interface Piece {
  readonly text: string
  /** Else it is what stands between words: white space, punctuation, emoji. */
  readonly word: boolean
}

const segmenter = new Intl.Segmenter('und', { granularity: 'word' })

/** Words by Unicode's rules and, where a script has no spaces (Chinese, Japanese, Thai), by ICU's dictionaries. */
export const pieces = (text: string): Piece[] =>
  Array.from(segmenter.segment(text), ({ segment, isWordLike }) => ({
    text: segment,
    word: isWordLike === true,
  }))

export const joinPieces = (parts: readonly Piece[]): string => parts.map((part) => part.text).join('')

/** Written without spaces between words. */
export const isUnspaced = (word: string): boolean =>
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u.test(
    word,
  )
