import * as v from 'valibot'

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

/** `evaluation.json` of a run. */
export const RunEvaluation = v.object({
  schema: v.literal(1),
  labels: v.array(v.string()),
  valid: Evaluation,
  test: Evaluation,
  /** On the test rows. */
  before: Before,
  /** Largest difference between the trainer's and the exported file's probabilities over the test rows. */
  export_difference: v.number(),
})
export type RunEvaluation = v.InferOutput<typeof RunEvaluation>

/** A line of `predictions.jsonl`: one test row. */
export const TestPrediction = v.object({
  /** 1-based, as in the file it came from, the header not counted. */
  row: v.number(),
  text: v.string(),
  label: v.string(),
  predicted: v.string(),
  probabilities: v.record(v.string(), v.number()),
})
export type TestPrediction = v.InferOutput<typeof TestPrediction>
