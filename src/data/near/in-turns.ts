import { setImmediate as turn } from 'node:timers/promises'

const SLICE_MS = 40

/**
 * Does work that yields now and then, and lets timers, signals and requests have their turn meanwhile.
 *
 * @param isVoid ends the work early, with null
 */
export async function inTurns<T>(work: Generator<undefined, T>): Promise<T>
export async function inTurns<T>(work: Generator<undefined, T>, isVoid: () => boolean): Promise<T | null>
export async function inTurns<T>(
  work: Generator<undefined, T>,
  isVoid: () => boolean = () => false,
): Promise<T | null> {
  let began = performance.now()
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
    if (performance.now() - began < SLICE_MS) continue
    await turn()
    if (isVoid()) return null
    began = performance.now()
  }
}
