import type { ProgressEvent } from '../../src/shared/events.ts'
import type { RunMessage, RunRefusedMessage, RunState } from '../../src/shared/page-run.ts'
import type { RunRecord } from '../../src/shared/run.ts'
import { addEvents, type History, newHistory } from './history.ts'

/** All that the page knows of the run it shows. */
export interface RunView {
  readonly path: string
  readonly state: RunState
  readonly record: RunRecord | null
  readonly history: History
  /** How far its phase is; null where it does not say. */
  readonly progress: ProgressEvent | null
  /** What to add to the page's own clock (`performance.now()`, in seconds) for the run's; null: it stands still. */
  readonly clock: number | null
  readonly log: readonly string[]
  readonly problem: string | null
  /** Why the last request was not done; another object each time. null: it was, or the state has changed since. */
  readonly refusal: { readonly message: string; readonly canForce: boolean } | null
  /** Another with each message. */
  readonly version: number
}

export interface RunStore {
  /** null: no run is shown yet. */
  view(): RunView | null
  take(message: RunMessage | RunRefusedMessage): void
  /** Calls at most ten times a second while messages come; returns the end of it. */
  subscribe(listener: () => void): () => void
}

const REDRAW_MS = 100

/** Gathers the messages about a run. */
export const createRunStore = (): RunStore => {
  let view: RunView | null = null
  let timer: ReturnType<typeof setTimeout> | null = null
  let told = Number.NEGATIVE_INFINITY
  const listeners = new Set<() => void>()
  const tell = (): void => {
    timer = null
    told = performance.now()
    for (const listener of [...listeners]) listener()
  }
  const schedule = (): void => {
    if (timer === null) timer = setTimeout(tell, Math.max(0, told + REDRAW_MS - performance.now()))
  }
  return {
    view: () => view,
    take(message) {
      if (message.type === 'run-refused') {
        const { message: why, canForce } = message
        if (view) view = { ...view, refusal: { message: why, canForce }, version: view.version + 1 }
        schedule()
        return
      }
      const { path, state, record, reset, events, seconds, progress, log, problem } = message
      const isSame = view !== null && view.path === path && !reset
      const history = isSame && view ? view.history : newHistory()
      addEvents(history, events)
      const clock = seconds === null ? null : seconds - performance.now() / 1000
      const refusal = isSame && view?.state === state ? view.refusal : null
      const version = (view?.version ?? 0) + 1
      view = { path, state, record, history, progress, clock, log, problem, refusal, version }
      schedule()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** Seconds since the run began, by its own count. */
export const runSeconds = ({ clock, history, record }: RunView): number =>
  Math.max(history.time, record?.seconds ?? 0, clock === null ? 0 : clock + performance.now() / 1000)
