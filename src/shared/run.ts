import * as v from 'valibot'
import { ResolvedOptions, RunOptions } from './config.ts'
import { TaskScores } from './evaluation.ts'

/**
 * The newest schema that is read. A folder has the lowest that its readers need: 1, or 2 where the run predicts
 * numbers. Raised when a reader of an older version could misunderstand the folder.
 */
export const RUN_SCHEMA = 2

export const DataFile = v.object({
  /** Absolute. */
  path: v.string(),
  sha256: v.string(),
  rows: v.number(),
  /** SHA-256 of the corrections beside it, where there are any. */
  corrections: v.optional(v.string()),
})
export type DataFile = v.InferOutput<typeof DataFile>

/**
 * `waiting`: for another training on this machine to end; `paused`: until it is told to go on. These two and `running`
 * hold only while a process holds the run's control socket; without one the run was cut off.
 */
export const RunStatus = v.picklist(['waiting', 'running', 'paused', 'interrupted', 'failed', 'done'])
export type RunStatus = v.InferOutput<typeof RunStatus>

const EncoderBase = v.object({
  /** Records from before there was another kind do not name it. */
  kind: v.optional(v.literal('encoder'), 'encoder'),
  /** As asked for. */
  model: v.string(),
  /** Without a path: what an exported model says it was trained from. */
  id: v.string(),
  folder: v.string(),
  /** Of the ONNX file. */
  sha256: v.string(),
  /** SHA-256 of what else it is read from (tokenizer, tensors in other files), by name. */
  files: v.optional(v.record(v.string(), v.string()), {}),
  layers: v.number(),
  hidden: v.number(),
})

/** The n-gram model starts from nothing. */
const NgramBase = v.object({ kind: v.literal('ngram'), model: v.string(), id: v.string() })

/** What the model was made from. */
export const Base = v.union([NgramBase, EncoderBase])
export type Base = v.InferOutput<typeof Base>

/** Where a run was begun: what may change the last bits of its results. */
export const Machine = v.object({
  platform: v.string(),
  arch: v.string(),
  /** The processor's name. */
  cpu: v.string(),
  /** Vector instructions; empty where the system does not list them. */
  features: v.array(v.string()),
})
export type Machine = v.InferOutput<typeof Machine>

/** Whether the record speaks of a process at work. */
export const isActive = ({ status }: { readonly status: RunStatus }): boolean =>
  status === 'running' || status === 'paused' || status === 'waiting'

/** Runs of before `near_duplicates` divided such rows as they fell, and go on so. */
const RecordedOptions = v.pipe(
  v.looseObject({}),
  v.transform((options) => ({ near_duplicates: 'keep', ...options })),
  RunOptions,
)

/** `run.json`: the record of a run. The training process is its only writer. */
export const RunRecord = v.object({
  schema: v.picklist([1, RUN_SCHEMA]),
  name: v.string(),
  status: RunStatus,
  /** ISO 8601, UTC. */
  created: v.string(),
  updated: v.string(),
  /** One line, when failed. */
  error: v.nullable(v.string()),
  options: RecordedOptions,
  /** null until every `auto` is decided, and for the n-gram model, which has none. */
  resolved: v.nullable(ResolvedOptions),
  /** Milliseconds of a step by device, where the device was chosen by them; null where it failed. */
  device_step_ms: v.optional(v.record(v.string(), v.nullable(v.number()))),
  data: v.object({
    train: DataFile,
    /** Further files of training rows. */
    more: v.optional(v.array(DataFile), []),
    valid: v.nullable(DataFile),
    test: v.nullable(DataFile),
    /** The list that augmentation drew on; rows are its words. */
    synonyms: v.optional(v.nullable(DataFile), null),
    text: v.string(),
    label: v.string(),
    /** The column of the second text of a pair. */
    text_pair: v.optional(v.nullable(v.string()), null),
    /** Empty where numbers are predicted. */
    labels: v.array(v.string()),
    /** Of the numbers of the training rows; null where labels are predicted. */
    target: v.optional(v.nullable(v.object({ mean: v.number(), deviation: v.number() })), null),
    /** Rows of each part after the split. */
    split: v.object({ train: v.number(), valid: v.number(), test: v.number() }),
  }),
  base: Base,
  progress: v.object({ epoch: v.number(), step: v.number(), steps: v.number() }),
  /** Seconds of wall time over all sessions of the run, and of the training loop alone. */
  seconds: v.number(),
  train_seconds: v.number(),
  peak_rss_mb: v.number(),
  test: v.nullable(TaskScores),
  /** null in records from before it was kept. */
  machine: v.optional(v.nullable(Machine), null),
  versions: v.object({
    finesse: v.string(),
    node: v.string(),
    onnxruntime: v.string(),
    platform: v.string(),
    threads: v.number(),
  }),
})
export type RunRecord = v.InferOutput<typeof RunRecord>
