import { createRandom, type Random } from '../../../../src/data/random.ts'
import { backward } from '../../../../src/trainer/autodiff/backward.ts'
import { GraphBuilder } from '../../../../src/trainer/autodiff/builder.ts'
import { openSession, output, type Session } from '../../../../src/trainer/engine/runtime.ts'
import { specialise, toModel } from '../../../../src/trainer/engine/specialise.ts'
import type { Tensor } from '../../../../src/trainer/engine/tensor.ts'
import type { Model, TensorValue } from '../../../../src/trainer/onnx/model.ts'
import { makeModel } from '../../onnx/build.ts'
import { type RuleCase, tableName } from '../cases/case.ts'
import { oneThread } from '../gradients.ts'
import { ruleCases } from '../rule-cases.ts'
import { type RandomGraph, randomGraph, tensorOf } from './random-graph.ts'

/**
 * A random graph's gradient against directional derivatives: f = sum(output * cotangent), and for a direction d by
 * one variable the slope (f(x + hd) - f(x - hd)) / 2h, improved by the same at 2h, against the sum of gradient * d.
 *
 * Graphs with even numbers have operators alone that the runtime also has in float64, in which their slopes are
 * taken. The gradients are in float32, as they are trained with.
 */
export interface Checked {
  readonly operators: readonly string[]
  readonly precision: 'float32' | 'float64'
  /** Slopes taken, and those of which rounding leaves more than nine tenths to be sure of. */
  readonly slopes: number
  readonly sure: number
  /** What differs; null where nothing does. */
  readonly problem: string | null
}

type Precision = Checked['precision']

/** Step; share of |gradient| |d| by which slope and gradient may differ; rounding of f for its size. */
const STEPS: Readonly<
  Record<Precision, { readonly h: number; readonly share: number; readonly rounding: number }>
> = {
  float64: { h: 1e-4, share: 2e-4, rounding: 1e-13 },
  float32: { h: 1e-2, share: 2e-3, rounding: 2e-7 },
}
/** Rounding of gradients, for the size of f. */
const GRADIENT_ROUNDING = 1e-6

/** What computes in float32 whatever its inputs: by its attribute, or inside. */
const SINGLE = new Set(['Cast', 'CastLike', 'GroupNormalization', 'Shrink'])

const opens = new Map<string, boolean>()

/** Whether the runtime has the operator in float64. */
const isWide = async (ruleCase: RuleCase): Promise<boolean> => {
  const name = tableName(ruleCase)
  const known = opens.get(name)
  if (known !== undefined) return known
  const found = !SINGLE.has(name) && (await opensWide(ruleCases.find((other) => tableName(other) === name)))
  opens.set(name, found)
  return found
}

const opensWide = async (ruleCase: RuleCase | undefined): Promise<boolean> => {
  if (!ruleCase) return false
  const { op, domain = '', attributes = {}, inputs, outputs = [true], opset = 18 } = ruleCase
  const typed = inputs.flatMap((input, i) => {
    if (!input) return []
    const isFloat = input.kind === 'variable' || input.kind === 'still' || input.type === 'float32'
    return [{ name: `x${i}`, type: isFloat ? ('float64' as const) : input.type, dims: input.dims }]
  })
  const names = outputs.map((_, i) => `y${i}`)
  try {
    const model = makeModel({
      opset,
      irVersion: 8,
      domains: { 'com.microsoft': 1 },
      nodes: [
        { op, domain, attributes, inputs: inputs.map((input, i) => (input ? `x${i}` : '')), outputs: names },
      ],
      inputs: typed,
      outputs: [{ name: 'y0', type: 'float64', dims: null }],
    })
    await (await openSession(oneThread, model)).release()
    return true
  } catch {
    return false
  }
}

const constantOf = (tensor: Tensor): TensorValue => ({
  type: tensor.type,
  dims: tensor.dims,
  data: new Uint8Array(tensor.data.buffer),
})

const modelOf = (graph: RandomGraph, precision: Precision): Model =>
  makeModel({
    opset: graph.opset,
    irVersion: 8,
    domains: { 'com.microsoft': 1 },
    nodes: graph.nodes.map((node, i) => ({ ...node, name: `n${i}` })),
    inputs: [...graph.variables].map(([name, { dims }]) => ({ name, type: precision, dims })),
    outputs: graph.outputs.map((name) => ({ name, type: precision, dims: null })),
    initializers: Object.fromEntries(
      [...graph.constants].map(([name, value]) => [
        name,
        constantOf(tensorOf(value, precision === 'float64')),
      ]),
    ),
  })

const numbersOf = (tensor: Tensor): Float64Array => Float64Array.from(tensor.data, Number)
const norm = (x: ArrayLike<number>): number => Math.hypot(...Array.from(x))
const dot = (x: ArrayLike<number>, y: ArrayLike<number>): number =>
  Array.from(x).reduce((sum, value, i) => sum + value * (y[i] ?? Number.NaN), 0)

const draw = (random: Random, count: number): Float64Array =>
  Float64Array.from({ length: count }, () => 2 * random.next() - 1)

/** Gradients by each variable, of the outputs times their cotangents. */
const gradientsOf = async (graph: RandomGraph, cotangents: ReadonlyMap<string, Float64Array>) => {
  const { graph: dynamic, opsets } = modelOf(graph, 'float32')
  const feeds: Record<string, Tensor> = {}
  for (const [name, { dims, values }] of graph.variables)
    feeds[name] = tensorOf({ type: 'float', dims, values })
  const forward = await specialise(oneThread, { graph: dynamic, opsets, weights: new Map() }, feeds)
  const b = new GraphBuilder(forward)
  const seeds = new Map<string, string>()
  for (const [name, values] of cotangents) {
    const seed = b.input(`~${name}`, 'float32', b.dims(name))
    feeds[seed] = tensorOf({ type: 'float', dims: b.dims(name), values: Array.from(values) })
    seeds.set(name, seed)
  }
  const { dense } = backward(b, forward.nodes, seeds, new Set(graph.variables.keys()))
  const asked = [...new Set(dense.values())].filter((name) => feeds[name] === undefined)
  const results = { ...feeds }
  if (asked.length > 0) {
    const session = await openSession(oneThread, toModel(b.graph(asked), opsets))
    Object.assign(results, await session.run(feeds, asked))
    await session.release()
  }
  const found = new Map<string, Float64Array>()
  for (const [name, { values }] of graph.variables) {
    const gradient = dense.get(name)
    found.set(
      name,
      gradient === undefined ? new Float64Array(values.length) : numbersOf(output(results, gradient)),
    )
  }
  return found
}

const openForward = async (
  graph: RandomGraph,
  wide: boolean,
): Promise<{ session: Session; precision: Precision }> => {
  if (wide)
    try {
      return { session: await openSession(oneThread, modelOf(graph, 'float64')), precision: 'float64' }
    } catch {
      // A mode of an operator that has no kernel in float64.
    }
  return { session: await openSession(oneThread, modelOf(graph, 'float32')), precision: 'float32' }
}

/** Draws graph `number` of a seed and checks it. */
export const checkGraph = async (seed: number, number: number): Promise<Checked> => {
  const random = createRandom(seed, `gradients ${number}`)
  const wide = number % 2 === 0
  const graph = await randomGraph(random, async (ruleCase) => !wide || (await isWide(ruleCase)))
  const { session, precision } = await openForward(graph, wide)
  try {
    return { operators: graph.operators, precision, ...(await compare(graph, session, precision, random)) }
  } finally {
    await session.release()
  }
}

const compare = async (graph: RandomGraph, session: Session, precision: Precision, random: Random) => {
  const run = async (moved: string, by: ArrayLike<number>, step: number) => {
    const feeds: Record<string, Tensor> = {}
    for (const [name, { dims, values }] of graph.variables) {
      const at = name === moved ? values.map((value, i) => value + step * (by[i] ?? 0)) : values
      feeds[name] = tensorOf({ type: 'float', dims, values: at }, precision === 'float64')
    }
    return session.run(feeds, graph.outputs)
  }
  const base = await run('', [], 0)
  const cotangents = new Map(
    graph.outputs.map((name) => [name, draw(random, numbersOf(output(base, name)).length)]),
  )
  const f = async (name: string, by: ArrayLike<number>, step: number): Promise<number> => {
    const results = await run(name, by, step)
    return graph.outputs.reduce(
      (sum, out) => sum + dot(numbersOf(output(results, out)), cotangents.get(out) ?? []),
      0,
    )
  }
  const scale = graph.outputs.reduce((sum, out) => {
    const cotangent = cotangents.get(out) ?? []
    return (
      sum + numbersOf(output(base, out)).reduce((part, y, i) => part + Math.abs(y * (cotangent[i] ?? 0)), 0)
    )
  }, 0)
  const { h, share, rounding } = STEPS[precision]
  const gradients = await gradientsOf(graph, cotangents)
  let [slopes, sure] = [0, 0]
  for (const [name, gradient] of gradients) {
    const any = draw(random, gradient.length)
    // One that follows the gradient, so that nothing cancels, and one that does not know it.
    for (const d of [any.map((value, i) => Math.abs(value) * Math.sign(gradient[i] ?? 0)), any]) {
      const size = norm(gradient) * norm(d)
      const along = dot(gradient, d)
      slopes++
      let problem: string | null = null
      let longer: number | null = null
      // Where f bends within the step a shorter one is nearer, and rounding counts for more.
      for (const step of [h, h / 4]) {
        const near = ((await f(name, d, step)) - (await f(name, d, -step))) / (2 * step)
        const far = ((await f(name, d, 2 * step)) - (await f(name, d, -2 * step))) / (4 * step)
        const slope = (4 * near - far) / 3
        const noise = scale * (rounding / step + GRADIENT_ROUNDING)
        // What divides by a small deviation makes more of rounding than f's size tells: then the two slopes differ,
        // and the shorter step has four times the rounding of the longer.
        const doubt = longer === null ? 0 : 4 * Math.abs(slope - longer)
        const tolerance = share * size + noise + doubt
        // Rounding may take the variance of one value below 0, and f has no slope there.
        const isNear = Number.isNaN(slope) || Math.abs(slope - along) <= tolerance
        if (step === h && noise <= 0.1 * size) sure++
        problem = isNear
          ? null
          : `by ${name} the slope is ${slope}, and the gradient gives ${along}; more than ${tolerance} apart`
        if (isNear) break
        longer = slope
      }
      if (problem !== null) return { slopes, sure, problem }
    }
  }
  return { slopes, sure, problem: null }
}
