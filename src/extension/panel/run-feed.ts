import { existsSync } from 'node:fs'
import type { Disposable } from 'vscode'
import { lastLogLines } from '../../run/log.ts'
import { t } from '../../shared/l10n.ts'
import type { RunMessage } from '../../shared/page-run.ts'
import type { RunRecord } from '../../shared/run.ts'
import { followRun, type RunChange } from '../runs/follow-run.ts'
import { isActive, stateOf } from '../runs/run-item.ts'

/** Events of one message: a page takes them in a few milliseconds, so a long history never holds a frame. */
const CHUNK = 2000
/** Of a run that ended badly. */
const LOG_LINES = 12

/**
 * Tells a page of a run, all of it so far and then what is new, at most ten times a second, until disposed.
 * `onDone` is called once, when the run is done.
 */
export function feedRun(
  path: string,
  post: (message: RunMessage) => void,
  onDone: () => void = () => {},
): Disposable {
  let isFirst = true
  let isDone = false
  return followRun(
    path,
    (change) => {
      const { record, isAnew } = change
      for (const message of runMessages(path, change, isFirst || isAnew)) post(message)
      isFirst = false
      if (record.status === 'done' && !isDone) onDone()
      isDone = record.status === 'done'
    },
    (problem) => post(problemMessage(path, problem)),
  )
}

/** What a page is told when something of a run is new. */
export function runMessages(
  path: string,
  { events, record, alive, progress }: Omit<RunChange, 'isAnew'>,
  reset: boolean,
): readonly RunMessage[] {
  const state = stateOf({ record, alive })
  const base = {
    type: 'run' as const,
    path,
    state,
    record,
    seconds: state === 'running' ? secondsNow(record) : null,
    progress: state === 'running' ? progress : null,
    log: state === 'crashed' || state === 'failed' ? [...lastLogLines(path, LOG_LINES)] : [],
    problem: null,
  }
  const chunks = Math.max(1, Math.ceil(events.length / CHUNK))
  return Array.from({ length: chunks }, (_, i) => ({
    ...base,
    reset: reset && i === 0,
    events: events.slice(i * CHUNK, (i + 1) * CHUNK),
  }))
}

/** A run whose folder is damaged, of a newer version, or gone. */
export const problemMessage = (path: string, problem: string): RunMessage => ({
  type: 'run',
  path,
  state: 'damaged',
  record: null,
  reset: true,
  events: [],
  seconds: null,
  progress: null,
  log: [],
  problem: existsSync(path) ? problem : t`${path}: this folder is gone.`,
})

/** The record was written at `updated`, when the run had taken `seconds`. */
const secondsNow = (record: RunRecord): number | null =>
  isActive(record) ? Math.max(0, record.seconds + (Date.now() - Date.parse(record.updated)) / 1000) : null
