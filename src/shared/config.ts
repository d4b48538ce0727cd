import * as v from 'valibot'

/** How much of the model is trained. `last:N` trains the head and the N layers below it. */
export type Strategy = 'auto' | 'head' | 'full' | `last:${number}`
export type Pooling = 'mean' | 'cls' | 'last'

const positive = v.pipe(v.number(), v.minValue(Number.MIN_VALUE, 'must be above 0'))
const count = v.pipe(v.number(), v.integer('must be a whole number'), v.minValue(1, 'must be 1 or more'))

/** `auto` leaves the choice to the documented rule (docs/defaults.md). */
const autoOr = <T extends v.GenericSchema>(schema: T) => v.union([v.literal('auto'), schema])

const isStrategy = (value: unknown): boolean =>
  typeof value === 'string' && /^(auto|head|full|last:[1-9]\d*)$/.test(value)

/**
 * Every option of a run, by the name it has in `--set`, in a configuration file and in `run.json`, with its
 * default. The command line's flags are short forms of these.
 */
export const RunOptions = v.object({
  /** `embedded`, a folder in Hugging Face layout, a run's folder, or a hub name. */
  model: v.optional(v.string(), 'embedded'),
  text: v.optional(v.nullable(v.string()), null),
  label: v.optional(v.nullable(v.string()), null),
  valid: v.optional(v.nullable(v.string()), null),
  test: v.optional(v.nullable(v.string()), null),
  strategy: v.optional(v.custom<Strategy>(isStrategy, 'must be auto, head, full or last:N'), 'auto'),
  /** Embedding tables: left alone, or trained by the rows that a batch touches. */
  embeddings: v.optional(
    v.picklist(['auto', 'frozen', 'touched'], 'must be auto, frozen or touched'),
    'auto',
  ),
  pooling: v.optional(v.picklist(['auto', 'mean', 'cls', 'last'], 'must be auto, mean, cls or last'), 'auto'),
  epochs: v.optional(autoOr(count), 'auto'),
  /** Rows of one optimiser step. */
  batch: v.optional(autoOr(count), 'auto'),
  /** Peak learning rate. */
  lr: v.optional(autoOr(positive), 'auto'),
  /** Steps when 1 or more, a share of all steps when below 1. */
  warmup: v.optional(autoOr(v.pipe(v.number(), v.minValue(0, 'must be 0 or more'))), 'auto'),
  weight_decay: v.optional(v.pipe(v.number(), v.minValue(0, 'must be 0 or more')), 0.01),
  /** Largest global norm of a step's gradient. */
  clip: v.optional(positive, 1),
  /** Tokens of a text that the model reads; the rest is cut. */
  max_length: v.optional(autoOr(count), 'auto'),
  /** What validation chooses the best weights by. */
  metric: v.optional(
    v.picklist(['accuracy', 'f1_macro', 'log_loss'], 'must be accuracy, f1_macro or log_loss'),
    'accuracy',
  ),
  /** Epochs without a better validation before training stops. */
  patience: v.optional(count, 2),
  /** Disk that a run may use for activations computed once. */
  cache_mb: v.optional(v.pipe(v.number(), v.minValue(0, 'must be 0 or more')), 4096),
  seed: v.optional(
    v.pipe(v.number(), v.integer('must be a whole number'), v.minValue(0, 'must be 0 or more')),
    42,
  ),
  device: v.optional(v.picklist(['auto', 'cpu', 'webgpu'], 'must be auto, cpu or webgpu'), 'auto'),
})
export type RunOptions = v.InferOutput<typeof RunOptions>

/** The options with every `auto` decided, as the trainer used them. */
export const ResolvedOptions = v.object({
  strategy: v.custom<Exclude<Strategy, 'auto'>>((value) => isStrategy(value) && value !== 'auto'),
  embeddings: v.picklist(['frozen', 'touched']),
  pooling: v.picklist(['mean', 'cls', 'last']),
  epochs: v.number(),
  batch: v.number(),
  lr: v.number(),
  warmup_steps: v.number(),
  weight_decay: v.number(),
  clip: v.number(),
  max_length: v.number(),
  metric: v.picklist(['accuracy', 'f1_macro', 'log_loss']),
  patience: v.number(),
  cache_mb: v.number(),
  seed: v.number(),
  device: v.picklist(['cpu', 'webgpu']),
})
export type ResolvedOptions = v.InferOutput<typeof ResolvedOptions>
