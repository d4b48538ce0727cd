import { fileURLToPath } from 'node:url'
import { loadTensorFlow } from '../../../../src/trainer/engine/tfjs/load.ts'
import type { TensorFlow } from '../../../../src/trainer/engine/tfjs/operator.ts'

/** A folder as a person names it: TensorFlow.js's core with its backend in JavaScript. */
export const TENSORFLOW = fileURLToPath(new URL('../../../fixtures/tensorflow', import.meta.url))

/** What FINESSE_TFJS names, else the core in JavaScript: `FINESSE_TFJS=... node --test` tries the native library. */
export const useTensorFlow = (): Promise<TensorFlow> => {
  process.env.FINESSE_TFJS ||= TENSORFLOW
  return loadTensorFlow()
}
