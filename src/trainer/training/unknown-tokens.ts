import type { Encoded, Tokenizer } from '../text/tokenizer.ts'
import type { Inputs } from './inputs.ts'

/** Above this share of unknown tokens in the training texts an encoder is taken not to read their language. */
export const MOST_UNKNOWN = 0.03

/** Share of the tokens of the training texts that the model's vocabulary lacks. */
export const unknownShare = ({ data, model, encoded, windows }: Inputs): number => {
  // The training rows are the first.
  const rows = data.parts.train.length
  return unknownShareOf(encoded.slice(0, windows?.[rows] ?? rows), model.tokenizer.unknownId)
}

/** Share of the tokens of some texts that are the one for what the vocabulary lacks. */
export const unknownShareOf = (
  encoded: readonly Pick<Encoded, 'ids'>[],
  unknownId: Tokenizer['unknownId'],
): number => {
  let tokens = 0
  let unknown = 0
  for (const { ids } of encoded) {
    tokens += ids.length
    for (const id of ids) if (id === unknownId) unknown++
  }
  return tokens === 0 ? 0 : unknown / tokens
}
