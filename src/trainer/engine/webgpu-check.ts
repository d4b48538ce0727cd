import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { attributes } from '../onnx/attributes.ts'
import type { Model, ValueInfo } from '../onnx/model.ts'
import { writeModel } from '../onnx/write.ts'

const OPEN = `require(process.argv[1]).InferenceSession
  .create(Buffer.from(process.argv[2], 'base64'), { executionProviders: ['webgpu'], logSeverityLevel: 4 })
  .then((session) => session.release())
  .catch((error) => { console.log(error.message); process.exitCode = 1 })`

const value = (name: string): ValueInfo => ({ name, type: 'float32', dims: [1] })

const IDENTITY: Model = {
  irVersion: 8,
  opsets: new Map([['', 18]]),
  producer: 'finesse',
  graph: {
    name: 'finesse',
    nodes: [
      { name: 'y', op: 'Identity', domain: '', inputs: ['x'], outputs: ['y'], attributes: attributes({}) },
    ],
    initializers: new Map(),
    inputs: [value('x')],
    outputs: [value('y')],
  },
}

/**
 * Opens a WebGPU device, and closes it. In a process of its own: where there is none, the native library writes
 * to standard error itself, and a driver that ends its process shall not end a training.
 *
 * @throws UserError where there is none
 */
export const checkWebgpu = async (): Promise<void> => {
  const runtime = createRequire(import.meta.url).resolve('onnxruntime-node')
  const bytes = Buffer.from(writeModel(IDENTITY)).toString('base64')
  const child = spawn(process.execPath, ['-e', OPEN, runtime, bytes], {
    stdio: ['ignore', 'pipe', 'ignore'],
    windowsHide: true,
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const [code, signal]: unknown[] = await once(child, 'close')
  if (code === 0) return
  // In onnxruntime's message the reason follows the failed check and its place in the source.
  const reason = signal
    ? t`opening one ended by ${String(signal)}`
    : (said.trim().split('\n')[0] ?? '').replace(/^.* was false\. /, '')
  throw new UserError(
    reason === ''
      ? t`No WebGPU device on this machine (unknown reason). Use the processor: device cpu.`
      : t`No WebGPU device on this machine (${reason}). Use the processor: device cpu.`,
  )
}
