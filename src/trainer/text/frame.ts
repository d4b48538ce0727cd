import type { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers'
import * as v from 'valibot'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import type { Encoded } from './tokenizer.ts'

/** What the post-processor returns; `token_type_ids` is left out by those that know no segments. */
const Processed = v.looseObject({
  tokens: v.array(v.string()),
  token_type_ids: v.optional(v.array(v.number())),
})

/** Tokens that no vocabulary holds: mark where the post-processor puts the texts. */
const MARKS = ['\u0000text\u0000', '\u0000pair\u0000'] as const

/** A piece of the model's input: a special token, or the place of a text. */
interface Piece {
  /** Index of the text; null: a special token. */
  readonly text: number | null
  readonly id: number
  readonly type: number
}

/** Builds a model's input from the ids of one text or of two; special tokens are never cut. */
export type Frame = (texts: readonly (readonly number[])[], maxLength: number) => Encoded

/**
 * How the ids of one text (`texts` 1) or of a pair (2) become a model's input: the special tokens that the
 * post-processor puts around them and the segment of each, asked once.
 *
 * @param oneSegment whether all tokens are of segment 0, whatever the library says: so it is in RoBERTa's processing
 */
export function frameOf(
  tokenizer: HuggingFaceTokenizer,
  id: (token: string) => number | null,
  texts: 1 | 2,
  oneSegment: boolean,
): Frame {
  const pieces = piecesOf(tokenizer, id, texts, oneSegment)
  const special = pieces.filter(({ text }) => text === null).length

  return (parts, maxLength) => {
    const room = maxLength - special
    if (room < texts) {
      throw new UserError(
        t`A maximum length of ${maxLength} leaves no room for text beside the ${special} special tokens of this model. Set it to ${special + texts} or more.`,
        'usage',
      )
    }
    const kept = keptOf(
      parts.map(({ length }) => length),
      room,
    )
    const length = special + kept.reduce((sum, count) => sum + count, 0)
    const ids = new Int32Array(length)
    const types = new Int32Array(length)
    let at = 0
    for (const { text, id: token, type } of pieces) {
      const part = text === null ? [token] : (parts[text] ?? [])
      const count = text === null ? 1 : (kept[text] ?? 0)
      for (let i = 0; i < count; i++) ids[at + i] = part[i] ?? 0
      types.fill(type, at, at + count)
      at += count
    }
    return { ids, types, length: special + parts.reduce((sum, part) => sum + part.length, 0) }
  }
}

function piecesOf(
  tokenizer: HuggingFaceTokenizer,
  id: (token: string) => number | null,
  texts: 1 | 2,
  oneSegment: boolean,
): readonly Piece[] {
  const [first, second] = MARKS
  const processed = v.parse(
    Processed,
    tokenizer.post_processor?.([first], texts === 2 ? [second] : null, true) ?? { tokens: [first] },
  )
  const tokens = [...processed.tokens]
  const types = processed.token_type_ids ?? tokens.map(() => 0)
  // A processor that does not know pairs leaves the second text to be put behind the first.
  if (texts === 2 && !tokens.includes(second)) {
    tokens.push(second)
    types.push(1)
  }
  return tokens.map((token, i) => {
    const text = token === first ? 0 : token === second ? 1 : null
    return { text, id: id(token) ?? 0, type: oneSegment ? 0 : (types[i] ?? 0) }
  })
}

/**
 * How many tokens of each text are kept where all together may be `room`. Of a pair the longer text is cut first;
 * where the shorter one is longer than half, both are cut to half, the odd token going to the longer one. As
 * `longest_first` of Hugging Face's tokenizers does (src/utils/truncation.rs).
 */
export function keptOf(lengths: readonly number[], room: number): readonly number[] {
  const [a = 0, b] = lengths
  if (b === undefined) return [Math.min(a, room)]
  if (a + b <= room) return [a, b]
  const shorter = Math.min(a, b)
  const half = Math.floor(room / 2)
  const [short, long] = 2 * shorter > room ? [half, room - half] : [shorter, room - shorter]
  return a > b ? [long, short] : [short, long]
}
