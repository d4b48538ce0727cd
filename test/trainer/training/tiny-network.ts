import { recognise } from '../../../src/trainer/autodiff/patterns.ts'
import { specialise } from '../../../src/trainer/engine/specialise.ts'
import { type WeightedGraph, withWeights } from '../../../src/trainer/engine/weights.ts'
import { canonical } from '../../../src/trainer/onnx/canonical.ts'
import { residualBranches } from '../../../src/trainer/structure/branches.ts'
import { weightLevels } from '../../../src/trainer/structure/levels.ts'
import { findParameters } from '../../../src/trainer/structure/parameters.ts'
import { lossFeeds } from '../../../src/trainer/tasks/classification.ts'
import { HEAD_BIAS, HEAD_WEIGHT, LOGITS, LOSS } from '../../../src/trainer/tasks/head.ts'
import { appendPooling } from '../../../src/trainer/tasks/pooling.ts'
import type { Encoded } from '../../../src/trainer/text/tokenizer.ts'
import type { Differentiable } from '../../../src/trainer/training/step/batch-gradient.ts'
import { withDropout } from '../../../src/trainer/training/step/dropout.ts'
import { headedNetwork, upperPart } from '../../../src/trainer/training/step/network.ts'
import { rowFeeds } from '../../../src/trainer/training/step/rows.ts'
import { unfreezing } from '../../../src/trainer/training/step/unfreeze.ts'
import { oneThread } from '../autodiff/gradients.ts'
import { numbers } from '../onnx/run.ts'
import { embeddings, layerNorm, postNormLayer, textModel, WIDTH } from '../structure/build-transformer.ts'

export const LABELS = 3
export const LENGTH = 6
const LAYERS = ['embeddings_norm', 'layer0.norm2']

/** Rows of 2 to 6 tokens, the label of row i being i modulo 3. */
const encoded: readonly Encoded[] = Array.from({ length: 12 }, (_, row) => {
  const length = 2 + (row % (LENGTH - 1))
  const ids = Int32Array.from({ length }, (_, i) => 3 + ((7 * row + 5 * i) % 40))
  return { ids, types: new Int32Array(length), length }
})
export const rows = encoded.map((_, row) => row)

interface Settings {
  readonly batch?: number
  readonly dropout?: number
  readonly head_dropout?: number
  readonly gamma?: number
  readonly classWeights?: readonly number[]
  /** Steps until the next layer joins. */
  readonly interval?: number
  readonly recompute?: boolean
}

/** Two layers of width 8 with a head, ready to be differentiated; and the network that is validated and exported. */
export const tinyNetwork = async ({
  batch = 4,
  dropout = 0,
  head_dropout = 0,
  gamma = 0,
  classWeights = [1, 1, 1],
  interval = 0,
  recompute = false,
}: Settings = {}): Promise<Differentiable & { readonly network: WeightedGraph }> => {
  const model = textModel((b) =>
    postNormLayer(b, 'layer1', postNormLayer(b, 'layer0', layerNorm(b, 'embeddings_norm', embeddings(b)))),
  )
  const features = withWeights(
    recognise(appendPooling(canonical(model.graph), 'layer1.norm2', WIDTH, 'mean')),
    model.opsets,
  )
  const head = { weight: numbers(WIDTH * LABELS, 5), bias: numbers(LABELS, 6) }
  const network = headedNetwork(features, head, gamma)
  const source = { encoded, padId: 0, cache: null }
  const logits = upperPart(network, null, LOGITS)
  const graph = await specialise(oneThread, logits, rowFeeds(logits.graph.inputs, source, [0], LENGTH))
  const { dense, tables } = findParameters(graph, 'input_ids', logits.weights)
  const levels = weightLevels(graph, LAYERS, [...dense, ...tables])
  const isHead = (name: string): boolean => name === HEAD_WEIGHT || name === HEAD_BIAS
  const depths = new Map(
    [...levels].map(([name, level]) => [name, isHead(name) ? 0 : LAYERS.length + 1 - level]),
  )
  const masked = withDropout(
    upperPart(network, null, LOSS),
    residualBranches(graph, 'input_ids', WIDTH),
    WIDTH,
    { dropout, head_dropout },
  )
  const wanted = { labels: LABELS, weights: Float64Array.from(classWeights), smoothing: 0 }
  const label = (row: number): number => row % LABELS
  return {
    network,
    runtime: oneThread,
    options: { batch, seed: 1 },
    model: masked.model,
    trainables: { dense, tables },
    segments: recompute ? LAYERS : [],
    unfreezing: { ...unfreezing(depths, 0, 1), interval },
    dropout: masked.sites,
    source,
    lossFeeds: (part, whole, size) => lossFeeds(wanted, part.map(label), whole.map(label), size),
  }
}
