import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type Device, deviceName } from '../../shared/device.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { writeModel } from '../onnx/write.ts'
import { reasonOf } from './device-failure.ts'
import { IDENTITY } from './device-memory.ts'
import { runtimeVersion, supportedDevices } from './runtime.ts'

const OPEN = `require(process.argv[1]).InferenceSession
  .create(Buffer.from(process.argv[2], 'base64'), { executionProviders: [process.argv[3]], logSeverityLevel: 4 })
  .then((session) => session.release())
  .catch((error) => { console.log(error.message); process.exitCode = 1 })`

/**
 * Opens a device, and closes it. In a process of its own: where there is none, the native library writes to standard
 * error itself, and a driver that ends its process shall not end a training.
 *
 * @throws UserError where there is none, which says what to do
 */
export const checkDevice = async (device: Device): Promise<void> => {
  if (device === 'cpu') return
  if (!supportedDevices.includes(device)) throw new UserError(notHere(device))
  const runtime = createRequire(import.meta.url).resolve('onnxruntime-node')
  const bytes = Buffer.from(writeModel(IDENTITY)).toString('base64')
  const child = spawn(process.execPath, ['-e', OPEN, runtime, bytes, device], {
    stdio: ['ignore', 'pipe', 'ignore'],
    windowsHide: true,
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const [code, signal]: unknown[] = await once(child, 'close')
  if (code === 0) return
  if (device === 'cuda' && /shared library/.test(said)) throw new UserError(cudaMissing(runtime))
  const reason = signal ? t`opening one ended by ${String(signal)}` : reasonOf(said)
  throw new UserError(
    reason === ''
      ? t`No ${deviceName(device)} device on this machine (unknown reason). Use the processor: device cpu.`
      : t`No ${deviceName(device)} device on this machine (${reason}). Use the processor: device cpu.`,
  )
}

const asked = new Map<Device, Promise<string | null>>()

/** The same as an answer: null, or why there is none. Found out once a process. */
export const missingDevice = (device: Device): Promise<string | null> => {
  const known = asked.get(device)
  if (known) return known
  const answer = checkDevice(device).then(
    () => null,
    (error: unknown) => {
      if (error instanceof UserError) return error.message
      throw error
    },
  )
  asked.set(device, answer)
  return answer
}

/** The runtime's binary for this platform was built without it. */
const notHere = (device: Exclude<Device, 'cpu'>): string => {
  const here = `${process.platform}-${process.arch}`
  switch (device) {
    case 'webgpu':
      return t`onnxruntime has no WebGPU for ${here}. Use the processor: device cpu.`
    case 'cuda':
      return t`Device cuda is for Linux on x64 with an NVIDIA GPU, and this is ${here}. Use device webgpu or cpu.`
    case 'dml':
      return t`Device dml is for Windows, and this is ${here}. Use device webgpu or cpu.`
    case 'coreml':
      return t`Device coreml is for a Mac, and this is ${here}. Use device webgpu or cpu.`
  }
}

/** Its install script, which is skipped, would have fetched them; an extension's package holds no such script. */
const cudaMissing = (runtime: string): string => {
  const folder = dirname(dirname(runtime))
  const script = join(folder, 'script', 'install.js')
  const libraries = join(folder, 'bin', 'napi-v6', process.platform, process.arch)
  return existsSync(script)
    ? t`CUDA's libraries for onnxruntime are not installed. Fetch them by: node ${script} --onnxruntime-node-install=cuda12 (CUDA 12 and cuDNN 9 must be there too). Or use the processor: device cpu.`
    : t`CUDA's libraries for onnxruntime are not installed: put libonnxruntime_providers_cuda.so and libonnxruntime_providers_shared.so of onnxruntime ${runtimeVersion} into ${libraries} (CUDA 12 and cuDNN 9 must be there too). Or use the processor: device cpu.`
}
