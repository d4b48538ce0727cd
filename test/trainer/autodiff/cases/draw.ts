import type { Random } from '../../../../src/data/random.ts'
import type { Tensor } from '../../../../src/trainer/engine/tensor.ts'
import type { Model, TensorValue } from '../../../../src/trainer/onnx/model.ts'
import { makeModel } from '../../onnx/build.ts'
import type { CaseInput, Range, RuleCase } from './case.ts'

// A case as a model of one node, and the elements of its inputs.

export type Precision = 'float32' | 'float64'

/** Where activations have kinks, and the bounds in the cases of Clip. */
const KINKS = [-3, -2.5, -1, -0.5, 0, 0.5, 0.7, 1, 2.5, 3]
const isClear = (x: number, others: readonly number[]): boolean =>
  others.every((other) => Math.abs(x - other) > 0.06)

interface Draw {
  /** The largest size. */
  readonly to: number
  readonly fits: (x: number, drawn: readonly number[]) => boolean
}

const draws: Readonly<Record<Range, Draw>> = {
  any: { to: 2, fits: () => true },
  positive: { to: 2, fits: (x) => x > 0.3 },
  'away from zero': { to: 2, fits: (x) => Math.abs(x) > 0.15 },
  distinct: { to: 2, fits: (x, drawn) => isClear(x, [0.7, -0.5, ...drawn]) },
  'within one': { to: 0.8, fits: () => true },
  'above one': { to: 3, fits: (x) => x > 1.3 },
  'about four': { to: 4.2, fits: (x) => x > 3.8 },
  'about ten': { to: 10.5, fits: (x) => x > 9.5 },
  wide: { to: 6, fits: (x) => isClear(x, KINKS) },
  'wide and distinct': { to: 10, fits: isClear },
}

export const drawValues = (random: Random, count: number, range: Range, drawn: number[]): Float64Array => {
  const { to, fits } = draws[range]
  return Float64Array.from({ length: count }, () => {
    for (;;) {
      const x = Math.fround(to * (2 * random.next() - 1))
      if (!fits(x, drawn)) continue
      drawn.push(x)
      return x
    }
  })
}

export const inputName = (i: number): string => `x${i}`
export const outputName = (i: number): string => `y${i}`

export const floatTensor = (precision: Precision, dims: readonly number[], values: Float64Array): Tensor =>
  precision === 'float64'
    ? { type: 'float64', dims, data: values }
    : { type: 'float32', dims, data: Float32Array.from(values) }

const constant = (input: Extract<CaseInput, { kind: 'constant' }>, precision: Precision): TensorValue => {
  const { dims, values } = input
  const bytes = (array: BigInt64Array | Float32Array | Float64Array) => new Uint8Array(array.buffer)
  if (input.type === 'int64') {
    const whole = values.map((value) =>
      Math.abs(value) === Number.MAX_SAFE_INTEGER
        ? BigInt(Math.sign(value)) * (2n ** 63n - 1n)
        : BigInt(value),
    )
    return { type: 'int64', dims, data: bytes(BigInt64Array.from(whole)) }
  }
  if (input.type === 'bool') return { type: 'bool', dims, data: Uint8Array.from(values) }
  return precision === 'float64'
    ? { type: 'float64', dims, data: bytes(Float64Array.from(values)) }
    : { type: 'float32', dims, data: bytes(Float32Array.from(values)) }
}

/** The node alone in a model, its floats of one precision. */
export const modelOf = (
  { op, domain = '', attributes = {}, inputs, outputs = [true], opset = 18 }: RuleCase,
  precision: Precision,
): Model => {
  const present = inputs.map((input, i) => ({ input, name: input ? inputName(i) : '' }))
  return makeModel({
    opset,
    irVersion: 8,
    domains: { 'com.microsoft': 1 },
    nodes: [
      {
        op,
        domain,
        attributes,
        inputs: present.map(({ name }) => name),
        outputs: outputs.map((_, i) => outputName(i)),
      },
    ],
    inputs: present.flatMap(({ input, name }) => {
      if (input === null || input.kind === 'constant') return []
      return [{ name, type: input.kind === 'fed' ? input.type : precision, dims: input.dims }]
    }),
    outputs: outputs.flatMap((isUsed, i) =>
      isUsed ? [{ name: outputName(i), type: precision, dims: null }] : [],
    ),
    initializers: Object.fromEntries(
      present.flatMap(({ input, name }) =>
        input?.kind === 'constant' ? [[name, constant(input, precision)]] : [],
      ),
    ),
  })
}

const fedTensor = ({ type, dims, values }: Extract<CaseInput, { kind: 'fed' }>): Tensor => {
  if (type === 'int64') return { type, dims, data: BigInt64Array.from(values, BigInt) }
  if (type === 'int32') return { type, dims, data: Int32Array.from(values) }
  return { type, dims, data: Uint8Array.from(values) }
}

export const fedTensors = (inputs: readonly CaseInput[]): Record<string, Tensor> => {
  const feeds: Record<string, Tensor> = {}
  for (const [i, input] of inputs.entries()) if (input?.kind === 'fed') feeds[inputName(i)] = fedTensor(input)
  return feeds
}
