import * as v from 'valibot'
import { UserError } from '../../../shared/error.ts'
import { t } from '../../../shared/l10n.ts'

const Ids = v.record(v.string(), v.number())
const WordPiece = v.looseObject({
  type: v.literal('WordPiece'),
  vocab: Ids,
  unk_token: v.nullish(v.string()),
  continuing_subword_prefix: v.nullish(v.string()),
})
const TokenizerFile = v.looseObject({
  added_tokens: v.optional(v.array(v.looseObject({ id: v.number() })), []),
  model: v.looseObject({ type: v.optional(v.string()) }),
  post_processor: v.optional(v.unknown(), null),
})

export interface TrimmedTokenizer {
  /** `tokenizer.json` with the tokens that are left, numbered anew in the old order. */
  readonly tokenizer: Readonly<Record<string, unknown>>
  /** The old ids of the tokens that are left: the new id of each is its place. */
  readonly kept: readonly number[]
}

/**
 * A WordPiece tokenizer without the tokens that are not needed: kept are the used ones, the special ones, and
 * every single character, so that no word of another text becomes unknown that was not. A word takes the longest
 * tokens there are, so that texts whose tokens are all kept are read as before.
 *
 * @param json the content of `tokenizer.json`
 * @param used ids that are needed
 * @throws UserError where the vocabulary is of another kind
 */
export const trimTokenizer = (json: unknown, used: ReadonlySet<number>): TrimmedTokenizer => {
  const file = v.parse(TokenizerFile, json)
  const model = v.safeParse(WordPiece, file.model)
  if (!model.success)
    throw new UserError(
      file.model.type === undefined
        ? t`Trimming the vocabulary: the tokenizer of this model is of an unknown kind; only WordPiece vocabularies are trimmed. Leave trim out.`
        : t`Trimming the vocabulary: the tokenizer of this model is ${file.model.type}; only WordPiece vocabularies are trimmed. Leave trim out.`,
    )
  const { vocab, unk_token, continuing_subword_prefix } = model.output
  const needed = new Set([
    ...used,
    ...file.added_tokens.map(({ id }) => id),
    ...processorIds(file.post_processor),
  ])
  const prefix = continuing_subword_prefix ?? '##'
  const isCharacter = (token: string): boolean =>
    [...(token.startsWith(prefix) ? token.slice(prefix.length) : token)].length === 1
  for (const [token, id] of Object.entries(vocab))
    if (token === unk_token || isCharacter(token)) needed.add(id)
  const kept = [...new Set([...Object.values(vocab), ...file.added_tokens.map(({ id }) => id)])]
    .filter((id) => needed.has(id))
    .sort((a, b) => a - b)
  const place = new Map(kept.map((id, at) => [id, at]))
  const renumbered = (id: number): number => place.get(id) ?? id
  return {
    kept,
    tokenizer: {
      ...file,
      added_tokens: file.added_tokens.map((token) => ({ ...token, id: renumbered(token.id) })),
      post_processor: mapProcessor(file.post_processor, renumbered),
      model: {
        ...model.output,
        vocab: Object.fromEntries(
          Object.entries(vocab)
            .filter(([, id]) => place.has(id))
            .map(([token, id]) => [token, renumbered(id)]),
        ),
      },
    },
  }
}

const Pair = v.tuple([v.string(), v.number()])
const Processor = v.looseObject({
  /** TemplateProcessing. */
  special_tokens: v.optional(v.record(v.string(), v.looseObject({ ids: v.array(v.number()) }))),
  /** BertProcessing and RobertaProcessing. */
  sep: v.optional(Pair),
  cls: v.optional(Pair),
  /** Sequence. */
  processors: v.optional(v.array(v.unknown())),
})

/** The post-processor with every token id replaced. */
const mapProcessor = (processor: unknown, change: (id: number) => number): unknown => {
  const parsed = v.safeParse(Processor, processor)
  if (!parsed.success) return processor
  const { special_tokens, sep, cls, processors } = parsed.output
  return {
    ...parsed.output,
    ...(special_tokens && {
      special_tokens: Object.fromEntries(
        Object.entries(special_tokens).map(([name, token]) => [
          name,
          { ...token, ids: token.ids.map(change) },
        ]),
      ),
    }),
    ...(sep && { sep: [sep[0], change(sep[1])] }),
    ...(cls && { cls: [cls[0], change(cls[1])] }),
    ...(processors && { processors: processors.map((one) => mapProcessor(one, change)) }),
  }
}

const processorIds = (processor: unknown): readonly number[] => {
  const ids: number[] = []
  mapProcessor(processor, (id) => {
    ids.push(id)
    return id
  })
  return ids
}
