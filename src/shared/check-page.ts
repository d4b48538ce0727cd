import * as v from 'valibot'
import { Phase } from './events.ts'
import { Roles } from './page.ts'
import { Suspect } from './suspect.ts'

/*
 * What the page that checks labels and the extension tell each other. The extension says what is, whole: a page that
 * was hidden and is built anew needs nothing but the newest message.
 */

export const Decision = v.variant('kind', [
  /** The suggested label is written. */
  v.object({ kind: v.literal('accept') }),
  /** Another one is. */
  v.object({ kind: v.literal('label'), label: v.string() }),
  v.object({ kind: v.literal('delete') }),
  /** The label is right. */
  v.object({ kind: v.literal('keep') }),
  /** Not now. */
  v.object({ kind: v.literal('skip') }),
])
export type Decision = v.InferOutput<typeof Decision>

/** Whether a decision is written into the file: until it is taken back, no other can be made. */
export const isWritten = ({ kind }: Decision): boolean => kind !== 'keep' && kind !== 'skip'

/** What the page keeps over hiding and reloading. */
export const CheckedFile = v.object({
  /** Absolute path. */
  file: v.string(),
  /** null: the columns are found. */
  roles: v.nullable(Roles),
})
export type CheckedFile = v.InferOutput<typeof CheckedFile>

/** A decision as the page lists it. */
export const Decided = v.object({
  index: v.number(),
  row: v.number(),
  /** Its beginning. */
  text: v.string(),
  given: v.string(),
  suggested: v.string(),
  decision: Decision,
})
export type Decided = v.InferOutput<typeof Decided>

export const Queue = v.object({
  type: v.literal('queue'),
  /** Rows of the file that were looked at. */
  rows: v.number(),
  total: v.number(),
  /** Of the file, in their order. */
  labels: v.array(v.string()),
  /** The one in view; null: all are decided, or there was none. */
  item: v.nullable(v.object({ index: v.number(), row: v.number(), suspect: Suspect })),
  /** The newest first. */
  decided: v.array(Decided),
  /** What was done last, in a sentence; null: nothing yet. */
  said: v.nullable(v.string()),
  /** Why it was not done, in a line. */
  problem: v.nullable(v.string()),
})
export type Queue = v.InferOutput<typeof Queue>

export const ToCheck = v.variant('type', [
  v.object({ type: v.literal('begin'), name: v.string(), checked: CheckedFile }),
  /** `share`: of the whole search, from 0 to 1. null: it is not known yet. */
  v.object({
    type: v.literal('computing'),
    progress: v.nullable(v.object({ phase: Phase, share: v.number() })),
  }),
  /** There is no queue. */
  v.object({ type: v.literal('problem'), message: v.string() }),
  Queue,
])
export type ToCheck = v.InferOutput<typeof ToCheck>

export const FromCheck = v.variant('type', [
  v.object({ type: v.literal('ready') }),
  v.object({ type: v.literal('cancel') }),
  /** The rows are looked for anew. */
  v.object({ type: v.literal('check-again') }),
  v.object({ type: v.literal('decide'), index: v.number(), decision: Decision }),
  v.object({ type: v.literal('undo') }),
  /** Shows an item that was kept or skipped. */
  v.object({ type: v.literal('show'), index: v.number() }),
  v.object({ type: v.literal('train') }),
])
export type FromCheck = v.InferOutput<typeof FromCheck>
