import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom } from '../../../src/data/random.ts'
import { backward } from '../../../src/trainer/autodiff/backward.ts'
import { GraphBuilder } from '../../../src/trainer/autodiff/builder.ts'
import { rules } from '../../../src/trainer/autodiff/rules/index.ts'
import { openSession, output, type Runtime } from '../../../src/trainer/engine/runtime.ts'
import { specialise, toModel } from '../../../src/trainer/engine/specialise.ts'
import { elements, type Tensor } from '../../../src/trainer/engine/tensor.ts'
import { type RuleCase, tableName } from './cases/case.ts'
import {
  drawValues,
  fedTensors,
  floatTensor,
  inputName,
  modelOf,
  outputName,
  type Precision,
} from './cases/draw.ts'
import { ruleCases } from './rule-cases.ts'

// Each rule against central differences: f = sum(output * cotangent), and for random directions d the slope
// (f(x + hd) - f(x - hd)) / 2h, improved by the same at 2h, against the sum of gradient * d. The forward pass of
// the differences runs in float64 where the runtime has the operator for it.

const SEED = 20261121
const runtime: Runtime = { device: 'cpu', threads: 1 }
/** Step of the differences and largest share of |gradient| |d| by which slope and gradient may differ. */
const STEPS: Readonly<Record<Precision, { readonly h: number; readonly tolerance: number }>> = {
  float64: { h: 1e-3, tolerance: 1e-5 },
  float32: { h: 1e-2, tolerance: 1e-3 },
}
const DIRECTIONS = 3

const numbersOf = (tensor: Tensor): Float64Array => Float64Array.from(tensor.data, Number)

/** What computes in float32 whatever its inputs: by its attribute, or inside. */
const SINGLE = new Set(['Cast', 'GroupNormalization', 'Shrink'])

/** The session that has the operator in the highest precision. */
const openForward = async (ruleCase: RuleCase) => {
  if (!SINGLE.has(ruleCase.op))
    try {
      return {
        session: await openSession(runtime, modelOf(ruleCase, 'float64')),
        precision: 'float64',
      } as const
    } catch (error) {
      assert.match(
        String(error),
        /NOT_IMPLEMENTED|kernel is not supported|Could not find an implementation|invalid|Type Error/i,
      )
    }
  return { session: await openSession(runtime, modelOf(ruleCase, 'float32')), precision: 'float32' } as const
}

const norm = (x: Float64Array): number => Math.sqrt(x.reduce((sum, value) => sum + value * value, 0))
const dot = (x: Float64Array, y: Float64Array): number =>
  x.reduce((sum, value, i) => sum + value * (y[i] ?? Number.NaN), 0)

const checkRule = async (ruleCase: RuleCase): Promise<Precision> => {
  const random = createRandom(SEED, `${ruleCase.op} ${ruleCase.what}`)
  const drawn: number[] = []
  const points = new Map<string, { readonly dims: readonly number[]; readonly x: Float64Array }>()
  for (const [i, input] of ruleCase.inputs.entries())
    if (input?.kind === 'variable' || input?.kind === 'still')
      points.set(inputName(i), {
        dims: input.dims,
        x: drawValues(random, elements(input.dims), input.range, drawn),
      })
  const names = [...points.keys()].filter(
    (name) => ruleCase.inputs[Number(name.slice(1))]?.kind === 'variable',
  )
  const feedsAt = (precision: Precision, moved?: { name: string; by: Float64Array; h: number }) => {
    const feeds = fedTensors(ruleCase.inputs)
    for (const [name, { dims, x }] of points) {
      const values = name === moved?.name ? x.map((value, i) => value + moved.h * (moved.by[i] ?? 0)) : x
      feeds[name] = floatTensor(precision, dims, values)
    }
    return feeds
  }

  const { opsets, graph } = modelOf(ruleCase, 'float32')
  const feeds = feedsAt('float32')
  const forward = await specialise(runtime, { opsets, graph, weights: new Map() }, feeds)
  const b = new GraphBuilder(forward)
  const used = (ruleCase.outputs ?? [true]).flatMap((isUsed, i) => (isUsed ? [outputName(i)] : []))
  const cotangents = new Map<string, Float64Array>()
  const seeds = new Map<string, string>()
  for (const name of used) {
    const dims = b.dims(name)
    const values = drawValues(random, elements(dims), 'any', [])
    cotangents.set(name, values)
    feeds[`~${name}`] = floatTensor('float32', dims, values)
    seeds.set(name, b.input(`~${name}`, 'float32', dims))
  }
  const { dense } = backward(b, forward.nodes, seeds, new Set(points.keys()))
  assert.deepEqual([...dense.keys()].sort(), [...names].sort(), 'every variable has a gradient, and no other')
  // Where the gradient is the cotangent itself, it is no output of the graph.
  const outputs = [...new Set(dense.values())].filter((name) => !b.graph([]).inputs.includes(name))
  const session = await openSession(runtime, toModel(b.graph(outputs), opsets))
  const results = { ...feeds, ...(outputs.length > 0 ? await session.run(feeds, outputs) : {}) }
  await session.release()

  const { session: function_, precision } = await openForward(ruleCase)
  const { h, tolerance } = STEPS[precision]
  const f = async (name: string, by: Float64Array, step: number): Promise<number> => {
    const values = await function_.run(feedsAt(precision, { name, by, h: step }), used)
    return used.reduce(
      (sum, out) => sum + dot(numbersOf(output(values, out)), cotangents.get(out) ?? new Float64Array()),
      0,
    )
  }
  for (const name of names) {
    const gradientTensor = output(results, dense.get(name) ?? '')
    assert.deepEqual(gradientTensor.dims, points.get(name)?.dims, `dimensions of the gradient by ${name}`)
    const gradient = numbersOf(gradientTensor)
    for (let i = 0; i < DIRECTIONS; i++) {
      const d = drawValues(random, gradient.length, 'any', []).map((value) => value / 2)
      const near = ((await f(name, d, h)) - (await f(name, d, -h))) / (2 * h)
      const far = ((await f(name, d, 2 * h)) - (await f(name, d, -2 * h))) / (4 * h)
      const slope = (4 * near - far) / 3
      const difference = Math.abs(slope - dot(gradient, d))
      assert.ok(
        difference <= tolerance * (norm(gradient) * norm(d) + 0.01),
        `by input ${name}: differences give ${slope}, the rule ${dot(gradient, d)} (seed ${SEED}, ${precision})`,
      )
    }
  }
  await function_.release()
  return precision
}

test('every operator of the table has a case', () => {
  assert.deepEqual([...new Set(ruleCases.map(tableName))].sort(), Object.keys(rules).sort())
})

test('the inputs that the table says to have a gradient are those that the cases differentiate', () => {
  for (const [name, { inputs }] of Object.entries(rules)) {
    const words = inputs.split(' ')
    const said = (i: number): string => words[i] ?? words.at(-1) ?? ''
    const cases = ruleCases.filter((other) => tableName(other) === name)
    const differentiated = cases.flatMap((ruleCase) =>
      ruleCase.inputs.flatMap((input, i) => (input?.kind === 'variable' ? [i] : [])),
    )
    for (const i of differentiated) assert.doesNotMatch(said(i), /^\[/, `${name}: input ${i}`)
    for (const [i, word] of words.entries())
      assert.equal(differentiated.includes(i), !word.startsWith('['), `${name}: ${word}`)
  }
})

for (const op of Object.keys(rules))
  test(`${op}: the gradient is that of finite differences`, async (t) => {
    const precisions = new Set<Precision>()
    for (const ruleCase of ruleCases.filter((other) => tableName(other) === op))
      try {
        precisions.add(await checkRule(ruleCase))
      } catch (error) {
        if (error instanceof Error) error.message = `${op}, ${ruleCase.what}: ${error.message}`
        throw error
      }
    t.diagnostic(`seed ${SEED}, differences in ${[...precisions].join(' and ')}`)
  })
