import type { ModelText } from '../../data/model-text.ts'
import { floatOutput, type Runtime } from '../engine/runtime.ts'
import { FEATURES } from '../tasks/pooling.ts'
import type { TextModel } from '../text/text-model.ts'
import { defaultPooling, lengthLimit } from '../training/defaults.ts'
import { featureNetwork } from '../training/step/network.ts'
import { forwardRows } from '../training/step/rows.ts'
import { unknownShareOf } from '../training/unknown-tokens.ts'

export interface Embeddings {
  /** [texts, width]: what the untouched model makes of them. */
  readonly features: Float32Array
  /** Share of their tokens that the model's vocabulary lacks. */
  readonly unknown: number
}

/** Each text is read as a training reads it where nothing is asked. */
export async function embed(
  runtime: Runtime,
  model: TextModel,
  texts: readonly ModelText[],
  progress: (done: number) => void,
): Promise<Embeddings> {
  const { tokenizer, trunk } = model
  const limit = lengthLimit({ max_length: 'auto' }, tokenizer)
  const encoded = texts.map((text) => tokenizer.encode(text, limit))
  const features = new Float32Array(texts.length * trunk.width)
  await forwardRows(
    runtime,
    featureNetwork(model, defaultPooling(model)),
    { encoded, padId: tokenizer.padId, cache: null },
    Array.from(texts, (_, row) => row),
    (batch, results) => {
      const computed = floatOutput(results, FEATURES)
      for (const [i, row] of batch.entries())
        features.set(computed.subarray(i * trunk.width, (i + 1) * trunk.width), row * trunk.width)
    },
    progress,
    new AbortController().signal,
  )
  return { features, unknown: unknownShareOf(encoded, tokenizer.unknownId) }
}
