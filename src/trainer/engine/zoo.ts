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
import { withWeights } from './weights.ts'

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

/** Executes a case's model forward and backward, and compares with the output and the gradients stored beside it. */
export const checkCase = async (runtime: Runtime, folder: string): Promise<CaseResult> => {
  const stored = readSafetensors(join(folder, 'case.safetensors')).tensors
  const gradients = gradientsOf(stored).map(([name, tensor]) => [name, floats(tensor)] as const)
  const wanted = new Set(gradients.map(([name]) => name))
  const feeds: Record<string, Tensor> = {}
  for (const [name, tensor] of stored)
    if (name.startsWith('input.')) feeds[name.slice('input.'.length)] = toTensor(tensor)

  const loaded = loadModel(join(folder, 'model.onnx'))
  const named = loaded.graph.outputs.find((output) => output.name === 'output') ?? loaded.graph.outputs[0]
  if (!named) throw new Error(`${folder}: the model has no output`)
  const model = withWeights(
    recognise(canonical({ ...loaded.graph, outputs: [named] })),
    loaded.opsets,
    wanted,
  )
  const forward = await specialise(runtime, model, feeds)
  const b = new GraphBuilder(forward)
  const seed = b.input('~cotangent', 'float32', b.dims(named.name))
  const present = new Set([...wanted].filter((name) => model.weights.has(name)))
  const { dense } = backward(b, forward.nodes, new Map([[named.name, seed]]), present)
  const graph = b.graph([named.name, ...dense.values()])
  const session = await openSession(runtime, toModel(forDevice(graph, runtime.device), model.opsets))
  const results = await session.run(
    { ...feeds, ...Object.fromEntries(model.weights), '~cotangent': toTensor(required(stored, 'cotangent')) },
    [named.name, ...dense.values()],
  )
  await session.release()

  const expected = floats(required(stored, 'output'))
  const forwardError = distance(floatOutput(results, named.name), expected) / (norm(expected) + 0.1)
  const largest = Math.max(0, ...gradients.map(([, gradient]) => norm(gradient)))
  let worst = { name: '-', error: 0 }
  let computed = 0
  for (const [name, gradient] of gradients) {
    const value = dense.get(name)
    if (value === undefined) continue
    computed++
    const error = distance(floatOutput(results, value), gradient) / (norm(gradient) + largest / 100)
    // One that is not a number stays the worst.
    if (error > worst.error || (Number.isNaN(error) && !Number.isNaN(worst.error))) worst = { name, error }
  }
  return {
    name: caseName(folder),
    forward: forwardError,
    gradient: worst.error,
    worst: worst.name,
    computed,
    stored: gradients.length,
    passed:
      forwardError <= FORWARD_TOLERANCE && worst.error <= GRADIENT_TOLERANCE && computed === gradients.length,
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
