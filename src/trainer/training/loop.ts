import { UserError } from '../../shared/error.ts'
import type { TaskScores } from '../../shared/evaluation.ts'
import { t } from '../../shared/l10n.ts'
import { epochBatches } from './step/batches.ts'
import { partsThatFit } from './step/micro-batch.ts'
import { breathe, rowTokens } from './step/rows.ts'
import { rateShare } from './step/schedule.ts'
import type { Loop, Steps } from './step/steps.ts'

/** All that the next step depends on, beside the weights and the data: what a checkpoint holds. */
export interface LoopState {
  /** Steps taken. */
  readonly step: number
  /** Sum of the losses of the epoch so far, and how many. */
  readonly lossSum: number
  readonly lossCount: number
  /** Epoch of the best validation so far, 0 before training, and its scores. */
  readonly bestEpoch: number
  readonly bestScores: TaskScores
  /** The best scores of an epoch of training, and how many epochs came after it. */
  readonly trainedScores: TaskScores | null
  readonly unimproved: number
  /** How many parts a batch is computed in; null until that is decided. */
  readonly parts: number | null
}

export interface LoopEvents {
  step(event: {
    readonly step: number
    readonly epoch: number
    readonly loss: number
    readonly lr: number
    readonly gradientNorm: number
    readonly tokens: number
  }): void
  /** Validates; returns the state to go on with. */
  epoch(state: LoopState, epoch: number, trainLoss: number): Promise<LoopState>
  /** Memory asks for batches in so many parts. */
  parts(parts: number): void
  /** After every step; may save. */
  stepped(state: LoopState): void | Promise<void>
}

export const stepsPerEpoch = (rows: number, batch: number): number => Math.ceil(rows / batch)

/**
 * Trains from a state to the end, or to where patience ends or a stop is asked for (which throws `Stopped`
 * after the step under way was taken and told).
 */
export const trainLoop = async (
  loop: Loop,
  steps: Steps,
  start: LoopState,
  events: LoopEvents,
  stop: AbortSignal,
): Promise<LoopState> => {
  const { options, rows, source } = loop
  const lengths = rows.map((row) => rowTokens(source, row))
  const perEpoch = stepsPerEpoch(rows.length, options.batch)
  const planned = perEpoch * options.epochs
  let state = start
  if (state.parts === null) {
    const longest = [...rows].sort((a, b) => rowTokens(source, b) - rowTokens(source, a))
    const batch = longest.slice(0, options.batch)
    const parts = await partsThatFit(options.batch, (count) => steps.bytesOf(batch, count))
    if (parts > 1) events.parts(parts)
    state = { ...state, parts }
  }
  while (state.step < planned) {
    // Asked before an epoch, not after one: a run that goes on from its last checkpoint ends here as well.
    if (state.step % perEpoch === 0 && state.unimproved >= options.patience) break
    const epoch = Math.floor(state.step / perEpoch) + 1
    const batches = epochBatches(lengths, options.batch, options.seed, epoch)
    for (const positions of batches.slice(state.step % perEpoch)) {
      const batch = positions.map((position) => rows[position] ?? 0)
      const lr = options.lr * rateShare(options.schedule, state.step, options.warmup_steps, planned)
      const { loss, gradientNorm, parts } = await steps.take(batch, lr, state.step, state.parts ?? 1)
      if (parts !== state.parts) events.parts(parts)
      if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm))
        throw new UserError(
          t`Step ${state.step + 1}: loss and gradient are no finite numbers any more, so training diverged. Use a lower learning rate than ${options.lr}.`,
        )
      state = {
        ...state,
        step: state.step + 1,
        parts,
        lossSum: state.lossSum + loss,
        lossCount: state.lossCount + 1,
      }
      const tokens = positions.reduce((sum, position) => sum + (lengths[position] ?? 0), 0)
      events.step({ step: state.step, epoch, loss, lr, gradientNorm, tokens })
      if (state.step % perEpoch === 0) {
        const trainLoss = state.lossSum / state.lossCount
        state = await events.epoch({ ...state, lossSum: 0, lossCount: 0 }, epoch, trainLoss)
      }
      await events.stepped(state)
      await breathe(stop)
    }
  }
  return state
}
