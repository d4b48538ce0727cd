import { setImmediate } from 'node:timers/promises'
import { freeAll, keepsTensors, openDeviceMemory } from '../../engine/device-memory.ts'
import { openSession, type Resident, type Runtime } from '../../engine/runtime.ts'
import type { Tensor } from '../../engine/tensor.ts'
import { dynamicModel, type WeightedGraph } from '../../engine/weights.ts'
import type { ValueInfo } from '../../onnx/model.ts'
import { ROW_SHARE, TARGETS } from '../../tasks/head.ts'
import { WINDOWS } from '../../tasks/pooling.ts'
import { textFeeds } from '../../text/inputs.ts'
import type { Encoded } from '../../text/tokenizer.ts'
import type { BoundaryCache } from '../before/boundary-cache.ts'
import type { StopSignal } from '../pause.ts'
import { lengthSortedBatches } from './batches.ts'
import { BOUNDARY } from './network.ts'

/** Rows as a graph reads them: their tokens, or what the frozen part made of these. */
export interface RowSource {
  /** The windows of the rows, one row after another; mostly one a row. */
  readonly encoded: readonly Encoded[]
  /** The first window of each row, and behind the last row their number; null: each row is one window. */
  readonly windows?: Int32Array | null
  readonly padId: number
  /** null: nothing is kept, the graph begins at the tokens. */
  readonly cache: Pick<BoundaryCache, 'read'> | null
}

/** Raised where the work is to stop: between batches, by the signal. */
export class Stopped extends Error {
  override readonly name = 'Stopped'
}

/** Lets timers, signals and the screen have their turn; rests, or ends the work, where that was asked. */
export const breathe = async (stop: StopSignal): Promise<void> => {
  await setImmediate()
  await stop.pause?.rest(stop)
  if (stop.aborted) throw new Stopped('stopped')
}

export const rowCount = ({ encoded, windows }: RowSource): number =>
  windows ? windows.length - 1 : encoded.length

/** Positions in `encoded` of what is read of a row. */
export const windowsOf = ({ windows }: RowSource, row: number): readonly number[] => {
  if (!windows) return [row]
  const [from = 0, to = 0] = windows.subarray(row, row + 2)
  return Array.from({ length: to - from }, (_, i) => from + i)
}

/** Tokens of a row: of its longest window. */
export const rowLength = (source: RowSource, row: number): number =>
  windowsOf(source, row).reduce((most, at) => Math.max(most, encodedAt(source, at).ids.length), 0)

/** Tokens that a row takes in a batch: those of all its windows, each padded to the longest. */
export const rowTokens = (source: RowSource, row: number): number =>
  windowsOf(source, row).length * rowLength(source, row)

/**
 * Feeds for some rows, padded to `length`.
 *
 * @param fill windows that the graph is made for, where it is made for a fixed number: those beyond the rows'
 *   own have no share in any row
 */
export const rowFeeds = (
  inputs: readonly ValueInfo[],
  source: RowSource,
  rows: readonly number[],
  length: number,
  fill = 0,
): Record<string, Tensor> => {
  const ownInputs = inputs.filter(
    ({ name }) => name !== BOUNDARY && name !== TARGETS && name !== ROW_SHARE && name !== WINDOWS,
  )
  const own = rows.map((row) => windowsOf(source, row))
  const all = own.flat()
  while (all.length < fill) all.push(all[0] ?? 0)
  const encoded = all.map((at) => encodedAt(source, at))
  const feeds = Object.fromEntries(textFeeds(ownInputs, encoded, length, source.padId))
  if (inputs.some(({ name }) => name === BOUNDARY)) {
    if (!source.cache) throw new Error('the graph begins at the boundary, and no cache is there')
    feeds[BOUNDARY] = source.cache.read(all, length)
  }
  if (inputs.some(({ name }) => name === WINDOWS)) feeds[WINDOWS] = shares(own, all.length)
  return feeds
}

/** [rows, windows]: each of a row's windows has the same share of it. */
const shares = (own: readonly (readonly number[])[], windows: number): Tensor => {
  const data = new Float32Array(own.length * windows)
  let at = 0
  for (const [row, { length }] of own.entries()) {
    data.fill(1 / length, row * windows + at, row * windows + at + length)
    at += length
  }
  return { type: 'float32', dims: [own.length, windows], data }
}

const encodedAt = (source: RowSource, at: number): Encoded => {
  const encoded = source.encoded[at]
  if (!encoded) throw new Error(`there is no row ${at}`)
  return encoded
}

/** Tokens of one batch where only the forward pass is computed: enough for full speed, little memory. */
const BATCH_TOKENS = 2048

/**
 * Executes a graph on rows, in batches of similar length.
 *
 * @param take is given the rows of each batch and the outputs, one row after another in each
 * @param progress is told how many rows are done
 */
export const forwardRows = async (
  runtime: Runtime,
  model: WeightedGraph,
  source: RowSource,
  rows: readonly number[],
  take: (batch: readonly number[], results: Readonly<Record<string, Tensor>>) => void,
  progress: (done: number) => void,
  stop: AbortSignal,
): Promise<void> => {
  const session = await openSession(runtime, dynamicModel(model))
  const there = await weightsThere(runtime, model)
  try {
    const lengths = rows.map((row) => rowLength(source, row))
    const tokens = rows.map((row) => rowTokens(source, row))
    const outputs = model.graph.outputs.map((output) => output.name)
    const weights = there ?? Object.fromEntries(model.weights)
    let done = 0
    for (const positions of lengthSortedBatches(tokens, BATCH_TOKENS)) {
      const batch = positions.map((position) => rows[position] ?? 0)
      const length = Math.max(...positions.map((position) => lengths[position] ?? 0))
      take(
        batch,
        await session.run({ ...weights, ...rowFeeds(model.graph.inputs, source, batch, length) }, outputs),
      )
      done += batch.length
      progress(done)
      await breathe(stop)
    }
  } finally {
    freeAll(Object.values(there ?? {}))
    await session.release()
  }
}

/** The weights on a device that keeps them, so that they cross to it once and not with every batch; else null. */
const weightsThere = async (
  runtime: Runtime,
  { weights }: WeightedGraph,
): Promise<Record<string, Resident> | null> => {
  if (!keepsTensors(runtime)) return null
  const memory = await openDeviceMemory(runtime)
  const there: Record<string, Resident> = {}
  for (const [name, tensor] of weights) there[name] = await memory.put(tensor)
  await memory.release()
  return there
}
