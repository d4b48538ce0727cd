import { join } from 'node:path'
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers'
import * as v from 'valibot'
import type { ModelText } from '../../data/model-text.ts'
import type { Step } from '../../shared/clean-steps.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { withCleaning } from './cleaning.ts'
import { frameOf } from './frame.ts'
import { readJsonFile } from './json-file.ts'
import { readLong } from './long.ts'
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

/** Longer than any text model's input: written by transformers where it knows no limit (1e30). */
const NO_LIMIT = 1e7

export interface OpenTokenizer extends Tokenizer {
  /** The text of a token; null: there is no such id. */
  token(id: number): string | null
}

/**
 * The tokenizer of a folder in Hugging Face layout: `tokenizer.json`, and where they are there
 * `tokenizer_config.json`, `special_tokens_map.json` and `config.json`. Padding and truncation stored in
 * `tokenizer.json` have no effect.
 *
 * @param clean the steps to clean texts by instead of those that the folder's own training had; null: as it is
 */
export function openTokenizer(folder: string, clean: readonly Step[] | null = null): OpenTokenizer {
  const file = join(folder, 'tokenizer.json')
  const json = readJsonFile(file, TokenizerFile)
  if (json === null) {
    throw new UserError(
      t`${folder} holds no tokenizer.json. Choose a model with one, or save it there with tokenizer.save_pretrained().`,
    )
  }
  const config = readJsonFile(join(folder, 'tokenizer_config.json'), TokenizerConfig)
  const specials = readJsonFile(join(folder, 'special_tokens_map.json'), SpecialTokens)
  const model = readJsonFile(join(folder, 'config.json'), ModelConfig)

  const normalizer =
    clean === null ? json.normalizer : withCleaning(json.normalizer, model?.finesse_clean ?? [], clean)

  // The library takes the unknown token of a word-level model from tokenizer_config.json alone, and special
  // tokens as texts alone.
  const settings = { ...config, unk_token: json.model.unk_token ?? config?.unk_token ?? undefined }
  const tokenizer = ofLibrary(file, () => new HuggingFaceTokenizer({ ...json, normalizer }, settings))

  const id = (token: string | null | undefined): number | null =>
    token === null || token === undefined ? null : (tokenizer.token_to_id(token) ?? null)
  const eos = model?.eos_token_id
  const limits = [config?.model_max_length, model === null ? null : positionLimit(model)].filter(
    (limit): limit is number => typeof limit === 'number' && limit >= 1 && limit < NO_LIMIT,
  )
  const oneSegment = isRoberta(json.post_processor)
  const single = ofLibrary(file, () => frameOf(tokenizer, id, 1, oneSegment))
  const paired = ofLibrary(file, () => frameOf(tokenizer, id, 2, oneSegment))
  const idsOf = (text: string): number[] => ofLibrary(file, () => encodeText(tokenizer, text))

  const encode = (text: ModelText, maxLength: number): Encoded =>
    typeof text === 'string' ? single([idsOf(text)], maxLength) : paired(text.map(idsOf), maxLength)

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
    encode,
    encodeLong: (text, maxLength, long) =>
      typeof text === 'string' && long !== 'truncate'
        ? readLong(single, idsOf(text), maxLength, long)
        : [encode(text, maxLength)],
  }
}

/** The library checks little of the file, and some of it only when a text comes: what it throws is the file's fault. */
function ofLibrary<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof UserError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new UserError(t`${file} can't be used (${reason}). Choose a model with another tokenizer.`)
  }
}

const PostProcessor = v.looseObject({
  type: v.string(),
  processors: v.optional(v.array(v.looseObject({ type: v.string() })), []),
})

function isRoberta(processor: unknown): boolean {
  const parsed = v.safeParse(PostProcessor, processor)
  if (!parsed.success) return false
  const { type, processors } = parsed.output
  return [type, ...processors.map((one) => one.type)].includes('RobertaProcessing')
}

/** Ids of the text alone. Characters that a vocabulary without unknown token lacks are left out. */
function encodeText(tokenizer: HuggingFaceTokenizer, text: string): number[] {
  const { ids } = tokenizer.encode(text, { add_special_tokens: false })
  return ids.every(Number.isInteger) ? ids : ids.filter(Number.isInteger)
}
