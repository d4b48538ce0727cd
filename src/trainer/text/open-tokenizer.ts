import { join } from 'node:path'
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers'
import * as v from 'valibot'
import { UserError } from '../../shared/error.ts'
import { readJsonFile } from './json-file.ts'
import { ModelConfig, positionLimit } from './model-config.ts'
import type { Encoded, Tokenizer } from './tokenizer.ts'

const TokenizerFile = v.looseObject({
  added_tokens: v.optional(v.array(v.looseObject({ id: v.number(), content: v.string() })), []),
  normalizer: v.optional(v.unknown(), null),
  pre_tokenizer: v.optional(v.unknown(), null),
  post_processor: v.optional(v.unknown(), null),
  decoder: v.optional(v.unknown(), null),
  model: v.looseObject({
    type: v.optional(v.string()),
    unk_token: v.nullish(v.string()),
    unk_id: v.nullish(v.number()),
  }),
})

/** A special token is written as its text, or as an object with the text in `content`. */
const Token = v.pipe(
  v.nullish(v.union([v.string(), v.looseObject({ content: v.string() })])),
  v.transform((token) => (typeof token === 'object' ? (token?.content ?? null) : (token ?? null))),
)

const SpecialTokens = v.looseObject({ pad_token: Token, eos_token: Token, unk_token: Token })
const TokenizerConfig = v.looseObject({ ...SpecialTokens.entries, model_max_length: v.nullish(v.number()) })

/** What the post-processor returns; `token_type_ids` is left out by those that know no segments. */
const Processed = v.looseObject({
  tokens: v.array(v.string()),
  token_type_ids: v.optional(v.array(v.number())),
})

/** Longer than any text model's input: written by transformers where it knows no limit (1e30). */
const NO_LIMIT = 1e7

/** A token that no vocabulary holds: marks where the post-processor puts the text. */
const TEXT_MARK = '\u0000text\u0000'

export interface OpenTokenizer extends Tokenizer {
  /** The text of a token; null: there is no such id. */
  token(id: number): string | null
}

/**
 * The tokenizer of a folder in Hugging Face layout: `tokenizer.json`, and where they are there
 * `tokenizer_config.json`, `special_tokens_map.json` and `config.json`. Padding and truncation stored in
 * `tokenizer.json` have no effect.
 */
export function openTokenizer(folder: string): OpenTokenizer {
  const file = join(folder, 'tokenizer.json')
  const json = readJsonFile(file, TokenizerFile)
  if (json === null) {
    throw new UserError(
      `${folder} holds no tokenizer.json. Choose a model with one, or save it there with tokenizer.save_pretrained().`,
    )
  }
  const config = readJsonFile(join(folder, 'tokenizer_config.json'), TokenizerConfig)
  const specials = readJsonFile(join(folder, 'special_tokens_map.json'), SpecialTokens)
  const model = readJsonFile(join(folder, 'config.json'), ModelConfig)

  let tokenizer: HuggingFaceTokenizer
  try {
    // The library takes the unknown token of a word-level model from tokenizer_config.json alone, and special
    // tokens as texts alone.
    tokenizer = new HuggingFaceTokenizer(json, {
      ...config,
      unk_token: json.model.unk_token ?? config?.unk_token ?? undefined,
    })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UserError(`${file} can't be used (${reason}). Choose a model with another tokenizer.`)
  }

  const id = (token: string | null | undefined): number | null =>
    token === null || token === undefined ? null : (tokenizer.token_to_id(token) ?? null)
  const eos = model?.eos_token_id
  const limits = [config?.model_max_length, model === null ? null : positionLimit(model)].filter(
    (limit): limit is number => typeof limit === 'number' && limit >= 1 && limit < NO_LIMIT,
  )
  const frame = textFrame(tokenizer, id)

  return {
    padId:
      id(config?.pad_token) ??
      id(specials?.pad_token) ??
      model?.pad_token_id ??
      id(config?.eos_token) ??
      id(specials?.eos_token) ??
      (Array.isArray(eos) ? eos[0] : eos) ??
      0,
    unknownId: json.model.unk_id ?? id(json.model.unk_token),
    modelMaxLength: limits.length === 0 ? null : Math.min(...limits),
    token: (at) => tokenizer.id_to_token(at) ?? null,
    encode: (text, maxLength) => frame(encodeText(tokenizer, text), maxLength),
  }
}

/** Ids of the text alone. Characters that a vocabulary without unknown token lacks are left out. */
function encodeText(tokenizer: HuggingFaceTokenizer, text: string): number[] {
  const { ids } = tokenizer.encode(text, { add_special_tokens: false })
  return ids.every(Number.isInteger) ? ids : ids.filter(Number.isInteger)
}

/**
 * How a text's ids become a model's input: the special tokens that the post-processor puts before and behind
 * it, asked once. Special tokens are never cut.
 */
function textFrame(
  tokenizer: HuggingFaceTokenizer,
  id: (token: string) => number | null,
): (text: readonly number[], maxLength: number) => Encoded {
  const { tokens, token_type_ids } = v.parse(
    Processed,
    tokenizer.post_processor?.([TEXT_MARK], null, true) ?? { tokens: [TEXT_MARK] },
  )
  const mark = tokens.indexOf(TEXT_MARK)
  const ids = tokens.map((token) => id(token) ?? 0)
  const types = token_type_ids ?? tokens.map(() => 0)
  const before = ids.slice(0, mark)
  const after = ids.slice(mark + 1)
  const special = before.length + after.length

  return (text, maxLength) => {
    if (maxLength <= special) {
      throw new UserError(
        `A maximum length of ${maxLength} leaves no room for text beside the ${special} special tokens of this model. Set --max-length to ${special + 1} or more.`,
        'usage',
      )
    }
    const kept = Math.min(text.length, maxLength - special)
    const encoded = new Int32Array(kept + special)
    encoded.set(before)
    for (let i = 0; i < kept; i++) encoded[before.length + i] = text[i] ?? 0
    encoded.set(after, before.length + kept)
    const segments = new Int32Array(kept + special)
    segments.set(types.slice(0, mark))
    segments.fill(types[mark] ?? 0, mark, mark + kept)
    segments.set(types.slice(mark + 1), mark + kept)
    return { ids: encoded, types: segments, length: text.length + special }
  }
}
