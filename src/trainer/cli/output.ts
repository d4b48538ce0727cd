import type { TaskScores } from '../../shared/evaluation.ts'
import type { Phase, ProgressEvent, RunEvent, StartedEvent, WaitingEvent } from '../../shared/events.ts'
import { t } from '../../shared/l10n.ts'
import { phaseName } from '../../shared/status.ts'
import { cut, decimal, duration, figure } from './format.ts'

/** Where a reporter writes; the process's own streams but in tests. */
export interface Stream {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

export interface Reporter {
  event(event: RunEvent | ProgressEvent | StartedEvent | WaitingEvent): void
  /** Something to say beside the run's own events, on standard error. */
  say(line: string): void
  /** Takes the bar away, and what was held back if the inputs were never found good. */
  close(): void
}

/** The phases in which inputs are checked: until they are over nothing is said. */
const CHECKING: readonly Phase[] = ['data', 'model']

const REDRAW_MS = 100
const PLAIN_LINE_MS = 5000

/**
 * Tells how a run goes. Standard error gets sentences: on a terminal with a progress bar in the last line,
 * elsewhere with a plain line every few seconds. With `json` standard output gets the events instead.
 */
export function createReporter(options: {
  json: boolean
  stdout: Stream
  stderr: Stream
  now?: () => number
}): Reporter {
  const { json, stdout, stderr, now = Date.now } = options
  const terminal = stderr.isTTY === true && process.env.TERM !== 'dumb'
  const drawing = terminal && !(json && stdout.isTTY === true)

  let held: RunEvent[] | null = []
  let phase: { name: Phase; since: number; first: { event: ProgressEvent; time: number } | null } | null =
    null
  let drawn = ''
  let last = Number.NEGATIVE_INFINITY

  const erase = (): void => {
    if (drawn !== '') stderr.write('\r\x1b[2K')
    drawn = ''
  }
  const line = (text: string): void => {
    const bar = drawn
    erase()
    stderr.write(`${text}\n`)
    if (bar !== '') {
      stderr.write(bar)
      drawn = bar
    }
  }
  const draw = (bar: string): void => {
    stderr.write(`\r\x1b[2K${bar}`)
    drawn = bar
  }
  const endPhase = (): void => {
    if (phase === null) return
    erase()
    // Phases over in a moment are no news.
    const seconds = (now() - phase.since) / 1000
    if (terminal && !json && held === null && (seconds >= 1 || phase.name === 'train'))
      line(t`${phaseName(phase.name)}: ${duration(seconds)}`)
    phase = null
  }

  const tell = (event: RunEvent): void => {
    if (json) {
      stdout.write(`${JSON.stringify(event)}\n`)
      return
    }
    switch (event.event) {
      case 'phase':
        if (!terminal) line(`${phaseName(event.phase)} ...`)
        break
      case 'note':
        line(event.message)
        break
      case 'warning':
        line(t`Warning: ${event.message}`)
        break
      case 'epoch': {
        line(
          event.best
            ? t`Epoch ${event.epoch}: training loss ${decimal(event.train_loss)}; validation ${validated(event.valid)} (best so far)`
            : t`Epoch ${event.epoch}: training loss ${decimal(event.train_loss)}; validation ${validated(event.valid)}`,
        )
        break
      }
      case 'step':
        break
    }
  }

  const progress = (event: ProgressEvent): void => {
    if (phase?.name !== event.phase) {
      endPhase()
      phase = { name: event.phase, since: now(), first: null }
    }
    const time = now()
    phase.first ??= { event, time }
    const finished = event.done >= event.total
    const seconds = secondsLeft(event, phase.first.event, (time - phase.first.time) / 1000)
    const left = seconds === null ? '' : t`${duration(seconds)} left`
    const said = event.detail && left ? t`${event.detail}, ${left}` : (event.detail ?? left)
    const share = event.total > 0 ? Math.min(1, event.done / event.total) : 0
    if (drawing) {
      if (time - last < REDRAW_MS && !finished) return
      last = time
      draw(barLine(phaseName(event.phase), share, said, stderr.columns || 80))
    } else if (!json && held === null && !finished && time - Math.max(last, phase.since) >= PLAIN_LINE_MS) {
      last = time
      const percent = Math.floor(share * 100)
      line(
        said === ''
          ? t`${phaseName(event.phase)}: ${percent} %`
          : t`${phaseName(event.phase)}: ${percent} %, ${said}`,
      )
    }
  }

  return {
    event(event) {
      if (event.event === 'progress') return progress(event)
      if (event.event === 'started' || event.event === 'waiting') {
        if (json) stdout.write(`${JSON.stringify(event)}\n`)
        else if (event.event === 'waiting')
          line(t`Waiting: trainings before this one on this machine: ${event.place} ...`)
        return
      }
      if (event.event === 'phase') {
        endPhase()
        phase = { name: event.phase, since: now(), first: null }
        if (held !== null && !CHECKING.includes(event.phase)) {
          const events = held
          held = null
          for (const one of events) tell(one)
        }
      }
      if (held !== null) held.push(event)
      else tell(event)
      // Its first progress may be a while off, and the process deaf meanwhile.
      if (event.event === 'phase' && drawing) draw(`${phaseName(event.phase)} ...`)
    },
    say: line,
    close() {
      endPhase()
      erase()
    },
  }
}

const validated = (scores: TaskScores): string =>
  'accuracy' in scores
    ? t`accuracy ${decimal(scores.accuracy)}, F1 ${decimal(scores.f1_macro)}, loss ${decimal(scores.log_loss)}`
    : t`RMSE ${figure(scores.rmse)}, MAE ${figure(scores.mae)}, R2 ${decimal(scores.r2)}`

/** null while there is too little to judge by. A resumed run's first steps were not done in this time. */
function secondsLeft(event: ProgressEvent, first: ProgressEvent, seconds: number): number | null {
  const done = event.done - first.done
  if (done <= 0 || seconds < 1 || event.done >= event.total) return null
  return (seconds / done) * (event.total - event.done)
}

/** `Training  ██████░░░░  60 %  said`, in one line of the terminal. */
function barLine(name: string, share: number, said: string, columns: number): string {
  const cells = Math.max(10, Math.min(30, columns - 60))
  const full = Math.round(share * cells)
  const bar = `${'█'.repeat(full)}${'░'.repeat(cells - full)}`
  const percent = `${Math.floor(share * 100)} %`.padStart(6)
  // The last column stays free: some terminals break the line when it is written.
  return cut(`${name}  ${bar}${percent}  ${said}`, columns - 1)
}
