import type { ResolvedOptions } from '../../shared/config.ts'
import { UserError } from '../../shared/error.ts'
import type { TaskScores } from '../../shared/evaluation.ts'
import type { Runtime } from '../engine/runtime.ts'
import type { Tensor } from '../engine/tensor.ts'
import type { WeightedGraph } from '../engine/weights.ts'
import { ROW_SHARE, TARGETS } from '../tasks/classification.ts'
import { bucketFor, bucketLengths, epochBatches } from './batches.ts'
import {
  ADAMW,
  clipScale,
  type Moments,
  squaredNorm,
  updateRows,
  updateTensor,
  zeroMoments,
} from './optimiser.ts'
import { breathe, type RowSource, rowFeeds } from './rows.ts'
import { linearSchedule } from './schedule.ts'
import { compileProgram, type Program, type StepResult, type Trainables } from './step.ts'

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
}

export interface Loop {
  readonly runtime: Runtime
  readonly options: ResolvedOptions
  /** Ends in the loss. Its weights are trained in place. */
  readonly model: WeightedGraph
  readonly trainables: Trainables
  readonly source: RowSource
  readonly rows: readonly number[]
  /** Of all rows of the source. */
  readonly targets: Int32Array
  readonly labels: number
  /** By the name of the weight. */
  readonly moments: ReadonlyMap<string, Moments>
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
  /** After every step; may save. */
  stepped(state: LoopState): void
}

/** Sessions that are kept ready; each holds the intermediate values of one shape while it runs, and little else. */
const LENGTHS = 8

export const stepsPerEpoch = (rows: number, batch: number): number => Math.ceil(rows / batch)

export const newMoments = (model: WeightedGraph, trainables: Trainables): ReadonlyMap<string, Moments> =>
  new Map(
    [...trainables.dense, ...trainables.tables].map((name) => [
      name,
      zeroMoments(weightOf(model, name).length),
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
  const lengths = rows.map((row) => source.encoded[row]?.ids.length ?? 0)
  const buckets = bucketLengths(lengths, LENGTHS)
  const perEpoch = stepsPerEpoch(rows.length, options.batch)
  const steps = perEpoch * options.epochs
  const programs = new Map<number, Program>()
  let state = start
  try {
    while (state.step < steps) {
      // Asked before an epoch, not after one: a run that goes on from its last checkpoint ends here as well.
      if (state.step % perEpoch === 0 && state.unimproved >= options.patience) break
      const epoch = Math.floor(state.step / perEpoch) + 1
      const batches = epochBatches(lengths, options.batch, options.seed, epoch)
      for (const positions of batches.slice(state.step % perEpoch)) {
        const batch = positions.map((position) => rows[position] ?? 0)
        const length = bucketFor(buckets, Math.max(...positions.map((position) => lengths[position] ?? 0)))
        const feeds = batchFeeds(loop, batch, length)
        const program =
          programs.get(length) ?? (await compileProgram(loop.runtime, loop.model, feeds, loop.trainables))
        programs.set(length, program)
        const result = await program.run(feeds)
        const lr = options.lr * linearSchedule(state.step, options.warmup_steps, steps)
        const gradientNorm = update(loop, result, lr, state.step + 1)
        if (!Number.isFinite(result.loss) || !Number.isFinite(gradientNorm))
          throw new UserError(
            `Step ${state.step + 1}: loss and gradient are no finite numbers any more, so training diverged. Use a lower --lr than ${options.lr}.`,
          )
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
    for (const program of programs.values()) await program.release()
  }
}

/** A batch smaller than the batch size is filled with copies of its first row that weigh nothing in the loss. */
const batchFeeds = (loop: Loop, batch: readonly number[], length: number): Record<string, Tensor> => {
  const size = loop.options.batch
  const [first = 0] = batch
  const filled = Array.from({ length: size }, (_, i) => batch[i] ?? first)
  const targets = new Float32Array(size * loop.labels)
  for (const [i, row] of batch.entries()) targets[i * loop.labels + (loop.targets[row] ?? 0)] = 1
  return {
    ...rowFeeds(loop.model.graph.inputs, loop.source, filled, length),
    [TARGETS]: { type: 'float32', dims: [size, loop.labels], data: targets },
    [ROW_SHARE]: { type: 'float32', dims: [], data: new Float32Array([1 / batch.length]) },
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
  const plain = { ...ADAMW, weightDecay: 0 }
  const decayed = { ...ADAMW, weightDecay: options.weight_decay }
  for (const [name, gradient] of dense) {
    // Biases and the scales of normalisations have one dimension.
    const settings = (model.weights.get(name)?.dims.length ?? 0) > 1 ? decayed : plain
    updateTensor(weightOf(model, name), gradient, momentsOf(moments, name), settings, lr, step, scale)
  }
  for (const [name, gradient] of rows) {
    const width = model.weights.get(name)?.dims[1] ?? 1
    updateRows(weightOf(model, name), width, gradient, momentsOf(moments, name), plain, lr, step, scale)
  }
  return norm
}

export const weightOf = (model: WeightedGraph, name: string): Float32Array => {
  const tensor = model.weights.get(name)
  if (tensor?.type !== 'float32') throw new Error(`no float weight ${name}`)
  return tensor.data
}

const momentsOf = (moments: ReadonlyMap<string, Moments>, name: string): Moments => {
  const found = moments.get(name)
  if (!found) throw new Error(`no moments of ${name}`)
  return found
}
