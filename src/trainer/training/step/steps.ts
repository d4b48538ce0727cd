import type { ResolvedOptions } from '../../../shared/config.ts'
import { keepsTensors } from '../../engine/device-memory.ts'
import { type WeightedGraph, weightOf } from '../../engine/weights.ts'
import type { Differentiable } from './batch-gradient.ts'
import { type Moments, type OptimiserSettings, optimiserOf, zeroMoments } from './optimiser.ts'
import type { RunningMean } from './running-mean.ts'
import type { Trainables } from './step.ts'
import { joinsAt } from './unfreeze.ts'

/** What a training works on. */
export interface Loop extends Differentiable {
  readonly options: ResolvedOptions
  readonly rows: readonly number[]
  /** By the name of the weight. */
  readonly moments: ReadonlyMap<string, Moments>
  /** Of the weights, taken along with every step; null where the last step's weights are what counts. */
  readonly mean: RunningMean | null
}

/** What came of a step. */
export interface Taken {
  readonly loss: number
  /** Of the gradient before clipping. */
  readonly gradientNorm: number
  /** That the batch was computed in. */
  readonly parts: number
}

/** Takes the steps of a training, wherever its weights and the optimiser's state are meanwhile. */
export interface Steps {
  /**
   * One step: the gradient of a batch, clipped, and taken.
   *
   * @param step from 0
   * @param parts that the batch is computed in, as long as memory is not refused
   */
  take(batch: readonly number[], lr: number, step: number, parts: number): Promise<Taken>
  /** Bytes that the gradients of a batch in so many parts need at once beside the weights. */
  bytesOf(batch: readonly number[], parts: number): Promise<number>
  /** Brings the loop's weights, moments and mean on the host to what they are now. */
  settle(): Promise<void>
  release(): Promise<void>
}

export const newMoments = (
  model: WeightedGraph,
  trainables: Trainables,
  method: OptimiserSettings['method'],
): ReadonlyMap<string, Moments> => {
  const of = (names: readonly string[], withRoom: boolean) =>
    zeroMoments(
      names.map((name) => weightOf(model, name).length),
      method,
      withRoom,
    ).map((own, i) => [names[i] ?? '', own] as const)
  return new Map([...of(trainables.dense, true), ...of(trainables.tables, false)])
}

/** How one tensor is updated in a step. */
export interface TensorUpdate {
  readonly settings: OptimiserSettings
  readonly lr: number
  /** Of the tensor's own steps, from 1. */
  readonly step: number
}

/**
 * How a tensor is updated in a step (from 0) of rate `lr`: biases, the scales of normalisations, which have one
 * dimension, and rows of tables do not decay.
 */
export const tensorUpdate = (
  { options, model, unfreezing, trainables }: Loop,
  name: string,
  lr: number,
  step: number,
): TensorUpdate => {
  const settings = optimiserOf(options)
  const decays = (model.weights.get(name)?.dims.length ?? 0) > 1 && !trainables.tables.includes(name)
  return {
    settings: decays ? { ...settings, weightDecay: options.weight_decay } : settings,
    lr: lr * options.layer_decay ** (unfreezing.depths.get(name) ?? 0),
    // Of the weight itself: it may have joined the training late.
    step: step + 1 - joinsAt(unfreezing, name),
  }
}

/**
 * Whether weights and optimiser stay on the device. Not where rows of tables are trained: the host adds the gradients
 * of a row up, in sorted order, and a whole table would have to come back with every step.
 */
export const staysOnDevice = ({ runtime, trainables }: Pick<Loop, 'runtime' | 'trainables'>): boolean =>
  keepsTensors(runtime) && trainables.tables.length === 0
