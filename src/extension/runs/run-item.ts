import type { Phase, RunEvent } from '../../shared/events.ts'
import { isActive, type RunRecord } from '../../shared/run.ts'

/** Where a run that is alive stands, by its last events. */
export interface LiveProgress {
  readonly phase: Phase | null
  readonly epoch: number
  readonly step: number
}

/** A folder among the runs. */
export interface RunItem {
  /** Absolute path of the run's folder. */
  readonly path: string
  /** null: it can't be read, and `problem` says why in one line. */
  readonly record: RunRecord | null
  readonly problem: string | null
  /** Whether a process trains it now. */
  readonly alive: boolean
  /** null: not alive, or nothing was told yet. */
  readonly live: LiveProgress | null
}

/** What a run is now, record and sign of life taken together. `crashed`: the record says it runs, and nobody trains it. */
export type RunState =
  | 'damaged'
  | 'waiting'
  | 'running'
  | 'paused'
  | 'crashed'
  | 'interrupted'
  | 'failed'
  | 'done'

export { isActive }

export function stateOf({ record, alive }: Pick<RunItem, 'record' | 'alive'>): RunState {
  if (record === null) return 'damaged'
  return isActive(record) && !alive ? 'crashed' : record.status
}

/** Progress as it stands after some more events. */
export function advanced(live: LiveProgress | null, events: readonly RunEvent[]): LiveProgress {
  let { phase, epoch, step } = live ?? { phase: null, epoch: 0, step: 0 }
  for (const event of events) {
    if (event.event === 'phase') phase = event.phase
    else if (event.event === 'step' || event.event === 'epoch') ({ epoch, step } = event)
  }
  return { phase, epoch, step }
}
