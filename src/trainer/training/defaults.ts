import * as v from 'valibot'
import {
  loraRank,
  type Pooling,
  type ResolvedOptions,
  type ResolvedStrategy,
  type RunOptions,
  SettledOptions,
  type Strategy,
} from '../../shared/config.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import type { TextModel } from '../text/text-model.ts'
import type { Tokenizer } from '../text/tokenizer.ts'
import { warmupSteps } from './step/schedule.ts'
import { resolveTask } from './task.ts'

/** Rows are cut at this many tokens unless asked otherwise: attention grows with the square of the length. */
const LONGEST = 128

/** Tokens of a text that the model may read. */
export const lengthLimit = (
  options: Pick<RunOptions, 'max_length'>,
  tokenizer: Pick<Tokenizer, 'modelMaxLength'>,
): number => {
  const limit = tokenizer.modelMaxLength
  if (options.max_length === 'auto') return Math.min(LONGEST, limit ?? LONGEST)
  if (limit !== null && options.max_length > limit)
    throw new UserError(
      t`A maximum length of ${options.max_length} is more than the model reads: ${limit} tokens. Use ${limit} or less.`,
      'usage',
    )
  return options.max_length
}

/**
 * Decides every `auto` by the rules that docs/defaults.md explains.
 *
 * @param longest tokens of the longest row, cut at the limit
 */
export const resolveOptions = (
  options: RunOptions,
  model: TextModel,
  trainRows: number,
  longest: number,
): ResolvedOptions => {
  const layers = model.trunk.layers.length
  const isStatic = layers < 2
  const strategy = resolveStrategy(options.strategy, model)
  if (options.dropout > 0 && layers === 0 && strategy !== 'head')
    throw new UserError(
      t`A dropout of ${options.dropout} is for layers, and ${model.folder.id} has none. Use the dropout before the head.`,
      'usage',
    )
  // More rows than there are would only be padding.
  const batch = Math.min(options.batch === 'auto' ? (isStatic ? 32 : 16) : options.batch, trainRows)
  const steps = Math.ceil(trainRows / batch)
  const epochs = options.epochs === 'auto' ? defaultEpochs(isStatic, steps) : options.epochs
  const warmup = options.warmup === 'auto' ? 0.06 : options.warmup
  return {
    ...v.parse(SettledOptions, options),
    ...resolveTask(options),
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
    lr:
      options.lr === 'auto'
        ? defaultRate(options.optimiser, strategy, isStatic, model.trunk.width, batch)
        : options.lr,
    warmup_steps: warmupSteps(warmup, steps * epochs),
    max_length: longest,
    device: options.device === 'auto' ? 'cpu' : options.device,
  }
}

const resolveStrategy = (asked: Strategy, model: TextModel): ResolvedStrategy => {
  const layers = model.trunk.layers.length
  if (asked === 'auto') return layers < 2 ? 'full' : `last:${Math.ceil(layers / 2)}`
  if (asked === 'lora') return `lora:${LORA_RANK}`
  if (asked === 'head' || asked === 'full' || loraRank(asked) !== null) return asked
  const count = Number(asked.slice('last:'.length))
  if (count > layers)
    throw new UserError(
      t`The strategy ${asked} asks for ${count} layers, and ${model.folder.id} has ${layers}. Use last:${Math.max(1, layers)} or less, or full.`,
      'usage',
    )
  return asked
}

/** For a table of embeddings and little else. */
const STATIC_RATE = 2e-3

/** Of the additions to each layer where none is named. */
const LORA_RANK = 8

/** An addition begins at nothing, and of its two factors only one moves at first: its rate is larger. */
const LORA_FACTOR = 10

/** SGD does not divide by the size of gradients, which clipping keeps at 1 at most: its rate is larger. */
const SGD_FACTOR = 50

/** 2e-4 for a width of 384 and batches of 16: less for wider models, more for larger batches (square root rule). */
const layeredRate = (width: number, batch: number): number => {
  const rate = 2e-4 * (384 / width) ** 2 * Math.sqrt(batch / 16)
  return Number(Math.min(1e-3, Math.max(1e-5, rate)).toPrecision(2))
}

const defaultRate = (
  optimiser: RunOptions['optimiser'],
  strategy: ResolvedStrategy,
  isStatic: boolean,
  width: number,
  batch: number,
): number => {
  const whole = isStatic ? STATIC_RATE : layeredRate(width, batch)
  const rate = loraRank(strategy) === null ? whole : whole * LORA_FACTOR
  return optimiser === 'sgd' ? Number((rate * SGD_FACTOR).toPrecision(2)) : rate
}

const defaultEpochs = (isStatic: boolean, steps: number): number => {
  if (isStatic) return Math.min(30, Math.max(10, Math.ceil(300 / steps)))
  return Math.min(20, Math.max(3, Math.ceil(250 / steps)))
}

/** What the model's own files say; else the mean for encoders and the last token for decoders. */
export const defaultPooling = (model: TextModel): Pooling =>
  model.folder.pooling ?? (model.causal ? 'last' : 'mean')
