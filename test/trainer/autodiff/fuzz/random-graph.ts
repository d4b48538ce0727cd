import type { Random } from '../../../../src/data/random.ts'
import { rules } from '../../../../src/trainer/autodiff/rules/index.ts'
import { openSession } from '../../../../src/trainer/engine/runtime.ts'
import { specialise } from '../../../../src/trainer/engine/specialise.ts'
import type { Tensor } from '../../../../src/trainer/engine/tensor.ts'
import { makeModel, type NodeSketch } from '../../onnx/build.ts'
import type { CaseInput, Range, RuleCase } from '../cases/case.ts'
import { oneThread } from '../gradients.ts'
import { randomCase } from './random-case.ts'

/** Constants as numbers: floats take the precision in which the graph runs. */
export interface Constant {
  readonly type: 'float' | 'int64' | 'int32' | 'bool'
  readonly dims: readonly number[]
  readonly values: readonly number[]
}

export interface RandomGraph {
  readonly nodes: readonly NodeSketch[]
  readonly constants: ReadonlyMap<string, Constant>
  /** What is differentiated, and where. */
  readonly variables: ReadonlyMap<
    string,
    { readonly dims: readonly number[]; readonly values: readonly number[] }
  >
  readonly outputs: readonly string[]
  readonly opset: number
  /** Its operators as the table names them. */
  readonly operators: readonly string[]
}

/** Lies outside the table's names that a graph may take. */
export type Allowed = (ruleCase: RuleCase) => Promise<boolean>

const MOST_NODES = 5

/** Values are brought into what an operator asks of its inputs, so that no kink lies near and nothing grows. */
const SQUASHED: Readonly<
  Record<Range, { readonly by: 'Tanh' | 'Sigmoid'; readonly times: number; readonly plus: number }>
> = {
  any: { by: 'Tanh', times: 2, plus: 0 },
  positive: { by: 'Sigmoid', times: 1.4, plus: 0.4 },
  'away from zero': { by: 'Sigmoid', times: 1.4, plus: 0.3 },
  'within one': { by: 'Tanh', times: 0.8, plus: 0 },
  'above one': { by: 'Sigmoid', times: 1.5, plus: 1.3 },
  'about four': { by: 'Tanh', times: 0.2, plus: 4 },
  'about ten': { by: 'Tanh', times: 0.5, plus: 10 },
  distinct: { by: 'Tanh', times: 0.04, plus: 0 },
  wide: { by: 'Tanh', times: 0.08, plus: 0 },
  'wide and distinct': { by: 'Tanh', times: 0.06, plus: 0 },
}

/** Between the kinks of activations. */
const CLEAR = [-5, -3.5, -2, -1.5, -0.25, 0.25, 1.5, 2, 3.5, 5]

/** Draws a graph of one to a few operators of the table; the same for the same random numbers. */
export const randomGraph = async (random: Random, allowed: Allowed): Promise<RandomGraph> => {
  const names = Object.keys(rules)
  // Some operators exist in newer opsets alone, and some have other kernels there.
  const opset = [18, 18, 18, 21, 24][random.below(5)] ?? 18
  const nodes: NodeSketch[] = []
  const constants = new Map<string, Constant>()
  const variables = new Map<string, { dims: readonly number[]; values: readonly number[] }>()
  const pool = new Map<string, readonly number[]>()
  const operators: string[] = []
  const shared = new Shared()
  let made = 0
  const fresh = (of: string): string => `${of}${made++}`

  const constant = (type: Constant['type'], dims: readonly number[], values: readonly number[]): string => {
    const name = fresh('c')
    constants.set(name, { type, dims, values })
    return name
  }
  const one = (op: string, inputs: readonly string[]): string => {
    const output = fresh('v')
    nodes.push({ op, inputs, outputs: [output] })
    return output
  }
  const floats = (dims: readonly number[], draw: (i: number) => number): string =>
    constant(
      'float',
      dims,
      Array.from({ length: size(dims) }, (_, i) => draw(i)),
    )

  const variable = (dims: readonly number[]): string => {
    const name = fresh('x')
    variables.set(name, {
      dims,
      values: Array.from({ length: size(dims) }, () => Math.fround(3 * random.next() - 1.5)),
    })
    return name
  }

  /** Some elements of a value that is there, in the dimensions asked for, none of them equal. */
  const fitted = (from: string, dims: readonly number[]): string => {
    const there = size(pool.get(from) ?? [])
    const indices = Array.from({ length: size(dims) }, (_, i) => (i < there ? i : random.below(there)))
    const flat = one('Reshape', [from, constant('int64', [1], [-1])])
    const picked = one('Gather', [flat, constant('int64', [indices.length], indices)])
    const shaped = one('Reshape', [picked, constant('int64', [dims.length], dims)])
    const scaled = one('Mul', [shaped, floats(dims, () => 0.5 + random.next())])
    return one('Add', [scaled, floats(dims, () => random.next() - 0.5)])
  }

  const squashed = (x: string, dims: readonly number[], range: Range): string => {
    const { by, times, plus } = SQUASHED[range]
    const scaled = one('Mul', [one(by, [x]), floats([], () => times)])
    const moved = plus === 0 ? scaled : one('Add', [scaled, floats([], () => plus)])
    if (range === 'away from zero') return one('Mul', [moved, floats(dims, () => (random.below(2) ? 1 : -1))])
    if (range === 'wide')
      return one('Add', [moved, floats(dims, () => CLEAR[random.below(CLEAR.length)] ?? 2)])
    if (range === 'distinct' || range === 'wide and distinct')
      return one('Add', [moved, floats(dims, () => shared.next(random))])
    return moved
  }

  const inputOf = (input: CaseInput): string => {
    if (input === null) return ''
    switch (input.kind) {
      case 'constant':
        return constant(input.type === 'float32' ? 'float' : input.type, input.dims, input.values)
      case 'fed':
        return constant(input.type, input.dims, input.values)
      case 'still': {
        const positive = input.range === 'positive'
        return floats(input.dims, () => (positive ? 0.5 + random.next() : 1.6 * random.next() - 0.8))
      }
      case 'variable': {
        const there = [...pool].filter(([, dims]) => size(dims) > 0 && size(dims) <= 400)
        const [from] = there[random.below(Math.max(1, there.length))] ?? []
        const isNew = from === undefined || random.next() < 0.4
        return squashed(isNew ? variable(input.dims) : fitted(from, input.dims), input.dims, input.range)
      }
    }
  }

  const wanted = 1 + random.below(MOST_NODES)
  while (operators.length < wanted) {
    const name = names[random.below(names.length)] ?? ''
    const ruleCase = randomCase(random, name)
    if (!(await allowed(ruleCase))) continue
    const dims = await outputDims(ruleCase, opset)
    if (dims === null) continue
    shared.begin()
    const inputs = ruleCase.inputs.map(inputOf)
    const outputs = (ruleCase.outputs ?? [true]).map(() => fresh('v'))
    const { op, domain, attributes } = ruleCase
    nodes.push({
      op,
      inputs,
      outputs,
      ...(domain === undefined ? {} : { domain }),
      ...(attributes ? { attributes } : {}),
    })
    for (const [i, output] of outputs.entries())
      if ((ruleCase.outputs ?? [true])[i] === true) pool.set(output, dims[i] ?? [])
    operators.push(name)
  }
  return { nodes, constants, variables, outputs: [...pool.keys()], opset, operators }
}

const size = (dims: readonly number[]): number => dims.reduce((product, n) => product * n, 1)

/** Multiples of 0.2 in no order, each once until the next operator: extremes have no ties. */
class Shared {
  private readonly taken = new Set<number>()

  begin(): void {
    this.taken.clear()
  }

  next(random: Random): number {
    for (;;) {
      const k = random.below(4 + 3 * (this.taken.size + 1)) - 2 - this.taken.size
      if (this.taken.has(k)) continue
      this.taken.add(k)
      return 0.2 * k
    }
  }
}

/** By opset. */
const known = new Map<number, WeakMap<RuleCase, readonly (readonly number[])[] | null>>()

/** Dimensions of a node's outputs; null where the runtime does not execute it in an opset. */
const outputDims = async (
  ruleCase: RuleCase,
  opset: number,
): Promise<readonly (readonly number[])[] | null> => {
  const cases = known.get(opset) ?? new WeakMap()
  known.set(opset, cases)
  const before = cases.get(ruleCase)
  if (before !== undefined) return before
  const found = await findDims(ruleCase, opset)
  cases.set(ruleCase, found)
  return found
}

const findDims = async (
  { op, domain = '', attributes = {}, inputs, outputs = [true] }: RuleCase,
  opset: number,
) => {
  const feeds: Record<string, Tensor> = {}
  for (const [i, input] of inputs.entries()) if (input) feeds[`x${i}`] = example(input)
  const names = outputs.map((_, i) => `y${i}`)
  const model = makeModel({
    opset,
    irVersion: 8,
    domains: { 'com.microsoft': 1 },
    nodes: [
      { op, domain, attributes, inputs: inputs.map((input, i) => (input ? `x${i}` : '')), outputs: names },
    ],
    inputs: Object.entries(feeds).map(([name, { type, dims }]) => ({ name, type, dims })),
    outputs: names.map((name, i) => ({
      name,
      type: i === 1 && op === 'TopK' ? 'int64' : 'float32',
      dims: null,
    })),
  })
  try {
    // Shapes are found without the operator's kernel.
    await (await openSession(oneThread, model)).release()
    const { values } = await specialise(oneThread, { ...model, weights: new Map() }, feeds)
    return names.map((name) => values.get(name)?.dims ?? [])
  } catch {
    return null
  }
}

const example = (input: Exclude<CaseInput, null>): Tensor => {
  const { dims } = input
  if (input.kind === 'variable' || input.kind === 'still')
    return { type: 'float32', dims, data: new Float32Array(size(dims)).fill(1) }
  return tensorOf({ type: input.type === 'float32' ? 'float' : input.type, dims, values: input.values })
}

/** @param wide float64 for float32 */
export const tensorOf = ({ type, dims, values }: Constant, wide = false): Tensor => {
  switch (type) {
    case 'float':
      return wide
        ? { type: 'float64', dims, data: Float64Array.from(values) }
        : { type: 'float32', dims, data: Float32Array.from(values) }
    case 'int64':
      return { type, dims, data: BigInt64Array.from(values, wholeNumber) }
    case 'int32':
      return { type, dims, data: Int32Array.from(values) }
    case 'bool':
      return { type, dims, data: Uint8Array.from(values) }
  }
}

const wholeNumber = (value: number): bigint =>
  Math.abs(value) === Number.MAX_SAFE_INTEGER ? BigInt(Math.sign(value)) * (2n ** 63n - 1n) : BigInt(value)
