import type { TaskScores } from '../../shared/evaluation.ts'
import type { Phase } from '../../shared/events.ts'
import { t } from '../../shared/l10n.ts'
import { type RunItem, type RunState, stateOf } from './run-item.ts'

/** What a state is called. */
export function stateName(state: RunState): string {
  switch (state) {
    case 'damaged':
      return t`cannot be read`
    case 'waiting':
      return t`waiting for another training`
    case 'running':
      return t`training`
    case 'paused':
      return t`paused`
    case 'crashed':
      return t`stopped unexpectedly`
    case 'interrupted':
      return t`stopped`
    case 'failed':
      return t`failed`
    case 'done':
      return t`done`
  }
}

const phaseName = (phase: Phase): string => {
  switch (phase) {
    case 'data':
      return t`reading the data`
    case 'model':
      return t`opening the model`
    case 'ngram':
      return t`n-gram model`
    case 'trunk':
      return t`computing the encoder`
    case 'probe':
      return t`linear probe`
    case 'train':
      return t`training`
    case 'evaluate':
      return t`evaluating`
    case 'export':
      return t`exporting`
  }
}

/** The score that a run is known by. */
export const scoreText = (test: TaskScores): string =>
  'accuracy' in test
    ? t`accuracy ${(test.accuracy * 100).toFixed(1)} %`
    : t`RMSE ${Number(test.rmse.toPrecision(3))}`

/** How far the training of a run is, as it was last heard: `42 %`; null before its first step. */
export function shareText({ record, live }: Pick<RunItem, 'record' | 'live'>): string | null {
  const steps = record?.progress.steps ?? 0
  const step = Math.max(live?.step ?? 0, record?.progress.step ?? 0)
  return steps === 0 || step === 0 ? null : `${Math.floor((100 * Math.min(step, steps)) / steps)} %`
}

/** What stands behind a run's name: state, metric or progress, age. */
export function runDescription(run: RunItem, now = Date.now()): string {
  const state = stateOf(run)
  const { record, live } = run
  // The path before it is the item's own.
  if (record === null) return run.problem?.replace(/^.*?run\.json(: |：)/, '') ?? stateName(state)
  const age = ageText(Date.parse(record.created), now)
  const share = shareText(run)
  const parts =
    state === 'done'
      ? [record.test === null ? stateName(state) : scoreText(record.test), age]
      : state === 'running'
        ? [share, live?.phase ? phaseName(live.phase) : stateName(state)]
        : state === 'waiting'
          ? [stateName(state)]
          : [stateName(state), share, age]
  return parts.filter((part) => part !== null).join(' · ')
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** How long ago something was, in one unit. */
export function ageText(then: number, now: number): string {
  const ms = Math.max(0, now - then)
  if (ms < MINUTE) return t`now`
  if (ms < HOUR) return t`${Math.floor(ms / MINUTE)} min ago`
  if (ms < DAY) return t`${Math.floor(ms / HOUR)} h ago`
  if (ms < 60 * DAY) return t`${Math.floor(ms / DAY)} d ago`
  return new Date(then).toISOString().slice(0, 10)
}

/** Bytes in the unit in which they are read best. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  const units = ['kB', 'MB', 'GB', 'TB']
  let value = bytes / 1000
  let unit = 0
  for (; value >= 999.5 && unit < units.length - 1; unit++) value /= 1000
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit] ?? ''}`
}
