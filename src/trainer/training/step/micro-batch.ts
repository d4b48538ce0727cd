import { availableMemory } from '../../available-memory.ts'
import type { BatchGradients } from './batch-gradient.ts'

/** Of the free memory, for a step: other programs want some, and a step's values do not lie without gaps. */
const SHARE = 0.7

/**
 * The fewest parts of a batch that fit into the free memory; where none does, rows one by one.
 *
 * @param bytesOf what a part needs, where a batch is computed in so many
 */
export const partsThatFit = async (
  batch: number,
  bytesOf: (parts: number) => Promise<number>,
  available: number = availableMemory(),
): Promise<number> => {
  let parts = 1
  while (parts < batch && (await bytesOf(parts)) > SHARE * available) parts *= 2
  return Math.min(parts, batch)
}

/** What onnxruntime, the C library and V8 say where memory is refused. */
const REFUSED = /bad[_ ]alloc|allocat\w* (memory|failed)|out of memory/i

/** A batch's gradients in so many parts, or in twice as many as often as memory is refused; and in how many it was. */
export const withinMemory = async <R>(
  gradients: Pick<BatchGradients<R>, 'of' | 'release'>,
  batch: readonly number[],
  step: number,
  parts: number,
): Promise<{ readonly result: R; readonly parts: number }> => {
  try {
    return { result: await gradients.of(batch, step, parts), parts }
  } catch (error) {
    const isRefused = error instanceof Error && REFUSED.test(error.message)
    if (!isRefused || parts >= batch.length) throw error
    await gradients.release()
    return withinMemory(gradients, batch, step, Math.min(parts * 2, batch.length))
  }
}
