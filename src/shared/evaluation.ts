import * as v from 'valibot'
import { FileMeasure } from './compression.ts'
import { Calibration, Finding, Interval, Leaks, Paired, Slice } from './trust.ts'

/** What is known of a model on one set of rows; null where the set does not define it (AUC of a single class). */
export const Scores = v.object({
  accuracy: v.number(),
  f1_macro: v.number(),
  f1_weighted: v.number(),
  /** Binary: of the second label; else one-vs-rest, macro. */
  auc: v.nullable(v.number()),
  log_loss: v.number(),
})
export type Scores = v.InferOutput<typeof Scores>

export const ClassScores = v.object({
  label: v.string(),
  precision: v.number(),
  recall: v.number(),
  f1: v.number(),
  /** Rows that carry the label. */
  support: v.number(),
})
export type ClassScores = v.InferOutput<typeof ClassScores>

export const Evaluation = v.object({
  rows: v.number(),
  ...Scores.entries,
  precision_macro: v.number(),
  recall_macro: v.number(),
  precision_weighted: v.number(),
  recall_weighted: v.number(),
  classes: v.array(ClassScores),
  /** Rows: true label; columns: predicted label; both in the order of `classes`. */
  confusion: v.array(v.array(v.number())),
})
export type Evaluation = v.InferOutput<typeof Evaluation>

/** The simpler models that every report compares with; null: the n-gram model has but the first. */
export const Before = v.object({
  majority: Scores,
  ngram: v.nullable(Scores),
  probe: v.nullable(Scores),
})
export type Before = v.InferOutput<typeof Before>

/** What is known of a model of numbers on one set of rows; null where the set does not define it. */
export const RegressionScores = v.object({
  /** Mean squared error, its root, and mean absolute error: the latter two in the unit of the numbers. */
  mse: v.number(),
  rmse: v.number(),
  mae: v.number(),
  /** Share of the variance that is explained; null where all numbers are equal. */
  r2: v.nullable(v.number()),
  /** Correlation of the ranks; null where all numbers or all predictions are equal. */
  spearman: v.nullable(v.number()),
})
export type RegressionScores = v.InferOutput<typeof RegressionScores>

export const RegressionEvaluation = v.object({
  rows: v.number(),
  ...RegressionScores.entries,
  /** Absolute errors: half of the rows have no more, nine of ten have no more, none has more. */
  median_error: v.number(),
  p90_error: v.number(),
  max_error: v.number(),
})
export type RegressionEvaluation = v.InferOutput<typeof RegressionEvaluation>

/** The three models of numbers that every report compares with: `mean` always says the mean of the training rows. */
export const RegressionBefore = v.object({
  mean: RegressionScores,
  ngram: RegressionScores,
  probe: RegressionScores,
})
export type RegressionBefore = v.InferOutput<typeof RegressionBefore>

/** Scores of either task. */
export const TaskScores = v.union([Scores, RegressionScores])
export type TaskScores = v.InferOutput<typeof TaskScores>

export const TaskBefore = v.union([Before, RegressionBefore])
export type TaskBefore = v.InferOutput<typeof TaskBefore>

/** `evaluation.json` of a run that predicts numbers. */
export const RegressionRunEvaluation = v.object({
  schema: v.literal(2),
  task: v.literal('regress'),
  /** Of the training rows, in which differences are judged. */
  target: v.object({ mean: v.number(), deviation: v.number() }),
  valid: RegressionEvaluation,
  test: RegressionEvaluation,
  /** On the test rows. */
  before: RegressionBefore,
  /** Largest difference between the trainer's and the exported file's numbers over the test rows, in deviations. */
  export_difference: v.number(),
  /** Of the scores on the test rows, by their names. */
  intervals: v.optional(v.record(v.string(), Interval)),
  findings: v.optional(v.array(Finding)),
})
export type RegressionRunEvaluation = v.InferOutput<typeof RegressionRunEvaluation>

/** A line of `predictions.jsonl` of a run that predicts numbers: one test row. */
export const RegressionPrediction = v.object({
  row: v.number(),
  /** As in a line of labels. */
  file: v.optional(v.number()),
  text: v.string(),
  text_pair: v.optional(v.string()),
  /** The number that the file has. */
  target: v.number(),
  value: v.number(),
})
export type RegressionPrediction = v.InferOutput<typeof RegressionPrediction>

/** `evaluation.json` of a run that predicts labels. */
export const RunEvaluation = v.object({
  schema: v.literal(1),
  labels: v.array(v.string()),
  valid: Evaluation,
  test: Evaluation,
  /** On the test rows. */
  before: Before,
  /** Largest difference between the trainer's and the exported file's probabilities over the test rows. */
  export_difference: v.number(),
  /** Of a run with `compress`: the fp32 file and the smaller ones beside it. */
  files: v.optional(v.array(FileMeasure)),
  /** Where texts were too long: of how many, how many were cut, and the share of all tokens that was not read. */
  cut: v.optional(v.object({ texts: v.number(), cut: v.number(), share: v.number() })),
  /** Of the scores on the test rows, by their names. Runs of older versions have this and what follows not. */
  intervals: v.optional(v.record(v.string(), Interval)),
  /** The run's model and each simpler one, by the name in `before`, on the test rows. */
  paired: v.optional(v.record(v.string(), Paired)),
  calibration: v.optional(Calibration),
  leaks: v.optional(Leaks),
  /** The weakest first. */
  slices: v.optional(v.array(Slice)),
  findings: v.optional(v.array(Finding)),
})
export type RunEvaluation = v.InferOutput<typeof RunEvaluation>

/** A line of `predictions.jsonl`: one test row. */
export const TestPrediction = v.object({
  /** 1-based, as in the file it came from, the header not counted. */
  row: v.number(),
  /** Which of several files it came from, counted from 1. */
  file: v.optional(v.number()),
  text: v.string(),
  /** The second text of a pair. */
  text_pair: v.optional(v.string()),
  label: v.string(),
  predicted: v.string(),
  probabilities: v.record(v.string(), v.number()),
  /** What stands in the file's other columns that hold few values, by their names. */
  columns: v.optional(v.record(v.string(), v.string())),
  /** The text is longer than the model reads. */
  cut: v.optional(v.boolean()),
})
export type TestPrediction = v.InferOutput<typeof TestPrediction>
