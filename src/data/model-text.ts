/** What a model reads of a row: a text, or two texts as a pair. */
export type ModelText = string | readonly [text: string, pair: string]

interface Texts {
  readonly text: string
  readonly pair?: string | undefined
}

export const textOf = ({ text, pair }: Texts): ModelText => (pair === undefined ? text : [text, pair])

/** Equal for rows of equal text (of two texts: where both are). */
export const textKey = ({ text, pair }: Texts): string =>
  // The length tells where the first ends.
  pair === undefined ? text : `${text.length} ${text}${pair}`

/** A pair as one text, for a model that knows no pairs. */
export const joined = (text: ModelText): string =>
  typeof text === 'string' ? text : `${text[0]}\n${text[1]}`
