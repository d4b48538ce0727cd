import { loraRank } from '../../../shared/config.ts'
import { UserError } from '../../../shared/error.ts'
import type { TaskScores } from '../../../shared/evaluation.ts'
import { t } from '../../../shared/l10n.ts'
import { floatOutput, type Runtime } from '../../engine/runtime.ts'
import { specialise } from '../../engine/specialise.ts'
import { type WeightedGraph, weightOf } from '../../engine/weights.ts'
import { headLogits } from '../../evaluation/probe.ts'
import { evaluateNumbers, regressionScoresOf } from '../../evaluation/regression-metrics.ts'
import { softmaxRows } from '../../evaluation/softmax.ts'
import { type Adapter, mergedWeight, withAdapters } from '../../structure/adapters.ts'
import { type Branch, residualBranches } from '../../structure/branches.ts'
import { weightLevels } from '../../structure/levels.ts'
import { findParameters } from '../../structure/parameters.ts'
import { HEAD_BIAS, HEAD_WEIGHT, type Head, LOGITS } from '../../tasks/head.ts'
import { scoresOn } from '../before/before.ts'
import type { Inputs } from '../inputs.ts'
import type { Numbers } from '../prepare.ts'
import { inUnits, numbersOn } from '../standardised.ts'
import { BOUNDARY, type Division, entryOf, featureNetwork, headedNetwork, upperPart } from './network.ts'
import { forwardRows, type RowSource, rowFeeds, rowLength } from './rows.ts'
import type { Trainables } from './step.ts'

/** What the run trains, and with which graphs. */
export interface Parts {
  /** With all the weights, up to logits and loss. */
  readonly network: WeightedGraph
  readonly division: Division | null
  readonly source: RowSource
  readonly trainables: Trainables
  /** Of strategy `lora`; else none. */
  readonly adapters: readonly Adapter[]
  /** How deep each of these stands: 0 in the head, 1 in the last layer, and so on. */
  readonly depths: ReadonlyMap<string, number>
  /** What the trained layers add to the text's state. */
  readonly branches: readonly Branch[]
  /** [rows, width]: what the head reads of every row, where the trunk stays as it was; else null. */
  readonly features: Float32Array | null
}

type Trained = Pick<Parts, 'network' | 'trainables' | 'adapters' | 'depths' | 'branches'>

/** What a run trains, with a head to begin with. */
export const partsOf = async (
  inputs: Inputs,
  division: Division | null,
  source: RowSource,
  head: Head,
): Promise<Omit<Parts, 'features'>> => {
  const { model, options, runtime, windows } = inputs
  const features = featureNetwork(model, options.pooling, windows !== null)
  const network = headedNetwork(features, head, options.focal_gamma, options.task)
  const whole = await findTrainables(runtime, network, division, inputs, source)
  const rank = loraRank(options.strategy)
  const trained =
    rank === null ? { network, adapters: [], ...whole } : adapt({ network, ...whole }, rank, options.seed)
  return { division, source, ...trained }
}

/** The same network with an addition of low rank to each linear layer, to be trained in the place of the layers. */
const adapt = (
  { network, trainables, depths, branches }: Omit<Trained, 'adapters'>,
  rank: number,
  seed: number,
): Trained => {
  const head = [HEAD_WEIGHT, HEAD_BIAS]
  const below = trainables.dense.filter((name) => !head.includes(name))
  const { network: adapted, adapters } = withAdapters(network, below, rank, seed)
  if (adapters.length === 0)
    throw new UserError(
      t`The model has no linear layer that an addition fits. Train the whole model: strategy full.`,
    )
  const depthOf = (name: string): number => depths.get(name) ?? 0
  return {
    network: adapted,
    adapters,
    trainables: { dense: [...head, ...adapters.flatMap(({ a, b }) => [a, b])], tables: [] },
    depths: new Map([
      ...head.map((name) => [name, depthOf(name)] as const),
      ...adapters.flatMap(({ weight, a, b }) => [a, b].map((name) => [name, depthOf(weight)] as const)),
    ]),
    branches,
  }
}

/** What training changed of the model's own weights, by the name of the initialiser. */
export const changedWeights = ({
  network,
  trainables,
  adapters,
}: Pick<Parts, 'network' | 'trainables' | 'adapters'>): ReadonlyMap<string, Float32Array> =>
  adapters.length > 0
    ? new Map(adapters.map((adapter) => [adapter.weight, mergedWeight(network, adapter)]))
    : new Map([...trainables.dense, ...trainables.tables].map((name) => [name, weightOf(network, name)]))

const findTrainables = async (
  runtime: Runtime,
  network: WeightedGraph,
  division: Division | null,
  { model, options }: Inputs,
  source: RowSource,
): Promise<Pick<Parts, 'trainables' | 'depths' | 'branches'>> => {
  const head = [HEAD_WEIGHT, HEAD_BIAS]
  if (options.strategy === 'head')
    return { trainables: { dense: head, tables: [] }, depths: new Map(), branches: [] }
  const upper = upperPart(network, division, LOGITS)
  const rows = [0]
  const graph = await specialise(
    runtime,
    upper,
    rowFeeds(upper.graph.inputs, source, rows, rowLength(source, 0)),
  )
  // Without a cache the graph begins at the tokens, and what is trained begins at the lowest trained layer.
  const start = division ? BOUNDARY : (entryOf(model, options) ?? 'input_ids')
  const { dense, tables } = findParameters(graph, start, upper.weights)
  const { layers, width } = model.trunk
  const levels = weightLevels(graph, layers, [...dense, ...tables])
  const depth = (name: string, level: number): number => (head.includes(name) ? 0 : layers.length + 1 - level)
  return {
    trainables: {
      dense,
      tables: options.embeddings === 'touched' && start === 'input_ids' ? tables : [],
    },
    depths: new Map([...levels].map(([name, level]) => [name, depth(name, level)])),
    branches: residualBranches(graph, start, width),
  }
}

export const validate = async (inputs: Inputs, parts: Parts, stop: AbortSignal): Promise<TaskScores> => {
  const { data } = inputs
  const { valid } = data.parts
  const { numbers } = data
  if (!numbers)
    return scoresOn(data, valid, softmaxRows(await logitsOf(inputs, parts, valid, stop), data.labels.length))
  const values = await valuesOf(inputs, numbers, parts, valid, stop)
  return regressionScoresOf(evaluateNumbers(values, numbersOn(numbers, valid)))
}

/** [rows], in the unit of the numbers, by the weights as they are now. */
export const valuesOf = async (
  inputs: Inputs,
  numbers: Numbers,
  parts: Parts,
  rows: readonly number[],
  stop: AbortSignal,
  progress: (done: number) => void = () => undefined,
): Promise<Float64Array> => inUnits(numbers, await logitsOf(inputs, parts, rows, stop, progress))

/** [rows, outputs of the head], by the weights as they are now. */
export const logitsOf = async (
  { runtime, data }: Inputs,
  { network, division, source, features }: Parts,
  rows: readonly number[],
  stop: AbortSignal,
  progress: (done: number) => void = () => undefined,
): Promise<Float32Array> => {
  if (features) {
    progress(rows.length)
    return headLogits(headOf(network), rowsOf(features, rows, data.targets.length))
  }
  const outputs = headOf(network).bias.length
  const at = new Map(rows.map((row, i) => [row, i]))
  const logits = new Float32Array(rows.length * outputs)
  await forwardRows(
    runtime,
    upperPart(network, division, LOGITS),
    source,
    rows,
    (batch, results) => {
      const computed = floatOutput(results, LOGITS)
      for (const [i, row] of batch.entries())
        logits.set(computed.subarray(i * outputs, (i + 1) * outputs), (at.get(row) ?? 0) * outputs)
    },
    progress,
    stop,
  )
  return logits
}

/** The head with its weights as they are now. */
export const headOf = (network: WeightedGraph): Head => ({
  weight: weightOf(network, HEAD_WEIGHT),
  bias: weightOf(network, HEAD_BIAS),
})

/** Some rows of a matrix of `count` rows. */
const rowsOf = (matrix: Float32Array, rows: readonly number[], count: number): Float32Array => {
  const width = matrix.length / count
  const part = new Float32Array(rows.length * width)
  for (const [i, row] of rows.entries()) part.set(matrix.subarray(row * width, (row + 1) * width), i * width)
  return part
}
