import { readFileSync } from 'node:fs'
import type { ModelText } from '../../data/model-text.ts'
import type { Dtype } from '../../shared/compression.ts'
import { cpuRuntime, floatOutput, openSession, type Runtime } from '../engine/runtime.ts'
import { softmaxRows } from '../evaluation/softmax.ts'
import { readModelFolder } from '../export/folder.ts'
import { isNgramFolder } from '../ngram/folder.ts'
import { openNgramPredictor } from '../ngram/predict.ts'
import { canonical } from '../onnx/canonical.ts'
import { readModel } from '../onnx/read.ts'
import { LOGITS } from '../tasks/head.ts'
import { textFeeds } from '../text/inputs.ts'
import { openTokenizer } from '../text/open-tokenizer.ts'
import { lengthSortedBatches } from '../training/batches.ts'

/** An exported classifier, loaded once. */
export interface Predictor {
  readonly labels: readonly string[]
  /** Of a model of pairs the columns it was trained on; null: it reads one text. */
  readonly pair: readonly [text: string, pair: string] | null
  /** Probabilities [texts, labels]. */
  predict(texts: readonly ModelText[], progress?: (done: number) => void): Promise<Float64Array>
  close(): Promise<void>
}

const BATCH_TOKENS = 2048

/**
 * @param folder in Hugging Face layout, as Finesse exports it; or of an n-gram model
 * @param dtype which of its files
 */
export const openPredictor = async (
  folder: string,
  runtime: Runtime = cpuRuntime(),
  dtype: Dtype = 'fp32',
): Promise<Predictor> => {
  if (isNgramFolder(folder)) return openNgramPredictor(folder, runtime)
  const { onnxFile, labels, maxLength, pair } = readModelFolder(folder, dtype)
  const tokenizer = openTokenizer(folder)
  const bytes = readFileSync(onnxFile)
  const inputs = canonical(readModel(bytes, folder, onnxFile).graph).inputs
  const session = await openSession(runtime, bytes)
  return {
    labels,
    pair,
    predict: async (texts, progress = () => undefined) => {
      const encoded = texts.map((text) => tokenizer.encode(text, maxLength))
      const lengths = encoded.map((row) => row.ids.length)
      const probabilities = new Float64Array(texts.length * labels.length)
      let done = 0
      for (const rows of lengthSortedBatches(lengths, BATCH_TOKENS)) {
        const batch = rows.flatMap((row) => encoded[row] ?? [])
        const length = Math.max(...rows.map((row) => lengths[row] ?? 0))
        const feeds = Object.fromEntries(textFeeds(inputs, batch, length, tokenizer.padId))
        const results = softmaxRows(floatOutput(await session.run(feeds, [LOGITS]), LOGITS), labels.length)
        for (const [i, row] of rows.entries())
          probabilities.set(results.subarray(i * labels.length, (i + 1) * labels.length), row * labels.length)
        done += rows.length
        progress(done)
      }
      return probabilities
    },
    close: () => session.release(),
  }
}
