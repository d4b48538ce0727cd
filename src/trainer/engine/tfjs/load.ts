import { statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import util from 'node:util'
import { UserError } from '../../../shared/error.ts'
import { t } from '../../../shared/l10n.ts'
import type { TensorFlow } from './operator.ts'

/** Names the folder of the package; the editor sets it from its setting finesse.tfjsPath. */
const VARIABLE = 'FINESSE_TFJS'

/**
 * TensorFlow.js out of the folder that FINESSE_TFJS names, such as `node_modules/@tensorflow/tfjs-node-gpu`, with
 * the backend ready that it chooses itself. It is never bundled: its native library is larger than all of Finesse.
 *
 * @throws UserError where it is missing or can't be loaded
 */
export const loadTensorFlow = async (): Promise<TensorFlow> => {
  const folder = resolve(process.env[VARIABLE] || fail(t`no folder is named`))
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) fail(t`there is no folder ${folder}`)
  mendUtil()
  // TensorFlow writes what it finds of the machine to standard error.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2'
  const tf = load(folder)
  if (!isTensorFlow(tf)) return fail(t`what is in ${folder} is another package`)
  await tf.ready()
  return tf
}

/** What computes, for a person who hopes for a graphics card: TensorFlow falls back on the processor by itself. */
export const describeTensorFlow = (tf: TensorFlow): string =>
  Reflect.get(tf.backend(), 'isUsingGpuDevice') === true
    ? t`TensorFlow.js ${tf.version_core} computes, on a graphics card.`
    : t`TensorFlow.js ${tf.version_core} computes, on the processor.`

const fail = (reason: string): never => {
  throw new UserError(
    t`TensorFlow.js can not be used: ${reason}. Set FINESSE_TFJS (in the editor: finesse.tfjsPath) to the folder of @tensorflow/tfjs-node-gpu, or use the engine onnxruntime.`,
  )
}

const load = (folder: string): unknown => {
  try {
    return createRequire(import.meta.url)(folder)
  } catch (error) {
    const [line] = (error instanceof Error ? error.message : String(error)).split('\n')
    return fail(t`${folder} could not be loaded (${(line ?? '').trim().replace(/\.$/, '')})`)
  }
}

const isTensorFlow = (loaded: unknown): loaded is TensorFlow =>
  typeof loaded === 'object' &&
  loaded !== null &&
  ['ready', 'tidy', 'tensor', 'matMul'].every((name) => typeof Reflect.get(loaded, name) === 'function')

/** What tfjs-node 4.22 calls of node:util at every operator, and Node 23 no longer has. */
const mendUtil = (): void => {
  for (const [name, value] of Object.entries({
    isArray: Array.isArray,
    isNullOrUndefined: (x: unknown): boolean => x === null || x === undefined,
  }))
    if (!(name in util)) Object.defineProperty(util, name, { value })
}
