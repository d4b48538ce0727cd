import type { Inputs } from './inputs.ts'

/** Above this share of unknown tokens in the training texts an encoder is taken not to read their language. */
export const MOST_UNKNOWN = 0.03

/** Share of the tokens of the training texts that the model's vocabulary lacks. */
export const unknownShare = ({ data, model, encoded, windows }: Inputs): number => {
  const { unknownId } = model.tokenizer
  let tokens = 0
  let unknown = 0
  // The training rows are the first.
  const rows = data.parts.train.length
  for (const { ids } of encoded.slice(0, windows?.[rows] ?? rows)) {
    tokens += ids.length
    for (const id of ids) if (id === unknownId) unknown++
  }
  return tokens === 0 ? 0 : unknown / tokens
}
