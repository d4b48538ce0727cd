import * as v from 'valibot'

/** A row whose label may be wrong, as `finesse label-errors` finds it: a line of its JSON, the most doubtful first. */
export const Suspect = v.object({
  /** 1-based, as in the file it came from, the header not counted. */
  row: v.number(),
  /** Which of several files it came from, counted from 1. */
  file: v.optional(v.number()),
  /** As it stands in the file. */
  text: v.string(),
  /** The second text of a pair. */
  text_pair: v.optional(v.string()),
  /** The label in the file. */
  given: v.string(),
  /** The label that a model trained on other rows holds most likely; never the given one. */
  suggested: v.string(),
  /** Of the suggested label, by that model. */
  probability: v.number(),
  /** Of the given label, by that model. */
  given_probability: v.number(),
  /** From 0 (surely wrong) to 1: what the rows are ranked by. */
  score: v.number(),
  /** The rows most like it, the nearest first; its own text in other rows among them. */
  neighbours: v.array(
    v.object({
      row: v.number(),
      file: v.optional(v.number()),
      text: v.string(),
      text_pair: v.optional(v.string()),
      label: v.string(),
    }),
  ),
})
export type Suspect = v.InferOutput<typeof Suspect>

/** The first line of the JSON of `finesse label-errors`. */
export const SuspectCounts = v.object({
  /** Rows looked at: those with a text and a label. */
  rows: v.number(),
  /** How many lines follow. */
  suspects: v.number(),
  /** Estimated share of the rows whose label is wrong (confident learning's joint distribution). */
  wrong_share: v.number(),
  /** What gave the probabilities: `ngram`, or the id of a pretrained model. */
  model: v.string(),
  seconds: v.number(),
})
export type SuspectCounts = v.InferOutput<typeof SuspectCounts>
