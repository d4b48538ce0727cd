import { backward, type GatheredGradient } from '../../autodiff/backward.ts'
import { GraphBuilder } from '../../autodiff/builder.ts'
import { recomputed } from '../../autodiff/recompute.ts'
import type { StaticGraph } from '../../autodiff/static-graph.ts'
import { forDevice } from '../../engine/plain-products.ts'
import { floatOutput, openSession, output, type Runtime } from '../../engine/runtime.ts'
import { specialise, toModel } from '../../engine/specialise.ts'
import type { FloatTensor, Tensor } from '../../engine/tensor.ts'
import type { WeightedGraph } from '../../engine/weights.ts'
import type { Model } from '../../onnx/model.ts'
import { LOSS } from '../../tasks/head.ts'
import { type RowGradient, sumRows } from './optimiser.ts'

/** What training changes, by name: whole tensors, and tables of which it changes the rows that a batch touches. */
export interface Trainables {
  readonly dense: readonly string[]
  readonly tables: readonly string[]
}

export interface StepResult {
  readonly loss: number
  readonly dense: ReadonlyMap<string, Float32Array>
  readonly rows: ReadonlyMap<string, RowGradient>
}

/** Arrays for the gradients of whole tensors, by the tensor's name. */
export type Rooms = ReadonlyMap<string, Float32Array>

/** Loss and gradients for batches of one shape. */
export interface Program<R = StepResult> {
  /** @param rooms where gradients are written that have one; the others are fresh */
  run(feeds: Readonly<Record<string, Tensor>>, rooms?: Rooms): Promise<R>
  release(): Promise<void>
}

/** Forward and backward pass for batches of one shape, ready for a session. */
export interface TrainingGraph {
  readonly graph: StaticGraph
  readonly model: Model
  /** The value that is the gradient of a whole tensor, by the tensor's name. */
  readonly dense: ReadonlyMap<string, string>
  /** Of tables: the gradients of the rows that were picked, and which these are. */
  readonly gathered: readonly GatheredGradient[]
  readonly outputs: readonly string[]
  /** The names of the weights that it reads. */
  readonly weights: readonly string[]
}

/**
 * Derives the training graph for the dimensions of `feeds`.
 *
 * @param model ends in the loss
 * @param segments the value that enters each, where all but the last are to be computed anew in the backward pass
 */
export const trainingGraph = async (
  runtime: Runtime,
  model: WeightedGraph,
  feeds: Readonly<Record<string, Tensor>>,
  trainables: Trainables,
  segments: readonly string[] = [],
): Promise<TrainingGraph> => {
  const forward = await specialise(runtime, model, feeds)
  const b = new GraphBuilder(forward)
  const { dense, gathered, all } = backward(
    b,
    forward.nodes,
    new Map([[LOSS, b.scalar(1)]]),
    new Set([...trainables.dense, ...trainables.tables]),
    new Set(trainables.tables),
  )
  const indices = gathered.map((part) => part.indices)
  // An input can't be an output as well: indices that are fed are taken from the feeds.
  const computed = indices.filter((name) => !forward.inputs.includes(name))
  const outputs = [...new Set([LOSS, ...dense.values(), ...gathered.map((part) => part.rows), ...computed])]
  const whole = b.graph(outputs)
  const entries = segments.filter((name) => forward.values.has(name))
  const graph =
    entries.length > 1
      ? recomputed({ graph: whole, forward: forward.nodes.length, gradients: all }, entries)
      : whole
  const used = new Set(graph.nodes.flatMap((node) => node.inputs))
  return {
    graph,
    model: toModel(forDevice(graph, runtime.device), model.opsets),
    dense,
    gathered,
    outputs,
    weights: [...model.weights.keys()].filter((name) => used.has(name)),
  }
}

/**
 * Derives and compiles the training graph for the dimensions of `feeds`. The weights are read from the graph's
 * own host tensors at every run, so that what the optimiser writes there is seen.
 *
 * @param model ends in the loss
 * @param segments as of `trainingGraph`
 */
export const compileProgram = async (
  runtime: Runtime,
  model: WeightedGraph,
  feeds: Readonly<Record<string, Tensor>>,
  trainables: Trainables,
  segments: readonly string[] = [],
): Promise<Program> => {
  const training = await trainingGraph(runtime, model, feeds, trainables, segments)
  const { dense, gathered, outputs } = training
  const weights = [...model.weights].filter(([name]) => training.weights.includes(name))
  const session = await openSession(runtime, training.model)
  return {
    run: async (batch, rooms) => {
      const into: Record<string, FloatTensor> = {}
      for (const [name, value] of dense) {
        const room = rooms?.get(name)
        if (room)
          into[value] ??= { type: 'float32', dims: training.graph.values.get(value)?.dims ?? [], data: room }
      }
      const results = await session.run({ ...Object.fromEntries(weights), ...batch }, outputs, into)
      const rows = new Map<string, RowGradient>()
      for (const table of trainables.tables) {
        const parts = gathered.filter((part) => part.table === table)
        const [first] = parts
        if (!first) continue
        const picked = parts.map((part) => indexNumbers(batch[part.indices] ?? output(results, part.indices)))
        const gradients = parts.map((part) => floatOutput(results, part.rows))
        const width = (gradients[0]?.length ?? 0) / (picked[0]?.length ?? 1)
        rows.set(table, sumRows(picked.flat(), joined(gradients), width))
      }
      const tensors = new Map<string, Float32Array>()
      const given = new Set<string>()
      for (const [name, value] of dense) {
        if (!trainables.dense.includes(name)) continue
        const gradient = floatOutput(results, value)
        // Of two weights that are but added to each other it is one value; each has an array of its own.
        tensors.set(name, given.has(value) ? gradient.slice() : gradient)
        given.add(value)
      }
      return { loss: floatOutput(results, LOSS)[0] ?? Number.NaN, dense: tensors, rows }
    },
    release: () => session.release(),
  }
}

const indexNumbers = (tensor: Tensor): readonly number[] =>
  Array.from<number | bigint, number>(tensor.data, Number)

const joined = (parts: readonly Float32Array[]): Float32Array => {
  const [only] = parts
  if (only && parts.length === 1) return only
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
