import { t } from './l10n.ts'

/** What can compute: by the names of onnxruntime's providers. */
export const DEVICES = ['cpu', 'webgpu', 'cuda', 'dml', 'coreml'] as const
export type Device = (typeof DEVICES)[number]

/** What people call it. */
export const deviceName = (device: Device): string => {
  switch (device) {
    case 'cpu':
      return t`the processor`
    case 'webgpu':
      return 'WebGPU'
    case 'cuda':
      return 'CUDA'
    case 'dml':
      return 'DirectML'
    case 'coreml':
      return 'CoreML'
  }
}
