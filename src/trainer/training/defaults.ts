import type { Pooling, ResolvedOptions, RunOptions, Strategy } from '../../shared/config.ts'
import { UserError } from '../../shared/error.ts'
import type { TextModel } from '../text/text-model.ts'
import { warmupSteps } from './schedule.ts'

/** What the defaults depend on. */
export interface Circumstances {
  readonly model: TextModel
  readonly trainRows: number
  /** Tokens of every row, before any cut. */
  readonly lengths: readonly number[]
}

/** Rows are cut at this many tokens unless asked otherwise: attention grows with the square of the length. */
const LONGEST = 128

/** Decides every `auto` by the rules that docs/defaults.md explains. */
export const resolveOptions = (
  options: RunOptions,
  { model, trainRows, lengths }: Circumstances,
): ResolvedOptions => {
  const layers = model.trunk.layers.length
  const isStatic = layers < 2
  const strategy = resolveStrategy(options.strategy, model)
  // More rows than there are would only be padding.
  const batch = Math.min(options.batch === 'auto' ? 16 : options.batch, trainRows)
  const steps = Math.ceil(trainRows / batch)
  const epochs = options.epochs === 'auto' ? defaultEpochs(isStatic, steps) : options.epochs
  const warmup = options.warmup === 'auto' ? 0.06 : options.warmup
  const limit = model.tokenizer.modelMaxLength
  const longest = lengths.reduce((most, length) => Math.max(most, length), 1)
  const wanted = options.max_length === 'auto' ? Math.min(LONGEST, limit ?? LONGEST) : options.max_length
  if (limit !== null && wanted > limit)
    throw new UserError(
      `--max-length ${wanted} is more than the model reads: ${limit} tokens. Use ${limit} or less.`,
      'usage',
    )
  return {
    strategy,
    embeddings:
      options.embeddings === 'auto'
        ? isStatic && strategy === 'full'
          ? 'touched'
          : 'frozen'
        : options.embeddings,
    pooling: options.pooling === 'auto' ? defaultPooling(model) : options.pooling,
    epochs,
    batch,
    lr: options.lr === 'auto' ? (isStatic ? 1e-3 : 1e-4) : options.lr,
    warmup_steps: warmupSteps(warmup, steps * epochs),
    weight_decay: options.weight_decay,
    clip: options.clip,
    max_length: Math.min(wanted, Math.max(8, longest)),
    metric: options.metric,
    patience: options.patience,
    cache_mb: options.cache_mb,
    seed: options.seed,
    device: options.device === 'auto' ? 'cpu' : options.device,
  }
}

const resolveStrategy = (asked: Strategy, model: TextModel): Exclude<Strategy, 'auto'> => {
  const layers = model.trunk.layers.length
  if (asked === 'auto') return layers < 2 ? 'full' : `last:${Math.ceil(layers / 2)}`
  if (asked === 'head' || asked === 'full') return asked
  const count = Number(asked.slice('last:'.length))
  if (count > layers)
    throw new UserError(
      `--strategy ${asked} asks for ${count} layers, and ${model.folder.id} has ${layers}. Use last:${Math.max(1, layers)} or less, or full.`,
      'usage',
    )
  return asked
}

const defaultEpochs = (isStatic: boolean, steps: number): number => {
  if (isStatic) return Math.min(30, Math.max(8, Math.ceil(4000 / steps)))
  return Math.min(20, Math.max(3, Math.ceil(250 / steps)))
}

/** What the model's own files say; else the mean for encoders and the last token for decoders. */
const defaultPooling = (model: TextModel): Pooling => model.folder.pooling ?? (model.causal ? 'last' : 'mean')
