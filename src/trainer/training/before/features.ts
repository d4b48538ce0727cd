import { statfsSync } from 'node:fs'
import { floatOutput, output, type Runtime } from '../../engine/runtime.ts'
import type { WeightedGraph } from '../../engine/weights.ts'
import { FEATURES } from '../../tasks/pooling.ts'
import { BOUNDARY, type Division, lowerPart } from '../step/network.ts'
import { forwardRows, type RowSource, rowCount, windowsOf } from '../step/rows.ts'
import { BoundaryCache } from './boundary-cache.ts'

export interface Features {
  /** [rows, width]: what the untouched model makes of every row. */
  readonly features: Float32Array
  /** The source of the rows for the trained part. */
  readonly source: RowSource & { readonly cache: BoundaryCache | null }
  /** null: the trained part begins at the tokens. */
  readonly division: Division | null
}

/** Where the trained part begins, and how much disk may be used for what lies below. */
export interface Below {
  readonly value: string
  readonly width: number
  readonly cachePath: string
  readonly cacheMb: number
}

/**
 * Executes the untouched model once on every row: the features for the linear probe, and, on the way, what the
 * frozen part makes of the row, which is kept on disk (fp32 where it fits in half of the limit, else fp16,
 * else not at all).
 */
export const computeFeatures = async (
  runtime: Runtime,
  network: WeightedGraph,
  width: number,
  source: RowSource,
  below: Below | null,
  progress: (done: number) => void,
  stop: AbortSignal,
): Promise<Features> => {
  const lengths = source.encoded.map((row) => row.ids.length)
  const division = below && divide(below, lengths)
  const cache =
    below && division ? new BoundaryCache(below.cachePath, lengths, division.width, division.half) : null
  const rows = rowCount(source)
  const features = new Float32Array(rows * width)
  try {
    await forwardRows(
      runtime,
      lowerPart(network, division),
      source,
      Array.from({ length: rows }, (_, row) => row),
      (batch, results) => {
        const computed = floatOutput(results, FEATURES)
        for (const [i, row] of batch.entries())
          features.set(computed.subarray(i * width, (i + 1) * width), row * width)
        const windows = batch.flatMap((row) => windowsOf(source, row))
        cache?.write(windows, output(results, BOUNDARY))
      },
      progress,
      stop,
    )
  } catch (error) {
    cache?.close()
    throw error
  }
  return { features, source: { ...source, cache }, division }
}

const divide = (below: Below, lengths: readonly number[]): Division | null => {
  const numbers = lengths.reduce((sum, length) => sum + length, 0) * below.width
  const { bavail, bsize } = statfsSync(below.cachePath.replace(/[^\\/]+$/, ''))
  const room = Math.min(below.cacheMb * 1e6, (bavail * bsize) / 2)
  if (numbers * 2 > room) return null
  return { value: below.value, width: below.width, half: numbers * 4 > room / 2 }
}
