import type { Scale } from '../../data/numbers.ts'
import type { Step } from '../../shared/clean-steps.ts'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import { recognise } from '../autodiff/patterns.ts'
import { floatOutput, openSession, type Runtime } from '../engine/runtime.ts'
import { specialise } from '../engine/specialise.ts'
import type { Tensor } from '../engine/tensor.ts'
import { dynamicModel, withWeights } from '../engine/weights.ts'
import { canonical } from '../onnx/canonical.ts'
import { toFloat32 } from '../onnx/elements.ts'
import { loadModel } from '../onnx/load.ts'
import type { Graph, Model } from '../onnx/model.ts'
import { describeRefusal, isControlFlow } from '../onnx/refuse.ts'
import { LIMIT } from '../onnx/write.ts'
import { subgraph } from '../structure/subgraph.ts'
import { findTrainable, type Trainable } from '../structure/trainable.ts'
import { findTrunk, type Trunk } from '../structure/trunk.ts'
import { HEAD_BIAS, HEAD_WEIGHT, type Head } from '../tasks/head.ts'
import { SCALE_DEVIATION, SCALE_MEAN } from '../tasks/regression.ts'
import { textFeeds } from './inputs.ts'
import type { ModelFolder } from './locate.ts'
import { openTokenizer } from './open-tokenizer.ts'
import type { Tokenizer } from './tokenizer.ts'

/** A pretrained text model, ready to be given a head. */
export interface TextModel {
  readonly folder: ModelFolder
  /** The file that was taken. */
  readonly onnxFile: string
  readonly tokenizer: Tokenizer
  readonly opsets: Model['opsets']
  /** The graph up to the last hidden state: what an export is made from. */
  readonly graph: Graph
  readonly trunk: Trunk
  readonly trainable: Trainable
  /** A token sees only those before it. */
  readonly causal: boolean
  /** In a model that Finesse exported: the head it had, by the labels it had. */
  readonly head: {
    readonly head: Head
    readonly labels: readonly string[]
    /** Where it predicts numbers: how they were standardised. */
    readonly scale: Scale | null
  } | null
}

/** Unlike any dimension that a model has. */
const PROBE_ROWS = 3
const PROBE_TOKENS = 7

/** @param clean the steps that texts are cleaned by before the model's own normalizer */
export const openTextModel = async (
  runtime: Runtime,
  folder: ModelFolder,
  clean: readonly Step[] | null = null,
): Promise<TextModel> => {
  const tokenizer = openTokenizer(folder.folder, clean)
  const { file, model, graph } = chooseFile(folder)
  const feeds = probeFeeds(graph, tokenizer.padId, 0)
  const weighted = withWeights(recognise(graph), model.opsets)
  const probed = await executable(file, () => specialise(runtime, weighted, feeds))
  const trunk = findTrunk(probed, PROBE_ROWS, PROBE_TOKENS)
  const hidden = { name: trunk.hidden, type: 'float32', dims: ['batch', 'sequence', trunk.width] } as const
  const below = subgraph(graph, [], [hidden])
  checkExportable(file, below)
  return {
    folder,
    onnxFile: file,
    tokenizer,
    opsets: model.opsets,
    graph: below,
    trunk,
    trainable: findTrainable(below, probed, trunk, weighted.weights),
    causal:
      trunk.layers.length > 0 &&
      (await executable(file, () => isCausal(runtime, below, model, hidden.name, tokenizer.padId))),
    head: headOf(graph, folder),
  }
}

/** What is trained is written as one file: better said now than when it is trained. */
const checkExportable = (file: string, { initializers }: Graph): void => {
  const bytes = [...initializers.values()].reduce((sum, { data }) => sum + data.length, 0)
  if (bytes > LIMIT)
    throw new UserError(
      t`${file}: its weights take ${(bytes / 1e9).toFixed(1)} GB in fp32, and the model that is trained has to fit into one ONNX file of 2 GB. Choose a smaller one.`,
    )
}

/** A file may be sound by its bytes, and yet hold a graph that makes no sense. */
const executable = async <T>(file: string, execute: () => Promise<T>): Promise<T> => {
  try {
    return await execute()
  } catch (error) {
    if (error instanceof UserError) throw error
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    throw new UserError(
      t`${file}: onnxruntime cannot execute this model (${reason}). Export it anew, or choose another.`,
    )
  }
}

/** Rows of equal tokens, but for the last one of each. */
const probeFeeds = (graph: Graph, padId: number, last: number): Record<string, Tensor> => {
  const ids = new Int32Array(PROBE_TOKENS)
  ids[PROBE_TOKENS - 1] = last
  const row = { ids, types: new Int32Array(PROBE_TOKENS), length: PROBE_TOKENS }
  const rows = Array.from({ length: PROBE_ROWS }, () => row)
  return Object.fromEntries(textFeeds(graph.inputs, rows, PROBE_TOKENS, padId))
}

/** Whether the first token's state stays the same when the last token changes: no exporter says so otherwise. */
const isCausal = async (
  runtime: Runtime,
  graph: Graph,
  model: Model,
  hidden: string,
  padId: number,
): Promise<boolean> => {
  const weighted = withWeights(graph, model.opsets)
  const session = await openSession({ ...runtime, device: 'cpu' }, dynamicModel(weighted))
  const first = async (last: number): Promise<Float32Array> => {
    const feeds = { ...Object.fromEntries(weighted.weights), ...probeFeeds(graph, padId, last) }
    const states = floatOutput(await session.run(feeds, [hidden]), hidden)
    return states.subarray(0, states.length / PROBE_ROWS / PROBE_TOKENS)
  }
  const [one, other] = [await first(0), await first(1)]
  await session.release()
  return one.every((value, i) => value === other[i])
}

/** The first of the folder's files that holds no control flow: a merged decoder has its plain form beside it. */
const chooseFile = (folder: ModelFolder): { file: string; model: Model; graph: Graph } => {
  let refused = ''
  for (const file of [folder.onnxFile, ...folder.otherOnnxFiles]) {
    const model = loadModel(file)
    const graph = canonical(model.graph)
    const control = graph.nodes.find(isControlFlow)
    if (!control) return { file, model, graph }
    refused ||= `${file}: ${describeRefusal(control)}.`
  }
  throw new UserError(refused)
}

const headOf = (graph: Graph, folder: ModelFolder): TextModel['head'] => {
  const weight = graph.initializers.get(HEAD_WEIGHT)
  const bias = graph.initializers.get(HEAD_BIAS)
  const names = folder.config?.id2label ?? {}
  const labels = Object.keys(names).flatMap((_, i) => names[String(i)] ?? [])
  if (!weight || !bias || labels.length === 0) return null
  const [mean, deviation] = [SCALE_MEAN, SCALE_DEVIATION].map((key) => {
    const value = graph.initializers.get(key)
    return value && toFloat32(value)[0]
  })
  return {
    head: { weight: toFloat32(weight).slice(), bias: toFloat32(bias).slice() },
    labels,
    scale: mean === undefined || deviation === undefined ? null : { mean, deviation },
  }
}
