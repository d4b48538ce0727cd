import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { readSafetensors, type SafeTensor } from '../../run/safetensors.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { backward } from '../autodiff/backward.ts'
import { GraphBuilder } from '../autodiff/builder.ts'
import { recognise } from '../autodiff/patterns.ts'
import { canonical } from '../onnx/canonical.ts'
import { loadModel } from '../onnx/load.ts'
import { forDevice } from './plain-products.ts'
import { floatOutput, openSession, type Runtime } from './runtime.ts'
import { specialise, toModel } from './specialise.ts'
import type { Tensor } from './tensor.ts'
import { type WeightedGraph, withWeights } from './weights.ts'

/** How the engine's answers compare with those stored for one case, by norms relative to the tolerance's scale. */
export interface CaseResult {
  readonly name: string
  /** |y - y'| / (|y'| + 0.1). */
  readonly forward: number
  /** The largest |g - g'| / (|g'| + G / 100), G the largest gradient norm of the case. */
  readonly gradient: number
  /** The initialiser with that gradient. */
  readonly worst: string
  readonly computed: number
  readonly stored: number
  readonly passed: boolean
}

const FORWARD_TOLERANCE = 1e-4
const GRADIENT_TOLERANCE = 1e-3

/** The folders with a case: the folder itself, or those in it, in order of name. */
export const findCases = (folder: string): readonly string[] => {
  if (isCase(folder)) return [folder]
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new UserError(t`There is no folder ${folder}. Name a folder of cases.`, 'usage')
  const cases = readdirSync(folder, { withFileTypes: true })
    .map((entry) => join(folder, entry.name))
    .filter(isCase)
    .sort()
  if (cases.length === 0)
    throw new UserError(
      t`${folder} holds no case: a case is a folder with model.onnx and case.safetensors.`,
      'usage',
    )
  return cases
}

const isCase = (folder: string): boolean => existsSync(join(folder, 'case.safetensors'))

export const caseName = (folder: string): string => basename(resolve(folder))

/** How many gradients a case stores. */
export const storedGradients = (folder: string): number =>
  gradientsOf(readSafetensors(join(folder, 'case.safetensors')).tensors).length

const GRADIENT = 'grad.'

const gradientsOf = (
  stored: ReadonlyMap<string, SafeTensor>,
): readonly (readonly [name: string, SafeTensor])[] =>
  [...stored].flatMap(([name, tensor]) =>
    name.startsWith(GRADIENT) ? [[name.slice(GRADIENT.length), tensor] as const] : [],
  )

/** A model with what to feed it, and what PyTorch computed of that. */
export interface StoredCase {
  /** Its one output is the one that is stored. Every initialiser with a stored gradient is a weight. */
  readonly model: WeightedGraph
  readonly outputName: string
  readonly feeds: Readonly<Record<string, Tensor>>
  readonly output: Float32Array
  /** The gradients are those of sum(output x cotangent). */
  readonly cotangent: Tensor
  /** By the name of the initialiser. */
  readonly gradients: readonly (readonly [name: string, gradient: Float32Array])[]
}

export const readCase = (folder: string): StoredCase => {
  const stored = readSafetensors(join(folder, 'case.safetensors')).tensors
  const gradients = gradientsOf(stored).map(([name, tensor]) => [name, floats(tensor)] as const)
  const feeds: Record<string, Tensor> = {}
  for (const [name, tensor] of stored)
    if (name.startsWith('input.')) feeds[name.slice('input.'.length)] = toTensor(tensor)

  const loaded = loadModel(join(folder, 'model.onnx'))
  const named = loaded.graph.outputs.find((output) => output.name === 'output') ?? loaded.graph.outputs[0]
  if (!named) throw new Error(`${folder}: the model has no output`)
  const graph = recognise(canonical({ ...loaded.graph, outputs: [named] }))
  return {
    model: withWeights(graph, loaded.opsets, new Set(gradients.map(([name]) => name))),
    outputName: named.name,
    feeds,
    output: floats(required(stored, 'output')),
    cotangent: toTensor(required(stored, 'cotangent')),
    gradients,
  }
}

export interface Computed {
  readonly output: Float32Array
  /** By the name of the initialiser; those that could be computed. */
  readonly gradients: ReadonlyMap<string, Float32Array>
}

/** Executes a case's model forward, and backward by the rules. */
export const computeCase = async (
  runtime: Runtime,
  { model, outputName, feeds, cotangent, gradients }: StoredCase,
): Promise<Computed> => {
  const forward = await specialise(runtime, model, feeds)
  const b = new GraphBuilder(forward)
  const seed = b.input('~cotangent', 'float32', b.dims(outputName))
  const present = new Set(gradients.map(([name]) => name).filter((name) => model.weights.has(name)))
  const { dense } = backward(b, forward.nodes, new Map([[outputName, seed]]), present)
  const outputs = [outputName, ...dense.values()]
  const graph = b.graph(outputs)
  const session = await openSession(runtime, toModel(forDevice(graph, runtime.device), model.opsets))
  const results = await session.run(
    { ...feeds, ...Object.fromEntries(model.weights), '~cotangent': cotangent },
    outputs,
  )
  await session.release()
  return {
    output: floatOutput(results, outputName),
    gradients: new Map([...dense].map(([name, value]) => [name, floatOutput(results, value)])),
  }
}

/** Executes a case, and compares with the output and the gradients stored beside it. */
export const checkCase = async (runtime: Runtime, folder: string): Promise<CaseResult> => {
  const stored = readCase(folder)
  return { name: caseName(folder), ...compare(stored, await computeCase(runtime, stored)) }
}

export const compare = (
  { output, gradients }: Pick<StoredCase, 'output' | 'gradients'>,
  computed: Computed,
): Omit<CaseResult, 'name'> => {
  const forwardError = distance(computed.output, output) / (norm(output) + 0.1)
  const largest = Math.max(0, ...gradients.map(([, gradient]) => norm(gradient)))
  let worst = { name: '-', error: 0 }
  let count = 0
  for (const [name, gradient] of gradients) {
    const value = computed.gradients.get(name)
    if (value === undefined) continue
    count++
    const error = distance(value, gradient) / (norm(gradient) + largest / 100)
    // One that is not a number stays the worst.
    if (error > worst.error || (Number.isNaN(error) && !Number.isNaN(worst.error))) worst = { name, error }
  }
  return {
    forward: forwardError,
    gradient: worst.error,
    worst: worst.name,
    computed: count,
    stored: gradients.length,
    passed:
      forwardError <= FORWARD_TOLERANCE && worst.error <= GRADIENT_TOLERANCE && count === gradients.length,
  }
}

const required = (tensors: ReadonlyMap<string, SafeTensor>, name: string): SafeTensor => {
  const tensor = tensors.get(name)
  if (!tensor) throw new Error(`the case stores no ${name}`)
  return tensor
}

const floats = (tensor: SafeTensor): Float32Array => {
  const { type, data } = toTensor(tensor)
  if (type !== 'float32') throw new Error(`a stored tensor is ${type}, not float32`)
  return data
}

const toTensor = ({ dtype, dims, data }: SafeTensor): Tensor => {
  const { buffer } = data.slice()
  switch (dtype) {
    case 'F32':
      return { type: 'float32', dims, data: new Float32Array(buffer) }
    case 'I64':
      return { type: 'int64', dims, data: new BigInt64Array(buffer) }
    case 'I32':
      return { type: 'int32', dims, data: new Int32Array(buffer) }
    case 'BOOL':
      return { type: 'bool', dims, data: new Uint8Array(buffer) }
    default:
      throw new Error(`a stored tensor is ${dtype}`)
  }
}

const norm = (x: Float32Array): number => Math.sqrt(x.reduce((sum, value) => sum + value * value, 0))

/** Infinite where the lengths differ. */
const distance = (x: Float32Array, y: Float32Array): number =>
  x.length === y.length
    ? Math.sqrt(x.reduce((sum, value, i) => sum + (value - (y[i] ?? 0)) ** 2, 0))
    : Number.POSITIVE_INFINITY
