import * as v from 'valibot'
import { ProgressEvent } from './events.ts'

/** What another process asks of a run's control socket: one object a line. */
export const ControlRequest = v.object({
  /**
   * `stop`: finish the step, save, end as interrupted. `pause`: finish the step, save, and wait; `continue`: go on.
   * Asking for what already is changes nothing. `progress`: how far is the phase?
   */
  request: v.picklist(['stop', 'pause', 'continue', 'progress']),
})
export type ControlRequest = v.InferOutput<typeof ControlRequest>

/** The answer, one object a line, in the order of the requests. */
export const ControlReply = v.variant('ok', [
  v.object({
    ok: v.literal(true),
    /** Where it was asked for; null before the phase has told any. */
    progress: v.optional(v.nullable(ProgressEvent)),
  }),
  v.object({ ok: v.literal(false), error: v.string() }),
])
export type ControlReply = v.InferOutput<typeof ControlReply>
