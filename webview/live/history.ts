import type { TaskScores } from '../../src/shared/evaluation.ts'
import type { Phase, RunEvent } from '../../src/shared/events.ts'
import { createSteps, type StepStore } from './columns.ts'

export interface EpochRow {
  readonly epoch: number
  readonly step: number
  readonly trainLoss: number
  readonly valid: TaskScores
  readonly best: boolean
}

export interface PhaseSpan {
  readonly phase: Phase
  readonly from: number
  /** null: under way. */
  to: number | null
}

export interface Note {
  readonly kind: 'note' | 'warning'
  readonly message: string
}

/** What the events of a run say, gathered. */
export interface History {
  readonly steps: StepStore
  readonly epochs: EpochRow[]
  readonly phases: PhaseSpan[]
  readonly notes: Note[]
  /** Of the last event. */
  time: number
  epoch: number
}

/** Of a run that told nothing yet. */
export const newHistory = (): History => ({
  steps: createSteps(),
  epochs: [],
  phases: [],
  notes: [],
  time: 0,
  epoch: 0,
})

/** Adds events, in the order in which they were told. */
export const addEvents = (history: History, events: readonly RunEvent[]): void => {
  for (const event of events) {
    history.time = event.time
    switch (event.event) {
      case 'phase': {
        const last = history.phases.at(-1)
        if (last) last.to = event.time
        history.phases.push({ phase: event.phase, from: event.time, to: null })
        break
      }
      case 'note':
      case 'warning':
        // A run that goes on says some things again.
        if (!history.notes.some(({ message }) => message === event.message))
          history.notes.push({ kind: event.event, message: event.message })
        break
      case 'step':
        history.epoch = event.epoch
        history.steps.push({
          step: event.step,
          time: event.time,
          loss: event.loss,
          rate: event.lr,
          speed: event.tokens_per_second,
        })
        break
      case 'epoch':
        history.epochs.push({
          epoch: event.epoch,
          step: event.step,
          trainLoss: event.train_loss,
          valid: event.valid,
          best: event.best,
        })
        break
    }
  }
}
