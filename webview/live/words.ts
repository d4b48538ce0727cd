import { t } from '../../src/shared/l10n.ts'
import type { RunState } from '../../src/shared/page-run.ts'
import { phaseName } from '../../src/shared/status.ts'
import { duration, score } from '../parts/numbers.ts'
import type { RunView } from './run-store.ts'
import { secondsLeft } from './time-left.ts'

/** How the run stands, in a word or two. */
export const stateName = (state: RunState): string =>
  ({
    waiting: t`Waiting`,
    running: t`Running`,
    paused: t`Paused`,
    interrupted: t`Stopped`,
    failed: t`Failed`,
    crashed: t`Crashed`,
    done: t`Done`,
    damaged: t`Cannot be read`,
  })[state]

/** What a person should know of the state beyond its name. */
export const stateSentence = ({ state, record, problem }: RunView): string | null => {
  switch (state) {
    case 'waiting':
      return t`Another training is using this machine. This one begins when that one ends.`
    case 'paused':
      return t`Nothing is computed until you continue.`
    case 'interrupted':
      return t`Saved. It can be resumed where it stopped.`
    case 'failed':
      return record?.error ?? t`It ended with an error.`
    case 'crashed':
      return t`Its process ended without a word: it was killed, or ran out of memory. It can be resumed from the last checkpoint.`
    case 'damaged':
      return problem
    case 'running':
    case 'done':
      return null
  }
}

/** Seconds of training left at most, as patience may end it sooner. null: not known. */
export const trainingLeft = ({ record, history, state }: RunView): number | null => {
  const phase = history.phases.at(-1)?.phase
  if (!record || state !== 'running' || phase !== 'train') return null
  return secondsLeft(history.steps.columns(), record.progress.steps)
}

/** Where the run is, for who hears the page instead of seeing it. */
export const spoken = (view: RunView): string => {
  const { record, history, state } = view
  const { step, loss, length } = history.steps.columns()
  const phase = history.phases.at(-1)
  const left = trainingLeft(view)
  const parts = [stateName(state)]
  if (state === 'running' && phase) parts.push(phaseName(phase.phase))
  if (length > 0 && record && state !== 'done') {
    parts.push(t`epoch ${history.epoch} of ${record.resolved?.epochs ?? history.epoch}`)
    parts.push(t`step ${step[length - 1] ?? 0} of ${record.progress.steps}`)
    parts.push(t`loss ${score(loss[length - 1] ?? null)}`)
  }
  if (left !== null) parts.push(t`at most ${duration(left)} left`)
  return parts.join(', ')
}
