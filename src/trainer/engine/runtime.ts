import { availableParallelism } from 'node:os'
import * as ort from 'onnxruntime-node'
import type { Model } from '../onnx/model.ts'
import { writeModel } from '../onnx/write.ts'
import type { StringTensor, Tensor } from './tensor.ts'
import { loadTensorFlow } from './tfjs/load.ts'
import { openTfjsSession } from './tfjs/session.ts'

/** Where onnxruntime computes, or the second engine, which has a device of its own. */
export type Device = 'cpu' | 'webgpu' | 'tfjs'

export interface Runtime {
  readonly device: Device
  readonly threads: number
}

/**
 * A graph ready to execute. `run` blocks the calling thread while it computes. Inputs are read in place;
 * outputs are fresh copies.
 */
export interface Session {
  run(
    feeds: Readonly<Record<string, Tensor | StringTensor>>,
    outputs: readonly string[],
  ): Promise<Readonly<Record<string, Tensor>>>
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

/**
 * @param model bytes, or a model to be written
 * @param optimise false while a graph is only looked into: every node then runs as it stands
 */
export const openSession = async (
  runtime: Runtime,
  model: Model | Uint8Array,
  optimise = true,
): Promise<Session> => {
  // Bytes are a file as it was exported: what onnxruntime makes of that is what counts.
  if (runtime.device === 'tfjs' && !(model instanceof Uint8Array))
    return openTfjsSession(await loadTensorFlow(), model)
  const bytes = model instanceof Uint8Array ? model : writeModel(model)
  const session = await createSession(runtime, bytes, optimise)
  return {
    run: async (feeds, outputs) => {
      const inputs: Record<string, ort.Tensor> = {}
      for (const name of session.inputNames) {
        const tensor = feeds[name]
        if (!tensor) throw new Error(`the graph's input ${name} was not fed`)
        inputs[name] = toOrt(tensor)
      }
      const results = await session.run(inputs, outputs)
      const tensors: Record<string, Tensor> = {}
      for (const name of outputs) {
        const result = results[name]
        if (!result) throw new Error(`the graph gave no output ${name}`)
        tensors[name] = fromOrt(result)
      }
      return tensors
    },
    release: () => session.release(),
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
  optimise: boolean,
): Promise<ort.InferenceSession> =>
  ort.InferenceSession.create(bytes, {
    executionProviders: runtime.device === 'webgpu' ? ['webgpu', 'cpu'] : ['cpu'],
    intraOpNumThreads: runtime.threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: optimise ? 'all' : 'disabled',
    // Each session's arena would stay at its own peak; without it the step costs about 3 % more.
    enableCpuMemArena: false,
    // What goes wrong is thrown; a person's mistake is one line on standard error.
    logSeverityLevel: 4,
  })

const toOrt = (tensor: Tensor | StringTensor): ort.Tensor => {
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
