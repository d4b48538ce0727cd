import { attributes } from '../onnx/attributes.ts'
import type { Model, ValueInfo } from '../onnx/model.ts'
import {
  floatOutput,
  freeResident,
  openKeepingSession,
  openSession,
  type Resident,
  type Runtime,
} from './runtime.ts'
import type { Tensor } from './tensor.ts'

/** Whether outputs of a session can stay on the device: onnxruntime's binding for Node has that for WebGPU alone. */
export const keepsTensors = ({ device }: Runtime): boolean => device === 'webgpu'

/** The way of numbers to a device and back. */
export interface DeviceMemory {
  put(tensor: Tensor): Promise<Resident>
  read(resident: Resident): Promise<Float32Array>
  release(): Promise<void>
}

const value = (name: string): ValueInfo => ({ name, type: 'float32', dims: null })

/** Gives what it is given. */
export const IDENTITY: Model = {
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
 * Both ways are a session of one Identity, whose output stays or does not. (`getData()` of a tensor on the device
 * ends the process in onnxruntime-node 1.30.0.)
 */
export const openDeviceMemory = async (runtime: Runtime): Promise<DeviceMemory> => {
  const there = await openKeepingSession(runtime, IDENTITY, ['y'])
  const back = await openSession(runtime, IDENTITY)
  return {
    put: async (tensor) => {
      const resident = (await there.run({ x: tensor }, ['y'])).kept.get('y')
      if (!resident) throw new Error('nothing was kept')
      return resident
    },
    read: async (resident) => floatOutput(await back.run({ x: resident }, ['y']), 'y'),
    release: async () => {
      await there.release()
      await back.release()
    },
  }
}

/** Gives all their buffers back; one that stands under two names once. */
export const freeAll = (residents: Iterable<Resident>): void => {
  for (const resident of new Set(residents)) freeResident(resident)
}
