import { availableParallelism } from 'node:os'
import * as ort from 'onnxruntime-node'
import type { Device } from '../../shared/device.ts'
import type { Model } from '../onnx/model.ts'
import { writeModel } from '../onnx/write.ts'
import { onDevice } from './device-failure.ts'
import type { FloatTensor, StringTensor, Tensor } from './tensor.ts'
import { loadTensorFlow } from './tfjs/load.ts'
import { openTfjsSession } from './tfjs/session.ts'

export interface Runtime {
  /** Where onnxruntime computes, or the second engine, which has a device of its own. */
  readonly device: Device | 'tfjs'
  readonly threads: number
}

/** How far onnxruntime may rewrite a graph. */
export type Optimisation = 'all' | 'basic' | 'disabled'

/** Float numbers where the device computes: left there by one session, read there by the next. */
export interface Resident {
  readonly type: 'resident'
  readonly dims: readonly number[]
  readonly held: ort.Tensor
}

export type Feeds = Readonly<Record<string, Tensor | StringTensor | Resident>>

/** Tensors that outputs are written to, by the output's name: what is fresh costs new memory. */
export type Into = Readonly<Record<string, FloatTensor>>

/**
 * A graph ready to execute. `run` blocks the calling thread while it computes. Inputs are read in place;
 * outputs are fresh copies, but for those that `into` has a tensor for.
 *
 * On another device than the processor whatever the runtime throws is a `DeviceFailure`.
 */
export interface Session {
  run(feeds: Feeds, outputs: readonly string[], into?: Into): Promise<Readonly<Record<string, Tensor>>>
  release(): Promise<void>
}

/** A session of which some outputs stay on the device. */
export interface KeepingSession {
  run(
    feeds: Feeds,
    outputs: readonly string[],
  ): Promise<{
    readonly tensors: Readonly<Record<string, Tensor>>
    readonly kept: ReadonlyMap<string, Resident>
  }>
  release(): Promise<void>
}

/**
 * The processor. A machine with more than two cores keeps one for whoever works at it. onnxruntime's own choice of
 * threads is not readable, so it is made here.
 */
export const cpuRuntime = (threads: number | 'auto' = 'auto'): Runtime => {
  const cores = availableParallelism()
  return { device: 'cpu', threads: threads === 'auto' ? (cores > 2 ? cores - 1 : cores) : threads }
}

export const runtimeVersion: string = ort.env.versions.common

/** What the runtime's binary for this platform was built for; not whether this machine has it. */
export const supportedDevices: readonly string[] = ort.listSupportedBackends().map(({ name }) => name)

/**
 * @param model bytes, or a model to be written
 * @param optimise `basic` where only values that hang on no data are asked for: they are then computed while it opens;
 *   `disabled` where every node is to run as it stands
 */
export const openSession = async (
  runtime: Runtime,
  model: Model | Uint8Array,
  optimise: Optimisation = 'all',
): Promise<Session> => {
  // Bytes are a file as it was exported: what onnxruntime makes of that is what counts.
  if (runtime.device === 'tfjs' && !(model instanceof Uint8Array))
    return openTfjsSession(await loadTensorFlow(), model)
  const { run, release } = await open(runtime, model, optimise, [])
  return { run: async (feeds, outputs, into) => (await run(feeds, outputs, into)).tensors, release }
}

/** @param kept the outputs that stay on the device; their holder frees them by `freeResident` */
export const openKeepingSession = (
  runtime: Runtime,
  model: Model,
  kept: readonly string[],
): Promise<KeepingSession> => open(runtime, model, 'all', kept)

/** The buffer goes back to the device. Not to be read again. */
export const freeResident = ({ held }: Resident): void => held.dispose()

const open = async (
  runtime: Runtime,
  model: Model | Uint8Array,
  optimise: Optimisation,
  kept: readonly string[],
) => {
  const bytes = model instanceof Uint8Array ? model : writeModel(model)
  const device = runtime.device === 'tfjs' ? 'cpu' : runtime.device
  const session = await onDevice(device, () => createSession({ ...runtime, device }, bytes, optimise, kept))
  const isKept = new Set(kept)
  return {
    run: async (feeds: Feeds, outputs: readonly string[], into: Into = {}) => {
      const inputs: Record<string, ort.Tensor> = {}
      for (const name of session.inputNames) {
        const tensor = feeds[name]
        if (!tensor) throw new Error(`the graph's input ${name} was not fed`)
        inputs[name] = toOrt(tensor)
      }
      const fetches = Object.fromEntries(
        outputs.map((name) => {
          const place = into[name]
          return [name, place ? toOrt(place) : null] as const
        }),
      )
      const results = await onDevice(device, () => session.run(inputs, fetches))
      const tensors: Record<string, Tensor> = {}
      const left = new Map<string, Resident>()
      for (const name of outputs) {
        const result = results[name]
        if (!result) throw new Error(`the graph gave no output ${name}`)
        if (isKept.has(name)) left.set(name, { type: 'resident', dims: result.dims, held: result })
        // What onnxruntime gives back of a tensor that it was given is a copy of it.
        else tensors[name] = into[name] ?? fromOrt(result)
      }
      return { tensors, kept: left }
    },
    release: () => onDevice(device, () => session.release()),
  }
}

/** Value by key, or the defect's own message: for outputs that were asked for by name. */
export const output = (tensors: Readonly<Record<string, Tensor>>, name: string): Tensor => {
  const tensor = tensors[name]
  if (!tensor) throw new Error(`no output ${name}`)
  return tensor
}

export const floatOutput = (tensors: Readonly<Record<string, Tensor>>, name: string): Float32Array => {
  const tensor = output(tensors, name)
  if (tensor.type !== 'float32') throw new Error(`output ${name} is ${tensor.type}, not float32`)
  return tensor.data
}

const createSession = (
  runtime: Runtime,
  bytes: Uint8Array,
  optimise: Optimisation,
  kept: readonly string[],
): Promise<ort.InferenceSession> =>
  ort.InferenceSession.create(bytes, {
    executionProviders: runtime.device === 'cpu' ? ['cpu'] : [runtime.device, 'cpu'],
    intraOpNumThreads: runtime.threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: optimise,
    // Each session's arena would stay at its own peak.
    enableCpuMemArena: false,
    // A pattern is one block of the whole step, mapped anew at each: freed memory that is used again is warm,
    // and less of it is needed. DirectML refuses a pattern anyway.
    enableMemPattern: false,
    ...(kept.length > 0
      ? { preferredOutputLocation: Object.fromEntries(kept.map((name) => [name, 'gpu-buffer'] as const)) }
      : {}),
    // What goes wrong is thrown; a person's mistake is one line on standard error.
    logSeverityLevel: 4,
  })

const toOrt = (tensor: Tensor | StringTensor | Resident): ort.Tensor => {
  if (tensor.type === 'resident') return tensor.held
  // onnxruntime's types ask for mutable dimensions and do not know the union of element types.
  const dims = [...tensor.dims]
  switch (tensor.type) {
    case 'string':
      return new ort.Tensor('string', [...tensor.data], dims)
    case 'float32':
      return new ort.Tensor('float32', tensor.data, dims)
    case 'float64':
      return new ort.Tensor('float64', tensor.data, dims)
    case 'float16':
      return new ort.Tensor('float16', tensor.data, dims)
    case 'int64':
      return new ort.Tensor('int64', tensor.data, dims)
    case 'int32':
      return new ort.Tensor('int32', tensor.data, dims)
    case 'bool':
      return new ort.Tensor('bool', tensor.data, dims)
    case 'uint8':
      return new ort.Tensor('uint8', tensor.data, dims)
    case 'int8':
      return new ort.Tensor('int8', tensor.data, dims)
  }
}

const fromOrt = (tensor: ort.Tensor): Tensor => {
  const { dims, data, type } = tensor
  if (type === 'float32' && data instanceof Float32Array) return { type, dims, data }
  if (type === 'float64' && data instanceof Float64Array) return { type, dims, data }
  if (type === 'int64' && data instanceof BigInt64Array) return { type, dims, data }
  if (type === 'int32' && data instanceof Int32Array) return { type, dims, data }
  if ((type === 'bool' || type === 'uint8') && data instanceof Uint8Array) return { type, dims, data }
  if (type === 'int8' && data instanceof Int8Array) return { type, dims, data }
  // A Uint16Array, or a Float16Array on a Node that has them: the same bytes.
  if (type === 'float16' && ArrayBuffer.isView(data))
    return { type, dims, data: new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2) }
  throw new Error(`onnxruntime gave a ${type} tensor, which Finesse does not read`)
}
