import * as v from 'valibot'
import { RunOptions } from './config.ts'
import { TaskBefore, TaskScores } from './evaluation.ts'
import { RunStatus } from './run.ts'

/** Mean and standard deviation of the sample (divided by one less than the runs; 0 for a single run). */
export const Spread = v.object({ mean: v.number(), deviation: v.number() })
export type Spread = v.InferOutput<typeof Spread>

/** By the name of the score; null where some run does not define it. */
export const SpreadScores = v.record(v.string(), v.nullable(Spread))
export type SpreadScores = v.InferOutput<typeof SpreadScores>

/** One run of a series. */
export const SeriesRun = v.object({
  /** Of the run, in the series' folder. */
  folder: v.string(),
  seed: v.number(),
  /** The fold that it is tested on, from 1; null: no cross-validation. */
  fold: v.nullable(v.number()),
  /** `waiting`: not begun. */
  status: RunStatus,
  /** On its test rows; null until it is done. */
  test: v.nullable(TaskScores),
  before: v.nullable(TaskBefore),
})
export type SeriesRun = v.InferOutput<typeof SeriesRun>

/** Test scores over the runs that are done, and those of the simpler models by their names in `before`. */
export const SeriesSummary = v.object({
  /** Runs that are done. */
  runs: v.number(),
  test: SpreadScores,
  before: v.record(v.string(), SpreadScores),
})
export type SeriesSummary = v.InferOutput<typeof SeriesSummary>

/** `series.json`: the record of the runs of a cross-validation, of repeats, or of both. */
export const SeriesRecord = v.object({
  schema: v.literal(1),
  name: v.string(),
  status: RunStatus,
  /** ISO 8601, UTC. */
  created: v.string(),
  updated: v.string(),
  /** One line, when failed. */
  error: v.nullable(v.string()),
  /** As asked for; each run's own differ in `seed`, `fold` and `repeats`. */
  options: RunOptions,
  /** Of training rows, absolute. */
  files: v.array(v.string()),
  runs: v.array(SeriesRun),
  /** null until a run is done. */
  summary: v.nullable(SeriesSummary),
})
export type SeriesRecord = v.InferOutput<typeof SeriesRecord>

/** With `--json`, before the events of each run. */
export const SeriesRunEvent = v.object({
  event: v.literal('run'),
  number: v.number(),
  of: v.number(),
  seed: v.number(),
  fold: v.nullable(v.number()),
})
export type SeriesRunEvent = v.InferOutput<typeof SeriesRunEvent>

/** With `--json`, the last line of a series. */
export const SeriesDoneEvent = v.object({
  event: v.literal('series'),
  /** The series' folder. */
  series: v.string(),
  runs: v.array(SeriesRun),
  summary: SeriesSummary,
})
export type SeriesDoneEvent = v.InferOutput<typeof SeriesDoneEvent>
