import type { Device } from '../../shared/device.ts'

/** The first line of what onnxruntime said, without the failed check and its place in the source. */
export const reasonOf = (message: string): string =>
  (message.trim().split('\n')[0] ?? '').replace(/^.* was false\. /, '')

/** What a device other than the processor failed by: lost, out of memory, or a kernel that refused. */
export class DeviceFailure extends Error {
  override readonly name = 'DeviceFailure'
  readonly device: Device
  /** One line, as the runtime said it. */
  readonly reason: string

  constructor(device: Device, cause: unknown) {
    const message = cause instanceof Error ? cause.message : String(cause)
    super(`${device} failed: ${message}`, { cause })
    this.device = device
    this.reason = reasonOf(message)
  }
}

/** Does something with a device; what the runtime throws then is the device's failure, on the processor a defect. */
export const onDevice = async <T>(device: Device, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    throw device === 'cpu' ? error : new DeviceFailure(device, error)
  }
}
