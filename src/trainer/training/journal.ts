import { writeRecord } from '../../run/folder.ts'
import { appendLog } from '../../run/log.ts'
import { appendEvent } from '../../run/metrics.ts'
import type {
  DoneEvent,
  Phase,
  ProgressEvent,
  RunEvent,
  StartedEvent,
  WaitingEvent,
} from '../../shared/events.ts'
import type { RunRecord } from '../../shared/run.ts'

export type Report = (event: RunEvent | ProgressEvent | StartedEvent | WaitingEvent) => void

type WithoutTime<E> = E extends { time: number } ? Omit<E, 'time'> : E

/**
 * What one process writes into a run's folder while it trains it: the record and the events, the latter told
 * to whoever watches as well. Time goes on from where an earlier process left it.
 */
export class Journal {
  readonly path: string
  private current: RunRecord
  private readonly report: Report
  private readonly started = performance.now()
  private readonly secondsBefore: number
  private readonly trainSecondsBefore: number
  private trainSeconds = 0
  private haltedMs = 0
  private latest: ProgressEvent | null = null

  constructor(path: string, record: RunRecord, report: Report) {
    this.path = path
    this.current = record
    this.report = report
    this.secondsBefore = record.seconds
    this.trainSecondsBefore = record.train_seconds
  }

  get record(): RunRecord {
    return this.current
  }

  /** Seconds since the run began, over all processes that worked at it. */
  get seconds(): number {
    return this.secondsBefore + (this.clock() - this.started) / 1000
  }

  /** Milliseconds, without those in which the run was halted. */
  clock(): number {
    return performance.now() - this.haltedMs
  }

  /** Says in the record that the run waits or is paused while something lasts; its time stands still meanwhile. */
  async halt<T>(status: 'waiting' | 'paused', meanwhile: Promise<T>): Promise<T> {
    const since = performance.now()
    this.save({ status })
    appendLog(this.path, status)
    try {
      return await meanwhile
    } finally {
      this.haltedMs += performance.now() - since
      appendLog(this.path, `no longer ${status}`)
      this.save({ status: 'running' })
    }
  }

  addTraining(seconds: number): void {
    this.trainSeconds += seconds
  }

  tell(event: WithoutTime<RunEvent>): void {
    const timed = { ...event, time: rounded(this.seconds) } as RunEvent
    appendEvent(this.path, timed)
    const line = logged(timed)
    if (line !== null) appendLog(this.path, line)
    this.report(timed)
  }

  /** Tells whoever started the process that the run is there, and alive. */
  tellStarted(): void {
    this.report({ event: 'started', run: this.path })
  }

  /** Tells whoever watches now that others train first. */
  tellWaiting(place: number): void {
    this.report({ event: 'waiting', place })
  }

  /** How far the phase is; null before it has told. */
  get lastProgress(): ProgressEvent | null {
    return this.latest
  }

  phase(phase: Phase): void {
    this.latest = null
    this.tell({ event: 'phase', phase })
  }

  progress(phase: Phase, done: number, total: number, detail: string | null = null): void {
    this.latest = { event: 'progress', phase, done, total, detail }
    this.report(this.latest)
  }

  /** Writes the record with some fields changed. */
  save(change: Partial<RunRecord>): void {
    this.current = {
      ...this.current,
      ...change,
      updated: new Date().toISOString(),
      seconds: rounded(this.seconds),
      train_seconds: rounded(this.trainSecondsBefore + this.trainSeconds),
      peak_rss_mb: Math.max(this.current.peak_rss_mb, peakMemory()),
    }
    writeRecord(this.path, this.current)
  }

  done(test: DoneEvent['test'], before: DoneEvent['before']): DoneEvent {
    const { seconds, train_seconds, peak_rss_mb } = this.current
    return { event: 'done', run: this.path, test, before, advice: [], seconds, train_seconds, peak_rss_mb }
  }
}

/** What of an event belongs into the log: all but the single steps, which are in metrics.jsonl. */
const logged = (event: RunEvent): string | null => {
  switch (event.event) {
    case 'phase':
      return event.phase
    case 'note':
      return event.message
    case 'warning':
      return `warning: ${event.message}`
    case 'epoch':
      return `epoch ${event.epoch}: training loss ${short(event.train_loss)}; validation ${Object.entries(
        event.valid,
      )
        .map(([name, value]) => `${name} ${value === null ? 'none' : short(value)}`)
        .join(', ')}`
    case 'step':
      return null
  }
}

const short = (value: number): string => value.toPrecision(4)

const rounded = (seconds: number): number => Math.round(seconds * 1000) / 1000

/** Largest resident memory of this process so far, in MB. */
const peakMemory = (): number => Math.round(process.resourceUsage().maxRSS / 1024)
