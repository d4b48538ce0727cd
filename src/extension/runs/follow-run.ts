import type { Disposable } from 'vscode'
import { askProgress } from '../../run/control.ts'
import { readRecord } from '../../run/folder.ts'
import { UserError } from '../../shared/error.ts'
import type { ProgressEvent, RunEvent } from '../../shared/events.ts'
import type { RunRecord } from '../../shared/run.ts'
import { EventTail } from './tail-events.ts'
import { gathered, watchFolder } from './watch-folder.ts'

/** At most ten times a second: what a person can see. */
const SOONEST_MS = 100
const POLL_MS = 1000
const ALIVE_MS = 900

interface Life {
  readonly alive: boolean
  readonly progress: ProgressEvent | null
  /** When, and while the record said what. */
  readonly asked: number
  readonly status: string
}

/** What is new of a run. */
export interface RunChange {
  /** Those that are new since the last call. */
  readonly events: readonly RunEvent[]
  readonly record: RunRecord
  /** Whether a process trains the run now. */
  readonly alive: boolean
  /** How far its phase is, as it says about once a second; null where it does not. */
  readonly progress: ProgressEvent | null
  /**
   * What was told before does not count any more (a resumed run goes back to its checkpoint): `events` are all that
   * there are.
   */
  readonly isAnew: boolean
}

/**
 * Follows a run by its folder, from all of its events so far, until disposed. `onChange` is called when there are
 * new events, the record is another, its process came or went, or its phase went on. A folder that is damaged or gone
 * is silent;
 * `onProblem` is told, once for each problem.
 */
export function followRun(
  path: string,
  onChange: (change: RunChange) => void,
  onProblem: (message: string) => void = () => {},
): Disposable {
  const tail = new EventTail(path)
  let isDisposed = false
  let told: string | null = null
  let problem: string | null = null
  let life: Life = { asked: 0, status: '', alive: false, progress: null }
  /** Asked about once a second: it costs the trainer a connection. */
  const lifeNow = async ({ status }: RunRecord): Promise<Life> => {
    if (status !== life.status || performance.now() - life.asked > ALIVE_MS)
      life = { ...(await askProgress(path)), asked: performance.now(), status }
    return life
  }
  const look = async (): Promise<void> => {
    try {
      const { events, isAnew } = await tail.read()
      const record = readRecord(path)
      const { alive, progress } = await lifeNow(record)
      if (isDisposed) return
      problem = null
      const state = `${record.updated} ${record.status} ${record.name} ${alive} ${progress?.phase} ${progress?.done}`
      if (events.length === 0 && !isAnew && state === told) return
      told = state
      onChange({ events, record, alive, progress, isAnew })
    } catch (error) {
      // `isAlive` asks for the folder's real path, so that one which is gone is a system's error.
      const message = error instanceof Error ? error.message : String(error)
      if (!(error instanceof UserError) && !(error instanceof Error && 'code' in error)) throw error
      if (isDisposed || message === problem) return
      problem = message
      onProblem(message)
    }
  }
  const soon = gathered(look, SOONEST_MS)
  const watcher = watchFolder(path, soon.call)
  const poll = setInterval(soon.call, POLL_MS)
  poll.unref()
  void soon.now()
  return {
    dispose: () => {
      isDisposed = true
      clearInterval(poll)
      watcher.dispose()
      soon.dispose()
    },
  }
}
