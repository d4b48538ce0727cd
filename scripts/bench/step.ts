/**
 * One training step of all-MiniLM-L6-v2 against its own matrix products: node --import tsx scripts/bench/step.ts
 * [--rows 16] [--tokens 64] [--threads 2] [--runs 30] [--shared FOLDER]
 *
 * The products are taken out of the step's own graph, with their dimensions and transpositions, and executed alone
 * on values of their own; both sessions and the optimiser are timed in turn in one process. Everything but the
 * tables of embeddings is trained.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { StaticGraph } from '../../src/trainer/autodiff/static-graph.ts'
import { openSession, type Session } from '../../src/trainer/engine/runtime.ts'
import { toModel } from '../../src/trainer/engine/specialise.ts'
import type { Tensor } from '../../src/trainer/engine/tensor.ts'
import { weightOf } from '../../src/trainer/engine/weights.ts'
import { attributes, intAttribute } from '../../src/trainer/onnx/attributes.ts'
import { elementCount, int64Tensor } from '../../src/trainer/onnx/elements.ts'
import type { Node, TensorValue } from '../../src/trainer/onnx/model.ts'
import { LOSS, ROW_SHARE, TARGETS } from '../../src/trainer/tasks/head.ts'
import { textFeeds } from '../../src/trainer/text/inputs.ts'
import { locateModel } from '../../src/trainer/text/locate.ts'
import { openTextModel } from '../../src/trainer/text/text-model.ts'
import { newMoments } from '../../src/trainer/training/loop.ts'
import { featureNetwork, headedNetwork, upperPart } from '../../src/trainer/training/network.ts'
import { ADAMW, squaredNorm, updateTensor } from '../../src/trainer/training/optimiser.ts'
import { compileProgram, trainingGraph } from '../../src/trainer/training/step.ts'

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '16' },
    tokens: { type: 'string', default: '64' },
    threads: { type: 'string', default: '2' },
    runs: { type: 'string', default: '30' },
    shared: { type: 'string', default: '../shared' },
  },
})
const [rows, tokens, threads, runs] = [
  Number(values.rows),
  Number(values.tokens),
  Number(values.threads),
  Number(values.runs),
]
const LABELS = 6
const runtime = { device: 'cpu', threads } as const

const model = await openTextModel(
  runtime,
  await locateModel(join(values.shared, 'models', 'all-MiniLM-L6-v2')),
)
const wave = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => Math.sin(1 + i * 1.7))
const features = featureNetwork(model, 'mean')
const network = upperPart(
  headedNetwork(features, { weight: wave(model.trunk.width * LABELS), bias: wave(LABELS) }),
  null,
  LOSS,
)
const encoded = Array.from({ length: rows }, (_, row) => ({
  ids: Int32Array.from({ length: tokens }, (_, i) => 1000 + ((row * 31 + i * 7) % 6000)),
  types: new Int32Array(tokens),
  length: tokens,
}))
const feeds: Record<string, Tensor> = {
  ...Object.fromEntries(textFeeds(features.graph.inputs, encoded, tokens, model.tokenizer.padId)),
  [TARGETS]: {
    type: 'float32',
    dims: [rows, LABELS],
    data: Float32Array.from({ length: rows * LABELS }, (_, i) =>
      Number(i % LABELS === Math.floor(i / LABELS) % LABELS),
    ),
  },
  [ROW_SHARE]: { type: 'float32', dims: [], data: new Float32Array([1 / rows]) },
}
const dense = [...network.weights].filter(([name]) => !/embeddings/.test(name)).map(([name]) => name)
const trainables = { dense, tables: [] }
const program = await compileProgram(runtime, network, feeds, trainables)
const { graph } = await trainingGraph(runtime, network, feeds, trainables)
const products = await productsOf(graph)
const moments = newMoments(network, trainables, 'adamw')

const times: Record<'step' | 'products' | 'optimiser', number[]> = { step: [], products: [], optimiser: [] }
const timed = async (into: number[], work: () => unknown): Promise<void> => {
  const from = performance.now()
  await work()
  into.push(performance.now() - from)
}
let step = 0
for (let run = -3; run < runs; run++) {
  let gradients: ReadonlyMap<string, Float32Array> = new Map()
  const [a, b, c] = run < 0 ? [[], [], []] : [times.step, times.products, times.optimiser]
  await timed(a, async () => {
    gradients = (await program.run(feeds)).dense
  })
  step++
  await timed(c, () => {
    let squares = 0
    for (const gradient of gradients.values()) squares += squaredNorm(gradient)
    for (const [name, gradient] of gradients) {
      const own = moments.get(name)
      if (own)
        updateTensor(
          weightOf(network, name),
          gradient,
          own,
          { ...ADAMW, weightDecay: 0.01 },
          1e-6,
          step,
          squares > 0 ? 1 : 0,
        )
    }
  })
  await timed(b, () => products.session.run(products.feeds, [products.output]))
}
const median = (list: readonly number[]): number =>
  [...list].sort((x, y) => x - y)[Math.floor(list.length / 2)] ?? 0
const [whole, alone, update] = [median(times.step), median(times.products), median(times.optimiser)]
console.log(`${rows} x ${tokens}, ${threads} threads, ${runs} runs, medians`)
console.log(
  `gradients ${whole.toFixed(1)} ms, optimiser ${update.toFixed(1)} ms, products alone ${alone.toFixed(1)} ms (${products.count}, ${(products.flops / 1e9).toFixed(1)} GFLOP)`,
)
console.log(
  `products over the gradients ${(alone / whole).toFixed(3)}, over the step ${(alone / (whole + update)).toFixed(3)}`,
)

interface Products {
  readonly session: Session
  readonly feeds: Readonly<Record<string, Tensor>>
  readonly output: string
  readonly count: number
  readonly flops: number
}

/** The products of a graph alone; of each result one number is kept, so that nothing large is copied out. */
async function productsOf(graph: StaticGraph): Promise<Products> {
  const reached = new Set<string>(graph.outputs)
  for (const node of graph.nodes.toReversed())
    if (node.outputs.some((name) => reached.has(name))) for (const name of node.inputs) reached.add(name)
  const own = graph.nodes.filter(
    (node) => /MatMul|Gemm/.test(node.op) && node.outputs.some((name) => reached.has(name)),
  )
  const values = new Map(graph.values)
  const constants = new Map<string, TensorValue>()
  const feeds: Record<string, Tensor> = {}
  const nodes: Node[] = []
  const firsts: string[] = []
  let flops = 0
  const shaped = new Map<string, string>()
  const source = (name: string): string => {
    if (name === '') return ''
    const dims = graph.values.get(name)?.dims ?? []
    const key = `in.${dims.join('x')}`
    if (!shaped.has(key)) {
      shaped.set(key, key)
      values.set(key, { type: 'float32', dims })
      feeds[key] = { type: 'float32', dims, data: wave(elementCount(dims)) }
    }
    return key
  }
  for (const [i, node] of own.entries()) {
    const output = `out.${i}`
    const dims = graph.values.get(node.outputs[0] ?? '')?.dims ?? []
    // Identical products of identical inputs would be computed once: each gets inputs of its own.
    const inputs = node.inputs.map((name, j) => {
      const key = source(name)
      if (key === '') return ''
      const mine = `${key}.${i}.${j}`
      const value = feeds[key]
      if (value) {
        feeds[mine] = value
        values.set(mine, { type: 'float32', dims: value.dims })
      }
      return mine
    })
    nodes.push({ ...node, name: output, inputs, outputs: [output] })
    values.set(output, { type: 'float32', dims })
    const from = int64Tensor(
      [dims.length],
      dims.map(() => 0),
    )
    const to = int64Tensor(
      [dims.length],
      dims.map(() => 1),
    )
    constants
      .set(`from.${dims.length}`, from)
      .set(`to.${dims.length}`, to)
      .set('flat', int64Tensor([1], [1]))
    nodes.push({
      name: `slice.${i}`,
      op: 'Slice',
      domain: '',
      inputs: [output, `from.${dims.length}`, `to.${dims.length}`],
      outputs: [`slice.${i}`],
      attributes: attributes({}),
    })
    nodes.push({
      name: `first.${i}`,
      op: 'Reshape',
      domain: '',
      inputs: [`slice.${i}`, 'flat'],
      outputs: [`first.${i}`],
      attributes: attributes({}),
    })
    values
      .set(`slice.${i}`, { type: 'float32', dims: dims.map(() => 1) })
      .set(`first.${i}`, { type: 'float32', dims: [1] })
    firsts.push(`first.${i}`)
    const [a] = node.inputs
    const left = graph.values.get(a ?? '')?.dims ?? []
    const inner = intAttribute(node, 'transA', 0) === 1 ? left.at(-2) : left.at(-1)
    flops += 2 * elementCount(dims) * (inner ?? 1)
  }
  for (const key of shaped.keys()) delete feeds[key]
  nodes.push({
    name: 'all',
    op: 'Concat',
    domain: '',
    inputs: firsts,
    outputs: ['all'],
    attributes: attributes({ axis: 0 }),
  })
  values.set('all', { type: 'float32', dims: [firsts.length] })
  for (const [name, value] of constants) values.set(name, { type: value.type, dims: value.dims })
  const session = await openSession(
    runtime,
    toModel({ nodes, values, constants, inputs: Object.keys(feeds), outputs: ['all'] }, network.opsets),
  )
  return { session, feeds, output: 'all', count: own.length, flops }
}
