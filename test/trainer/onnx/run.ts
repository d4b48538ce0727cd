import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import type { Model, ValueInfo } from '../../../src/trainer/onnx/model.ts'
import { writeModel } from '../../../src/trainer/onnx/write.ts'

export type Feeds = Record<string, Tensor>

/** Small lengths for the names that exporters give to open dimensions. */
const LENGTHS: Readonly<Record<string, number>> = {
  sequence: 7,
  sequence_length: 7,
  seq: 7,
  decoder_sequence: 5,
  samples: 4000,
  'p2o.DynamicDimension.1': 48,
  'p2o.DynamicDimension.2': 96,
}

/** Numbers between -1 and 1 that are the same in every run. */
export function numbers(count: number, seed = 1): Float32Array {
  const values = new Float32Array(count)
  let state = seed
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    values[i] = state / 2 ** 31 - 1
  }
  return values
}

function feedOf({ name, type, dims }: ValueInfo, seed: number): Tensor {
  const shape = (dims ?? []).map((n) => (typeof n === 'number' ? n : (LENGTHS[n ?? ''] ?? 2)))
  const values = numbers(
    shape.reduce((product, n) => product * n, 1),
    seed,
  )
  const whole = Array.from(values, (value, i) =>
    /mask|type/.test(name) ? Number(i % 7 < 5) : 3 + Math.floor(9 + 9 * value),
  )
  if (type === 'int64') return new Tensor('int64', BigInt64Array.from(whole, BigInt), shape)
  if (type === 'int32') return new Tensor('int32', Int32Array.from(whole), shape)
  return new Tensor('float32', values, shape)
}

/** Made-up inputs that fit a model. */
export const feedsOf = (model: Model): Feeds =>
  Object.fromEntries(model.graph.inputs.map((input, i) => [input.name, feedOf(input, i + 1)]))

/** Runs the file's nodes as they stand: no rewriting by the runtime. */
export async function runBytes(bytes: Uint8Array, feeds: Feeds): Promise<Feeds> {
  const session = await InferenceSession.create(bytes, {
    graphOptimizationLevel: 'disabled',
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  })
  try {
    return { ...(await session.run(feeds)) }
  } finally {
    await session.release()
  }
}

export const runModel = (model: Model, feeds: Feeds): Promise<Feeds> => runBytes(writeModel(model), feeds)

/** Equal to the last bit, so that also the signs of zeros and NaNs count. */
export function assertSameOutputs(actual: Feeds, expected: Feeds, what: string): void {
  assert.deepEqual(Object.keys(actual), Object.keys(expected), what)
  for (const [name, tensor] of Object.entries(expected)) {
    assert.deepEqual(actual[name]?.dims, tensor.dims, `${what}: shape of ${name}`)
    assert.equal(actual[name]?.type, tensor.type, `${what}: type of ${name}`)
    assert.ok(isDeepStrictEqual(actual[name]?.data, tensor.data), `${what}: ${name} differs`)
  }
}
