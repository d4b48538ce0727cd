import * as v from 'valibot'

/*
 * What the table of a classified file and the extension tell each other. After `ready` the extension says `begin` and
 * then the rows as they come, from the first on.
 */

/** A unit of the file with what was predicted; `value` where the model predicts numbers. */
export const ClassifiedRow = v.object({
  /** 1-based. */
  line: v.number(),
  /** Long ones are cut. */
  text: v.string(),
  label: v.string(),
  probability: v.nullable(v.number()),
  value: v.nullable(v.number()),
  unsure: v.boolean(),
})
export type ClassifiedRow = v.InferOutput<typeof ClassifiedRow>

export const ToClassified = v.variant('type', [
  v.object({
    type: v.literal('begin'),
    file: v.string(),
    model: v.string(),
    total: v.number(),
  }),
  v.object({ type: v.literal('rows'), first: v.number(), rows: v.array(ClassifiedRow) }),
  /** The rows so far are all that come. */
  v.object({ type: v.literal('problem'), message: v.string() }),
])
export type ToClassified = v.InferOutput<typeof ToClassified>

/** Which rows are shown: all, those of a label, or those that are unsure. */
export const Shown = v.variant('of', [
  v.object({ of: v.literal('all') }),
  v.object({ of: v.literal('label'), label: v.string() }),
  v.object({ of: v.literal('unsure') }),
])
export type Shown = v.InferOutput<typeof Shown>

export const isShown = (row: ClassifiedRow, shown: Shown): boolean =>
  shown.of === 'all' || (shown.of === 'unsure' ? row.unsure : row.label === shown.label)

export const FromClassified = v.variant('type', [
  v.object({ type: v.literal('ready') }),
  v.object({ type: v.literal('open-line'), line: v.number() }),
  v.object({ type: v.literal('save'), shown: Shown }),
])
export type FromClassified = v.InferOutput<typeof FromClassified>
