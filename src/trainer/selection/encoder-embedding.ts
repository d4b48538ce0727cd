import type { ModelText } from '../../data/model-text.ts'
import { floatOutput, openSession, type Runtime } from '../engine/runtime.ts'
import { dynamicModel } from '../engine/weights.ts'
import { FEATURES } from '../tasks/pooling.ts'
import { textFeeds } from '../text/inputs.ts'
import { locateModel } from '../text/locate.ts'
import { openTextModel } from '../text/text-model.ts'
import { lengthSortedBatches } from '../training/step/batches.ts'
import { featureNetwork } from '../training/step/network.ts'

/** Texts as points: the nearer two are, the less a label of one adds to that of the other. */
export interface Embedding {
  readonly width: number
  /** [texts, width], each of length 1. */
  embed(texts: readonly ModelText[]): Promise<Float32Array>
  /** Share of the tokens so far that the encoder does not know. */
  unknownShare(): number
  close(): Promise<void>
}

const BATCH_TOKENS = 2048
/** Tokens of a text that are read: what it is about is said by then, and a long one costs no more. */
const MOST_TOKENS = 128

/** The encoder that comes with Finesse, mean pooling. */
export const openEncoderEmbedding = async (runtime: Runtime): Promise<Embedding> => {
  const model = await openTextModel(runtime, await locateModel('embedded'))
  const network = featureNetwork(model, 'mean')
  const session = await openSession(runtime, dynamicModel(network))
  const weights = Object.fromEntries(network.weights)
  const { width } = model.trunk
  const { padId, unknownId } = model.tokenizer
  let tokens = 0
  let unknown = 0
  return {
    width,
    async embed(texts) {
      const encoded = texts.map((text) => model.tokenizer.encode(text, MOST_TOKENS))
      for (const { ids } of encoded) {
        tokens += ids.length
        for (const id of ids) if (id === unknownId) unknown++
      }
      const lengths = encoded.map(({ ids }) => ids.length)
      const points = new Float32Array(texts.length * width)
      for (const batch of lengthSortedBatches(lengths, BATCH_TOKENS)) {
        const rows = batch.flatMap((at) => encoded[at] ?? [])
        const length = rows.reduce((most, { ids }) => Math.max(most, ids.length), 1)
        const feeds = Object.fromEntries(textFeeds(network.graph.inputs, rows, length, padId))
        const features = floatOutput(await session.run({ ...weights, ...feeds }, [FEATURES]), FEATURES)
        for (const [i, at] of batch.entries())
          points.set(features.subarray(i * width, (i + 1) * width), at * width)
      }
      return points
    },
    unknownShare: () => (tokens === 0 ? 0 : unknown / tokens),
    close: () => session.release(),
  }
}
