import { setImmediate } from 'node:timers/promises'
import { openSession, type Runtime } from '../engine/runtime.ts'
import type { Tensor } from '../engine/tensor.ts'
import { dynamicModel, type WeightedGraph } from '../engine/weights.ts'
import type { ValueInfo } from '../onnx/model.ts'
import { ROW_SHARE, TARGETS } from '../tasks/head.ts'
import { textFeeds } from '../text/inputs.ts'
import type { Encoded } from '../text/tokenizer.ts'
import { lengthSortedBatches } from './batches.ts'
import type { BoundaryCache } from './boundary-cache.ts'
import { BOUNDARY } from './network.ts'

/** Rows as a graph reads them: their tokens, or what the frozen part made of these. */
export interface RowSource {
  readonly encoded: readonly Encoded[]
  readonly padId: number
  /** null: nothing is kept, the graph begins at the tokens. */
  readonly cache: BoundaryCache | null
}

/** Raised where the work is to stop: between batches, by the signal. */
export class Stopped extends Error {
  override readonly name = 'Stopped'
}

/** Lets timers, signals and the screen have their turn, and ends the work where that was asked. */
export const breathe = async (stop: AbortSignal): Promise<void> => {
  await setImmediate()
  if (stop.aborted) throw new Stopped('stopped')
}

/** Feeds for some rows, padded to `length`. */
export const rowFeeds = (
  inputs: readonly ValueInfo[],
  source: RowSource,
  rows: readonly number[],
  length: number,
): Record<string, Tensor> => {
  const ownInputs = inputs.filter(({ name }) => name !== BOUNDARY && name !== TARGETS && name !== ROW_SHARE)
  const encoded = rows.map((row) => encodedRow(source, row))
  const feeds = Object.fromEntries(textFeeds(ownInputs, encoded, length, source.padId))
  if (inputs.some(({ name }) => name === BOUNDARY)) {
    if (!source.cache) throw new Error('the graph begins at the boundary, and no cache is there')
    feeds[BOUNDARY] = source.cache.read(rows, length)
  }
  return feeds
}

const encodedRow = (source: RowSource, row: number): Encoded => {
  const encoded = source.encoded[row]
  if (!encoded) throw new Error(`there is no row ${row}`)
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
  try {
    const lengths = rows.map((row) => encodedRow(source, row).ids.length)
    const outputs = model.graph.outputs.map((output) => output.name)
    const weights = Object.fromEntries(model.weights)
    let done = 0
    for (const positions of lengthSortedBatches(lengths, BATCH_TOKENS)) {
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
    await session.release()
  }
}
