import { join } from 'node:path'
import { recognise } from '../../../src/trainer/autodiff/patterns.ts'
import type { StaticGraph } from '../../../src/trainer/autodiff/static-graph.ts'
import { specialise } from '../../../src/trainer/engine/specialise.ts'
import { type WeightedGraph, withWeights } from '../../../src/trainer/engine/weights.ts'
import { canonical } from '../../../src/trainer/onnx/canonical.ts'
import { loadModel } from '../../../src/trainer/onnx/load.ts'
import type { Model } from '../../../src/trainer/onnx/model.ts'
import { textFeeds } from '../../../src/trainer/text/inputs.ts'

export interface TextGraph {
  readonly graph: StaticGraph
  readonly model: WeightedGraph
  readonly rows: number
  readonly tokens: number
}

/** A text model specialised to a few rows of tokens, as `openTextModel` does; by its own lengths where they are fixed. */
export const textGraph = async (model: Model): Promise<TextGraph> => {
  const graph = canonical(model.graph)
  const [rows = 3, tokens = 7] = (graph.inputs[0]?.dims ?? []).map((n, i) =>
    typeof n === 'number' ? n : [3, 7][i],
  )
  const row = { ids: new Int32Array(tokens).fill(3), types: new Int32Array(tokens), length: tokens }
  const batch = Array.from({ length: rows }, () => row)
  const weighted = withWeights(recognise(graph), model.opsets)
  const feeds = Object.fromEntries(textFeeds(graph.inputs, batch, tokens, 0))
  return {
    graph: await specialise({ device: 'cpu', threads: 1 }, weighted, feeds),
    model: weighted,
    rows,
    tokens,
  }
}

export const textGraphIn = (folder: string): Promise<TextGraph> =>
  textGraph(loadModel(join(folder, 'model.onnx')))
