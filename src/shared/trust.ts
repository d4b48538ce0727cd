import * as v from 'valibot'

/** Ends of a 95 % interval: what a score may well be on other rows of the same kind. */
export const Interval = v.tuple([v.number(), v.number()])
export type Interval = v.InferOutput<typeof Interval>

/** Two models on the same rows, by the rows that one alone has right, and McNemar's p (`mcnemar.ts`). */
export const Paired = v.object({
  /** Rows that this model has right and the other wrong. */
  better: v.number(),
  /** The other way about. */
  worse: v.number(),
  p: v.number(),
})
export type Paired = v.InferOutput<typeof Paired>

/** Why probabilities were left as they are: the validation rows are few, or of a label, or none is mistaken. */
export const Uncalibrated = v.picklist(['few-rows', 'few-of-label', 'no-mistake'])
export type Uncalibrated = v.InferOutput<typeof Uncalibrated>

/** How far probabilities can be believed, on the test rows. */
export const Calibration = v.object({
  /** What logits were divided by, fitted on the validation rows; the exported head holds it. */
  temperature: v.number(),
  /** Where the temperature is 1 for want of rows to fit it by. */
  unfitted: v.optional(Uncalibrated),
  /** Expected calibration error of the test rows, without the temperature and with it. */
  ece_before: v.number(),
  ece_after: v.number(),
  /** Of the test rows by their highest probability, with the temperature: bins that hold rows. */
  bins: v.array(
    v.object({
      from: v.number(),
      to: v.number(),
      rows: v.number(),
      /** Mean of the highest probability. */
      confidence: v.number(),
      accuracy: v.number(),
    }),
  ),
  /** Below `threshold` a prediction is called unsure: chosen on the validation rows for a wanted precision. */
  unsure: v.object({
    precision: v.number(),
    /** Null: no threshold reaches the precision. */
    threshold: v.nullable(v.number()),
    /** Of the test rows: the share that is not unsure, and how many of these are right; null where there are none. */
    coverage: v.number(),
    accuracy: v.nullable(v.number()),
  }),
})
export type Calibration = v.InferOutput<typeof Calibration>

/** Test rows that the model may know from training. */
export const Leaks = v.object({
  /** Test rows with an equal text, or one nearly equal, among the training or validation rows. */
  exact: v.number(),
  near: v.number(),
  /** Accuracy on the test rows that are left without them; null where none are. */
  accuracy_without: v.nullable(v.number()),
})
export type Leaks = v.InferOutput<typeof Leaks>

/** Some of the test rows that have something in common. */
export const Slice = v.object({
  kind: v.picklist(['length', 'language', 'column', 'word', 'cut']),
  /** The column's name where `kind` is `column`; else null. */
  column: v.nullable(v.string()),
  /** As `1-20` (words) for a length, a script's ISO 15924 code, a column's value, a word, or `cut`. */
  value: v.string(),
  rows: v.number(),
  accuracy: v.number(),
  /** Its accuracy less that of all other test rows. */
  difference: v.number(),
  /** Two-sided, corrected for how many slices were tried. */
  p: v.number(),
})
export type Slice = v.InferOutput<typeof Slice>

/** What curves and data say is wrong, by a documented rule, and the options that may mend it. */
export const Finding = v.object({
  rule: v.picklist([
    'over-fitting',
    'under-fitting',
    'rate-too-high',
    'dead-head',
    'imbalance',
    'too-little-data',
    'label-noise',
  ]),
  /** What the rule was decided by, by name. */
  figures: v.record(v.string(), v.number()),
  /** Options of the next run that differ from this one's; none where options do not mend it. */
  change: v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])),
})
export type Finding = v.InferOutput<typeof Finding>
