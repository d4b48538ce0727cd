import type { ResolvedOptions } from '../../shared/config.ts'
import { UserError } from '../../shared/error.ts'
import type { TaskScores } from '../../shared/evaluation.ts'
import { t } from '../../shared/l10n.ts'
import { type WeightedGraph, weightOf } from '../engine/weights.ts'
import { batchGradients, type Differentiable } from './batch-gradient.ts'
import { bucketLengths, epochBatches } from './batches.ts'
import { partsThatFit, withinMemory } from './micro-batch.ts'
import {
  clipScale,
  type Moments,
  type OptimiserSettings,
  optimiserOf,
  squaredNorm,
  updateRows,
  updateTensor,
  zeroMoments,
} from './optimiser.ts'
import { breathe, rowLength, rowTokens } from './rows.ts'
import { type RunningMean, updateMean } from './running-mean.ts'
import { rateShare } from './schedule.ts'
import type { StepResult, Trainables } from './step.ts'
import { joinsAt } from './unfreeze.ts'

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

export interface Loop extends Differentiable {
  readonly options: ResolvedOptions
  readonly rows: readonly number[]
  /** By the name of the weight. */
  readonly moments: ReadonlyMap<string, Moments>
  /** Of the weights, taken along with every step; null where the last step's weights are what counts. */
  readonly mean: RunningMean | null
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
  stepped(state: LoopState): void
}

/** Sessions that are kept ready; each holds the intermediate values of one shape while it runs, and little else. */
const LENGTHS = 8

export const stepsPerEpoch = (rows: number, batch: number): number => Math.ceil(rows / batch)

export const newMoments = (
  model: WeightedGraph,
  trainables: Trainables,
  method: OptimiserSettings['method'],
): ReadonlyMap<string, Moments> =>
  new Map(
    [...trainables.dense, ...trainables.tables].map((name) => [
      name,
      zeroMoments(weightOf(model, name).length, method),
    ]),
  )

/**
 * Trains from a state to the end, or to where patience ends or a stop is asked for (which throws `Stopped`
 * after the step under way was taken and told).
 */
export const trainLoop = async (
  loop: Loop,
  start: LoopState,
  events: LoopEvents,
  stop: AbortSignal,
): Promise<LoopState> => {
  const { options, rows, source } = loop
  const buckets = bucketLengths(
    rows.map((row) => rowLength(source, row)),
    LENGTHS,
  )
  const lengths = rows.map((row) => rowTokens(source, row))
  const perEpoch = stepsPerEpoch(rows.length, options.batch)
  const steps = perEpoch * options.epochs
  const gradients = batchGradients(loop, buckets)
  let state = start
  try {
    if (state.parts === null) {
      const longest = [...rows]
        .sort((a, b) => rowTokens(source, b) - rowTokens(source, a))
        .slice(0, options.batch)
      const parts = await partsThatFit(options.batch, (count) => gradients.bytesOf(longest, count))
      if (parts > 1) events.parts(parts)
      state = { ...state, parts }
    }
    while (state.step < steps) {
      // Asked before an epoch, not after one: a run that goes on from its last checkpoint ends here as well.
      if (state.step % perEpoch === 0 && state.unimproved >= options.patience) break
      const epoch = Math.floor(state.step / perEpoch) + 1
      const batches = epochBatches(lengths, options.batch, options.seed, epoch)
      for (const positions of batches.slice(state.step % perEpoch)) {
        const batch = positions.map((position) => rows[position] ?? 0)
        const { result, parts } = await withinMemory(gradients, batch, state.step, state.parts ?? 1)
        if (parts !== state.parts) events.parts(parts)
        state = { ...state, parts }
        const lr = options.lr * rateShare(options.schedule, state.step, options.warmup_steps, steps)
        const gradientNorm = update(loop, result, lr, state.step + 1)
        if (!Number.isFinite(result.loss) || !Number.isFinite(gradientNorm))
          throw new UserError(
            t`Step ${state.step + 1}: loss and gradient are no finite numbers any more, so training diverged. Use a lower learning rate than ${options.lr}.`,
          )
        if (loop.mean) updateMean(loop.mean, loop.model, state.step + 1, options.average)
        state = {
          ...state,
          step: state.step + 1,
          lossSum: state.lossSum + result.loss,
          lossCount: state.lossCount + 1,
        }
        const tokens = positions.reduce((sum, position) => sum + (lengths[position] ?? 0), 0)
        events.step({ step: state.step, epoch, loss: result.loss, lr, gradientNorm, tokens })
        if (state.step % perEpoch === 0) {
          const trainLoss = state.lossSum / state.lossCount
          state = await events.epoch({ ...state, lossSum: 0, lossCount: 0 }, epoch, trainLoss)
        }
        events.stepped(state)
        await breathe(stop)
      }
    }
    return state
  } finally {
    await gradients.release()
  }
}

/** One step of the optimiser over all that is trained; returns the gradient's norm before clipping. */
const update = (loop: Loop, { dense, rows }: StepResult, lr: number, step: number): number => {
  const { options, model, moments } = loop
  let squares = 0
  for (const gradient of dense.values()) squares += squaredNorm(gradient)
  for (const { gradient } of rows.values()) squares += squaredNorm(gradient)
  const norm = Math.sqrt(squares)
  const scale = clipScale(norm, options.clip)
  const plain = optimiserOf(options)
  const decayed = { ...plain, weightDecay: options.weight_decay }
  const rate = (name: string): number => lr * options.layer_decay ** (loop.unfreezing.depths.get(name) ?? 0)
  // Of the weight itself: it may have joined the training late.
  const steps = (name: string): number => step - joinsAt(loop.unfreezing, name)
  for (const [name, gradient] of dense) {
    // Biases and the scales of normalisations have one dimension.
    const settings = (model.weights.get(name)?.dims.length ?? 0) > 1 ? decayed : plain
    const own = momentsOf(moments, name)
    updateTensor(weightOf(model, name), gradient, own, settings, rate(name), steps(name), scale)
  }
  for (const [name, gradient] of rows) {
    const width = model.weights.get(name)?.dims[1] ?? 1
    const own = momentsOf(moments, name)
    updateRows(weightOf(model, name), width, gradient, own, plain, rate(name), steps(name), scale)
  }
  return norm
}

const momentsOf = (moments: ReadonlyMap<string, Moments>, name: string): Moments => {
  const found = moments.get(name)
  if (!found) throw new Error(`no moments of ${name}`)
  return found
}
