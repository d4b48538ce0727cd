import * as v from 'valibot'
import { TaskBefore, TaskScores } from './evaluation.ts'

export const PHASES = ['data', 'model', 'ngram', 'trunk', 'probe', 'train', 'evaluate', 'export'] as const
export const Phase = v.picklist(PHASES)
export type Phase = v.InferOutput<typeof Phase>

/**
 * What a run tells while it goes: the lines of `metrics.jsonl`, and with `--json` of standard output.
 * `time` is in seconds since the run began, over all its sessions.
 */
export const RunEvent = v.variant('event', [
  v.object({ event: v.literal('phase'), time: v.number(), phase: Phase }),
  /** Something a person should know, in a sentence: what was found, chosen, cut or left out. */
  v.object({ event: v.literal('note'), time: v.number(), message: v.string() }),
  v.object({ event: v.literal('warning'), time: v.number(), message: v.string() }),
  v.object({
    event: v.literal('step'),
    time: v.number(),
    step: v.number(),
    epoch: v.number(),
    loss: v.number(),
    lr: v.number(),
    /** Before clipping. */
    gradient_norm: v.number(),
    tokens_per_second: v.number(),
  }),
  v.object({
    event: v.literal('epoch'),
    time: v.number(),
    step: v.number(),
    epoch: v.number(),
    train_loss: v.number(),
    valid: TaskScores,
    best: v.boolean(),
  }),
])
export type RunEvent = v.InferOutput<typeof RunEvent>

/**
 * The first line of `--json`: where the run is kept. It is there as soon as the folder is, and the process holds the
 * run's control socket. Never kept.
 */
export const StartedEvent = v.object({ event: v.literal('started'), run: v.string() })
export type StartedEvent = v.InferOutput<typeof StartedEvent>

/** While a run waits for its turn: how many trainings are before it, the one that runs included. Never kept. */
export const WaitingEvent = v.object({ event: v.literal('waiting'), place: v.number() })
export type WaitingEvent = v.InferOutput<typeof WaitingEvent>

/** The last line of `--json`. */
export const DoneEvent = v.object({
  event: v.literal('done'),
  run: v.string(),
  test: TaskScores,
  before: TaskBefore,
  /** When another model should be taken, where this one fails, and what is wrong with the run: a line each. */
  advice: v.optional(v.array(v.string()), []),
  seconds: v.number(),
  train_seconds: v.number(),
  peak_rss_mb: v.number(),
})
export type DoneEvent = v.InferOutput<typeof DoneEvent>

/** How far a phase is: for who watches now, never kept. `detail` is what to say beside the share, in words. */
export const ProgressEvent = v.object({
  event: v.literal('progress'),
  phase: Phase,
  done: v.number(),
  total: v.number(),
  detail: v.nullable(v.string()),
})
export type ProgressEvent = v.InferOutput<typeof ProgressEvent>

/** With `train --estimate`: what the training would take on this machine, of which the first steps were taken. */
export const EstimateEvent = v.object({
  event: v.literal('estimate'),
  /** Of wall time, for all epochs. */
  seconds: v.number(),
  steps: v.number(),
  measured_steps: v.number(),
  /** At its highest. */
  memory_mb: v.number(),
  /** While it trains. */
  disk_mb: v.number(),
})
export type EstimateEvent = v.InferOutput<typeof EstimateEvent>
