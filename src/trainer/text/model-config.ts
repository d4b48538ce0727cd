import * as v from 'valibot'
import { LONG } from '../../shared/config.ts'

const count = v.nullish(v.number())

/** `config.json` of a model: the fields that Finesse reads; all others are kept as they are. */
export const ModelConfig = v.looseObject({
  model_type: v.nullish(v.string()),
  architectures: v.nullish(v.array(v.string())),
  hidden_size: count,
  vocab_size: count,
  pad_token_id: count,
  eos_token_id: v.nullish(v.union([v.number(), v.array(v.number())])),
  max_position_embeddings: count,
  n_positions: count,
  id2label: v.nullish(v.record(v.string(), v.string())),
  problem_type: v.nullish(v.string()),
  /** Written by Finesse: the model that this one was trained from. */
  finesse_base_model: v.nullish(v.string()),
  /** Written by Finesse: how the exported graph pools, so that training can go on from it. */
  finesse_pooling: v.nullish(v.picklist(['mean', 'cls', 'last'])),
  /** Written by Finesse: how long texts are read, where that is not by their beginning. */
  finesse_long: v.nullish(v.picklist(LONG)),
  /** Written by Finesse: the columns of the two texts that the model reads as a pair. */
  finesse_pair: v.nullish(v.tuple([v.string(), v.string()])),
  /** Written by Finesse: the probability below which an answer is called unsure. */
  finesse_unsure: count,
  /** Written by Finesse: the cleaning steps that the tokenizer's normalizer begins with. */
  finesse_clean: v.nullish(v.array(v.string())),
})
export type ModelConfig = v.InferOutput<typeof ModelConfig>

/** Positions of these start behind the padding token's id, so that their table has that many rows more. */
const OFFSET_POSITIONS = new Set([
  'camembert',
  'data2vec-text',
  'ibert',
  'longformer',
  'mpnet',
  'roberta',
  'roberta-prelayernorm',
  'xlm-roberta',
  'xlm-roberta-xl',
  'xmod',
])

/** These have no position table; their `n_positions` is only what they were trained with. */
const RELATIVE_POSITIONS = new Set(['t5', 'mt5', 'umt5', 'longt5'])

/** Tokens for which the model has positions, special tokens included; null when the configuration has no limit. */
export function positionLimit(config: ModelConfig): number | null {
  const type = config.model_type ?? ''
  if (RELATIVE_POSITIONS.has(type)) return null
  const positions = config.max_position_embeddings ?? config.n_positions ?? null
  if (positions === null || positions < 1) return null
  return OFFSET_POSITIONS.has(type) ? positions - (config.pad_token_id ?? 1) - 1 : positions
}
