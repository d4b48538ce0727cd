/**
 * One training step of all-MiniLM-L6-v2, in turn with PyTorch's and with its own matrix products:
 *
 *   node --import tsx scripts/bench/step.ts [--rows 16] [--tokens 64] [--threads 2] [--runs 20] [--shared FOLDER]
 *
 * The products are taken out of the step's own graph, with their dimensions and transpositions, and executed alone on
 * values of their own. Everything but the tables of embeddings is trained; clipping and AdamW are part of the step.
 * PyTorch needs a Python, on the path or named by FINESSE_PYTHON. Standard output is a table for docs/performance.md.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import type { Tensor } from '../../src/trainer/engine/tensor.ts'
import { type WeightedGraph, weightOf } from '../../src/trainer/engine/weights.ts'
import { withAdapters } from '../../src/trainer/structure/adapters.ts'
import { HEAD_BIAS, HEAD_WEIGHT, LOSS, ROW_SHARE, TARGETS } from '../../src/trainer/tasks/head.ts'
import { textFeeds } from '../../src/trainer/text/inputs.ts'
import { locateModel } from '../../src/trainer/text/locate.ts'
import { openTextModel } from '../../src/trainer/text/text-model.ts'
import {
  BOUNDARY,
  featureNetwork,
  headedNetwork,
  upperPart,
} from '../../src/trainer/training/step/network.ts'
import { ADAMW, clipScale, squaredNorm, updateTensor } from '../../src/trainer/training/step/optimiser.ts'
import { compileProgram, trainingGraph } from '../../src/trainer/training/step/step.ts'
import { newMoments } from '../../src/trainer/training/step/steps.ts'
import { productsOf } from './products.ts'
import { findPython } from './python.mjs'

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '16' },
    tokens: { type: 'string', default: '64' },
    threads: { type: 'string', default: '2' },
    runs: { type: 'string', default: '20' },
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
const RANK = 8
const runtime = { device: 'cpu', threads } as const
const folder = join(values.shared, 'models', 'all-MiniLM-L6-v2')
const model = await openTextModel(runtime, await locateModel(folder))
const { width, layers } = model.trunk
const wave = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => Math.sin(1 + i * 1.7))
const head = { weight: wave(width * LABELS), bias: wave(LABELS) }
const whole = headedNetwork(featureNetwork(model, 'mean'), head)
const feeds = feedsOf()

/** Takes a step; resolves with its milliseconds. */
type Step = () => Promise<number>

const full = upperPart(whole, null, LOSS)
const dense = namesIn(full)
const { network: adapted, adapters } = withAdapters(full, dense, RANK, 1)
const additions = [HEAD_WEIGHT, HEAD_BIAS, ...adapters.flatMap(({ a, b }) => [a, b])]
const lastTwo = upperPart(whole, { value: layers.at(-2) ?? '', width, half: false }, LOSS)
const products = await productsOf(
  runtime,
  (await trainingGraph(runtime, full, feeds, { dense, tables: [] })).graph,
  full.opsets,
)

const steps = new Map<string, Step>([
  ['`full`', await stepOf(full, dense)],
  ["its products alone, as onnxruntime's own", products],
  [`\`lora:${RANK}\``, await stepOf(adapted, additions)],
  ['`last:2` on a cached trunk', await stepOf(lastTwo, namesIn(lastTwo))],
])
const python = findPython()
if (python.missing !== undefined) console.error(python.missing)
else
  for (const kind of ['eager', 'compile', 'bf16'])
    steps.set(`PyTorch, ${kind}, as \`full\``, peer(python.command, kind))

const times = new Map<string, number[]>([...steps.keys()].map((name) => [name, []]))
for (let run = -2; run < runs; run++)
  for (const [name, step] of steps) {
    const ms = await step()
    if (run >= 0) times.get(name)?.push(ms)
  }
const median = (name: string): number =>
  (times.get(name) ?? []).sort((x, y) => x - y)[Math.floor(runs / 2)] ?? 0
const own = median('`full`')
console.log(
  `${rows} rows of ${tokens} tokens, ${threads} threads, medians of ${runs} steps of each, taken in turn.\n`,
)
console.log('| step | ms | of `full` |\n|---|---:|---:|')
for (const name of steps.keys())
  console.log(`| ${name} | ${median(name).toFixed(0)} | ${(median(name) / own).toFixed(2)} |`)
const numbers = (network: WeightedGraph, names: readonly string[]): number =>
  names.reduce((sum, name) => sum + weightOf(network, name).length, 0)
console.log(
  `\nTrained numbers, of which gradient and optimiser hold three each: ${numbers(full, dense).toLocaleString('en-US')} by \`full\`, ${numbers(adapted, additions).toLocaleString('en-US')} by \`lora:${RANK}\`.`,
)
process.exit(0)

function namesIn(network: WeightedGraph): readonly string[] {
  return [...network.weights.keys()].filter((name) => !/embeddings\.\w+_embeddings/.test(name))
}

async function stepOf(network: WeightedGraph, names: readonly string[]): Promise<Step> {
  const program = await compileProgram(runtime, network, feeds, { dense: names, tables: [] })
  const moments = newMoments(network, { dense: names, tables: [] }, 'adamw')
  const rooms = new Map([...moments].map(([name, { room }]) => [name, room]))
  let count = 0
  return async () => {
    const from = performance.now()
    const result = await program.run(feeds, rooms)
    count++
    let squares = 0
    for (const gradient of result.dense.values()) squares += squaredNorm(gradient)
    const scale = clipScale(Math.sqrt(squares), 1)
    for (const [name, gradient] of result.dense) {
      const state = moments.get(name)
      if (state)
        updateTensor(
          weightOf(network, name),
          gradient,
          state,
          { ...ADAMW, weightDecay: 0.01 },
          1e-6,
          count,
          scale,
        )
    }
    return performance.now() - from
  }
}

function feedsOf(): Readonly<Record<string, Tensor>> {
  const encoded = Array.from({ length: rows }, (_, row) => ({
    ids: Int32Array.from({ length: tokens }, (_, i) => 1000 + ((row * tokens + i) % 6000)),
    types: new Int32Array(tokens),
    length: tokens,
  }))
  const isOf = (i: number): boolean => i % LABELS === Math.floor(i / LABELS) % LABELS
  return {
    ...Object.fromEntries(
      textFeeds(
        whole.graph.inputs.filter(({ name }) => name !== TARGETS && name !== ROW_SHARE),
        encoded,
        tokens,
        model.tokenizer.padId,
      ),
    ),
    [TARGETS]: {
      type: 'float32',
      dims: [rows, LABELS],
      data: Float32Array.from({ length: rows * LABELS }, (_, i) => Number(isOf(i))),
    },
    [ROW_SHARE]: { type: 'float32', dims: [], data: new Float32Array([1 / rows]) },
    [BOUNDARY]: { type: 'float32', dims: [rows, tokens, width], data: wave(rows * tokens * width) },
  }
}

function peer(command: string, kind: string): Step {
  const script = join(import.meta.dirname, 'step.py')
  const shape = ['--rows', rows, '--tokens', tokens, '--labels', LABELS, '--threads', threads].map(String)
  const child = spawn(command, [script, '--model', folder, ...shape, '--kind', kind], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  return async () => {
    child.stdin.write('step\n')
    const { value, done } = await lines.next()
    if (done) throw new Error(`${command} ended`)
    return Number(value)
  }
}
