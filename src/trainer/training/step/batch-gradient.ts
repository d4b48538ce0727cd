import type { ResolvedOptions } from '../../../shared/config.ts'
import { liveBytes } from '../../autodiff/live-bytes.ts'
import type { Runtime } from '../../engine/runtime.ts'
import type { Tensor } from '../../engine/tensor.ts'
import type { WeightedGraph } from '../../engine/weights.ts'
import { bucketFor } from './batches.ts'
import { type DropoutSite, dropoutMasks, isDropoutMask } from './dropout.ts'
import { sumRows } from './optimiser.ts'
import { type RowSource, rowFeeds, rowLength, windowsOf } from './rows.ts'
import {
  compileProgram,
  type Program,
  type Rooms,
  type StepResult,
  type Trainables,
  trainingGraph,
} from './step.ts'
import { trainedAt, type Unfreezing } from './unfreeze.ts'

/** What the gradients of a batch are computed with. */
export interface Differentiable {
  readonly runtime: Runtime
  readonly options: Pick<ResolvedOptions, 'batch' | 'seed'>
  /** Ends in the loss, with a mask at every dropout site. Its weights are trained in place. */
  readonly model: WeightedGraph
  readonly trainables: Trainables
  readonly unfreezing: Unfreezing
  /** The values that enter the layers, where these are to be computed anew in the backward pass; else none. */
  readonly segments: readonly string[]
  readonly dropout: readonly DropoutSite[]
  readonly source: RowSource
  /**
   * The loss's inputs for the rows of a part of a batch, so that the losses of the parts sum to that of the batch.
   *
   * @param size rows that the graph reads; those beyond the part only fill it
   */
  lossFeeds(part: readonly number[], batch: readonly number[], size: number): Record<string, Tensor>
}

export interface BatchGradients<R = StepResult> {
  /**
   * Loss and gradients of a batch, by what is trained in this step (from 0). The batch is computed in so many
   * parts, and their gradients are summed.
   */
  of(batch: readonly number[], step: number, parts: number): Promise<R>
  /** Bytes that such a step needs at once beside the weights; nothing is computed. */
  bytesOf(batch: readonly number[], parts: number): Promise<number>
  release(): Promise<void>
}

/** Where gradients are, and how those of two parts become one. */
export interface GradientPlace<R> {
  /** Of the first part of a batch; the others' are added to it. */
  readonly rooms?: Rooms | undefined
  compile(feeds: Readonly<Record<string, Tensor>>, trained: Trainables): Promise<Program<R>>
  /** The first one's gradients become those of the sum, and the second's are no longer used. */
  added(a: R, b: R): R | Promise<R>
}

/**
 * Gradients on the host.
 *
 * @param buckets the lengths that rows are padded to
 * @param rooms that a batch's gradients are written to, over those of the batch before
 */
export const batchGradients = (
  model: Differentiable,
  buckets: readonly number[],
  rooms?: Rooms,
): BatchGradients =>
  batchGradientsAt(model, buckets, {
    rooms,
    compile: (feeds, trained) => compileProgram(model.runtime, model.model, feeds, trained, model.segments),
    added,
  })

export const batchGradientsAt = <R>(
  model: Differentiable,
  buckets: readonly number[],
  place: GradientPlace<R>,
): BatchGradients<R> => {
  const { options, source, trainables, unfreezing } = model
  const tokensOf = (row: number): number => rowLength(source, row)
  /** By length, number of rows and of windows; of what is trained at present. */
  const programs = new Map<string, Program<R>>()
  let trained: Trainables | null = null
  const release = async (): Promise<void> => {
    for (const program of programs.values()) await program.release()
    programs.clear()
  }
  const sizeOf = (parts: number): number => Math.ceil(options.batch / parts)
  const inputsOf = (batch: readonly number[], from: number, size: number, step: number) => {
    const part = batch.slice(from, from + size)
    const length = bucketFor(buckets, Math.max(...part.map(tokensOf)))
    const filled = Array.from({ length: size }, (_, i) => part[i] ?? part[0] ?? 0)
    const inputs = model.model.graph.inputs.filter(({ name }) => !isDropoutMask(name))
    const masked = part.map((row, i) => ({
      position: from + i,
      windows: windowsOf(source, row).map((at) => source.encoded[at]?.ids.length ?? 0),
    }))
    const windows = filledWindows(
      filled.reduce((sum, row) => sum + windowsOf(source, row).length, 0),
      size,
    )
    const feeds = {
      ...rowFeeds(inputs, source, filled, length, windows),
      ...model.lossFeeds(part, batch, size),
      ...dropoutMasks(model.dropout, options.seed, step, masked, { rows: size, windows, length }),
    }
    return { feeds, shape: `${size} x ${length} x ${windows}` }
  }
  const gradientOf = async (
    batch: readonly number[],
    from: number,
    size: number,
    step: number,
    now: Trainables,
  ): Promise<R> => {
    const { feeds, shape } = inputsOf(batch, from, size, step)
    const program = programs.get(shape) ?? (await place.compile(feeds, now))
    programs.set(shape, program)
    return program.run(feeds, from === 0 ? place.rooms : undefined)
  }
  return {
    of: async (batch, step, parts) => {
      const size = sizeOf(parts)
      const now = trainedAt(trainables, unfreezing, step)
      if (trained && trained.dense.length + trained.tables.length < now.dense.length + now.tables.length)
        await release()
      trained = now
      let sum = await gradientOf(batch, 0, size, step, now)
      for (let from = size; from < batch.length; from += size)
        sum = await place.added(sum, await gradientOf(batch, from, size, step, now))
      return sum
    },
    bytesOf: async (batch, parts) => {
      const { feeds } = inputsOf(batch, 0, sizeOf(parts), 0)
      const { graph } = await trainingGraph(model.runtime, model.model, feeds, trainables, model.segments)
      return liveBytes(graph)
    },
    release,
  }
}

/** The number of windows that a batch is filled up to: few different ones, as each is a program of its own. */
const filledWindows = (windows: number, rows: number): number => {
  let filled = rows
  while (filled < windows) filled = Math.ceil(filled * 1.25)
  return filled
}

/** The sum of two results; the arrays of the first become those of the sum. */
const added = (a: StepResult, b: StepResult): StepResult => {
  for (const [name, gradient] of b.dense) {
    const into = a.dense.get(name)
    for (let i = 0; into && i < into.length; i++) into[i] = (into[i] ?? 0) + (gradient[i] ?? 0)
  }
  const rows = new Map(a.rows)
  for (const [name, more] of b.rows) {
    const one = a.rows.get(name)
    if (!one) continue
    const gradient = new Float32Array(one.gradient.length + more.gradient.length)
    gradient.set(one.gradient)
    gradient.set(more.gradient, one.gradient.length)
    rows.set(name, sumRows([...one.rows, ...more.rows], gradient, more.gradient.length / more.rows.length))
  }
  return { loss: a.loss + b.loss, dense: a.dense, rows }
}
