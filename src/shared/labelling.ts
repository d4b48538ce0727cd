import * as v from 'valibot'

/*
 * What the labelling page and the extension tell each other. The extension holds the session and says all of it after
 * each change, and keeps it too, so that it is there again after a reload of the window.
 */

/** A record at the end of a file, so that it can be told from what came there later. */
export const Appended = v.object({
  /** Where its bytes begin; those of a line break that was missing before it are among them. */
  start: v.number(),
  bytes: v.number(),
  /** Of its bytes, in hexadecimal. */
  sha256: v.string(),
})
export type Appended = v.InferOutput<typeof Appended>

export const Decision = v.variant('is', [
  v.object({ is: v.literal('open') }),
  v.object({ is: v.literal('skipped') }),
  v.object({ is: v.literal('labelled'), label: v.string(), appended: Appended }),
])
export type Decision = v.InferOutput<typeof Decision>

/** A text with what the model suggests; null: no model was asked. */
export const LabellingItem = v.object({
  row: v.number(),
  text: v.string(),
  label: v.nullable(v.string()),
  probability: v.nullable(v.number()),
  decision: Decision,
})
export type LabellingItem = v.InferOutput<typeof LabellingItem>

/** The file that labelled texts are added to, and its columns. */
export const LabellingTarget = v.object({
  path: v.string(),
  text: v.string(),
  label: v.string(),
  split: v.nullable(v.string()),
})
export type LabellingTarget = v.InferOutput<typeof LabellingTarget>

export const LabellingSession = v.object({
  /** The file of the texts. */
  source: v.string(),
  /** Folder of the run whose model is asked; null: none. */
  run: v.nullable(v.string()),
  target: LabellingTarget,
  /** In the order of the keys. */
  labels: v.array(v.string()),
  items: v.array(LabellingItem),
  /** Items that were decided, the last one last. */
  order: v.array(v.number()),
  /** Texts that were labelled in the rounds before this one. */
  before: v.number(),
})
export type LabellingSession = v.InferOutput<typeof LabellingSession>

/** What a page remembers: whose session it shows. */
export const LabellingPage = v.object({ source: v.string() })
export type LabellingPage = v.InferOutput<typeof LabellingPage>

export const ToLabelling = v.variant('type', [
  /** Texts are being chosen. */
  v.object({ type: v.literal('choosing') }),
  v.object({ type: v.literal('session'), session: LabellingSession }),
  /** What was asked last was not done. */
  v.object({ type: v.literal('problem'), message: v.string() }),
])
export type ToLabelling = v.InferOutput<typeof ToLabelling>

const item = v.pipe(v.number(), v.integer(), v.minValue(0))

export const FromLabelling = v.variant('type', [
  v.object({ type: v.literal('ready') }),
  v.object({ type: v.literal('label'), item, label: v.pipe(v.string(), v.trim(), v.minLength(1)) }),
  v.object({ type: v.literal('skip'), item }),
  v.object({ type: v.literal('undo') }),
  /** Chooses further texts. */
  v.object({ type: v.literal('more') }),
  v.object({ type: v.literal('train') }),
])
export type FromLabelling = v.InferOutput<typeof FromLabelling>

/** The item that waits for a decision; -1: none does. */
export const openItem = ({ items }: LabellingSession): number =>
  items.findIndex(({ decision }) => decision.is === 'open')

export const labelledCount = ({ items, before }: LabellingSession): number =>
  before + items.filter(({ decision }) => decision.is === 'labelled').length
