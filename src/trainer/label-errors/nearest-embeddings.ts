import { GraphBuilder } from '../autodiff/builder.ts'
import { floatOutput, openSession, type Runtime } from '../engine/runtime.ts'
import { toModel } from '../engine/specialise.ts'
import { OPSET } from '../onnx/model.ts'
import { createNearest } from './nearest.ts'

/** Rows that are compared at once, so that memory stays the same for any number of rows. */
const QUERIES = 256
const BLOCK = 4096

/**
 * For each of `rows` the `count` other rows with the nearest embeddings by cosine, the nearest first; of equally near
 * ones the earlier.
 *
 * @param features [rows, width]
 */
export async function nearestEmbeddings(
  runtime: Runtime,
  features: Float32Array,
  width: number,
  rows: readonly number[],
  count: number,
): Promise<number[][]> {
  const unit = normalised(features, width)
  const all = features.length / width
  const b = new GraphBuilder({ nodes: [], values: new Map(), constants: new Map(), inputs: [], outputs: [] })
  const x = b.input('x', 'float32', [QUERIES, width])
  const y = b.input('y', 'float32', [BLOCK, width])
  const cosines = b.gemm(x, y, { transB: true })
  const session = await openSession(runtime, toModel(b.graph([cosines]), new Map([['', OPSET]])))
  try {
    const found: number[][] = []
    for (let from = 0; from < rows.length; from += QUERIES) {
      const asked = rows.slice(from, from + QUERIES)
      const data = new Float32Array(QUERIES * width)
      for (const [i, row] of asked.entries())
        data.set(unit.subarray(row * width, (row + 1) * width), i * width)
      const nearest = asked.map(() => createNearest(count))
      for (let first = 0; first < all; first += BLOCK) {
        const block = new Float32Array(BLOCK * width)
        block.set(unit.subarray(first * width, (first + BLOCK) * width))
        const result = await session.run(
          {
            x: { type: 'float32', dims: [QUERIES, width], data },
            y: { type: 'float32', dims: [BLOCK, width], data: block },
          },
          [cosines],
        )
        const likeness = floatOutput(result, cosines)
        const end = Math.min(BLOCK, all - first)
        for (const [i, row] of asked.entries())
          for (let other = 0; other < end; other++)
            if (first + other !== row) nearest[i]?.add(first + other, likeness[i * BLOCK + other] ?? 0)
      }
      found.push(...nearest.map(({ rows }) => rows()))
    }
    return found
  } finally {
    await session.release()
  }
}

/** Each row of length one. */
function normalised(features: Float32Array, width: number): Float32Array {
  const unit = features.slice()
  for (let at = 0; at < unit.length; at += width) {
    const row = unit.subarray(at, at + width)
    const length = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0))
    if (length > 0) for (let i = 0; i < width; i++) row[i] = (row[i] ?? 0) / length
  }
  return unit
}
