import type { ModelText } from '../../data/model-text.ts'
import type { Long } from '../../shared/config.ts'

/** A text as the model reads it. */
export interface Encoded {
  /** Token ids, special tokens included, cut at the maximum length; no padding. */
  readonly ids: Int32Array
  /** Segment of each token; of a pair as its tokenizer says, 0 for a single text. */
  readonly types: Int32Array
  /** Tokens before the cut. */
  readonly length: number
}

export interface Tokenizer {
  /** A pair is cut as `longest_first` does: the longer text first, then both alike. */
  encode(text: ModelText, maxLength: number): Encoded
  /**
   * What is read of a text where it may be too long: one input, or with `windows` as many as cover it. Of a pair
   * only its truncation is known.
   */
  encodeLong(text: ModelText, maxLength: number, long: Long): readonly Encoded[]
  readonly padId: number
  /** null: the tokenizer has no token for what it does not know. */
  readonly unknownId: number | null
  /** Longest text the model was made for, where its files say so. */
  readonly modelMaxLength: number | null
}
