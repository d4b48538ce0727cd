import { readFileSync } from 'node:fs'
import type { ModelText } from '../../data/model-text.ts'
import type { Dtype } from '../../shared/compression.ts'
import type { TaskName } from '../../shared/config.ts'
import { cpuRuntime, floatOutput, openSession, type Runtime } from '../engine/runtime.ts'
import { softmaxRows } from '../evaluation/softmax.ts'
import { readModelFolder } from '../export/folder.ts'
import { isNgramFolder } from '../ngram/kind.ts'
import { openNgramPredictor } from '../ngram/predict.ts'
import { canonical } from '../onnx/canonical.ts'
import { readModel } from '../onnx/read.ts'
import { LOGITS } from '../tasks/head.ts'
import { textFeeds } from '../text/inputs.ts'
import { openTokenizer } from '../text/open-tokenizer.ts'
import { lengthSortedBatches } from '../training/step/batches.ts'

/** An exported classifier, loaded once. */
export interface Predictor {
  readonly task: TaskName
  /** Of numbers the one name of the column. */
  readonly labels: readonly string[]
  /** Of a model of pairs the columns it was trained on; null: it reads one text. */
  readonly pair: readonly [text: string, pair: string] | null
  /** Below this probability an answer is called unsure; null: the model does not say, or predicts numbers. */
  readonly unsure: number | null
  /** Probabilities [texts, labels]; or numbers [texts], in their own unit. */
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
  const { task, onnxFile, labels, maxLength, pair, unsure, long } = readModelFolder(folder, dtype)
  const tokenizer = openTokenizer(folder)
  const bytes = readFileSync(onnxFile)
  const inputs = canonical(readModel(bytes, folder, onnxFile).graph).inputs
  const session = await openSession(runtime, bytes)
  return {
    task,
    labels,
    pair,
    unsure,
    predict: async (texts, progress = () => undefined) => {
      const windows = texts.flatMap((text, row) => {
        const read = tokenizer.encodeLong(text, maxLength, long)
        return read.map((encoded) => ({ row, encoded, share: 1 / read.length }))
      })
      const lengths = windows.map(({ encoded }) => encoded.ids.length)
      /** [texts, labels]: the mean over a text's windows. */
      const logits = new Float32Array(texts.length * labels.length)
      let done = 0
      for (const positions of lengthSortedBatches(lengths, BATCH_TOKENS)) {
        const batch = positions.flatMap((at) => windows[at] ?? [])
        const length = Math.max(...positions.map((at) => lengths[at] ?? 0))
        const encoded = batch.map((window) => window.encoded)
        const feeds = Object.fromEntries(textFeeds(inputs, encoded, length, tokenizer.padId))
        const results = floatOutput(await session.run(feeds, [LOGITS]), LOGITS)
        for (const [i, { row, share }] of batch.entries())
          for (let label = 0; label < labels.length; label++) {
            const at = row * labels.length + label
            logits[at] = (logits[at] ?? 0) + share * (results[i * labels.length + label] ?? Number.NaN)
          }
        done += batch.length
        progress(Math.floor((done / windows.length) * texts.length))
      }
      return task === 'regress' ? Float64Array.from(logits) : softmaxRows(logits, labels.length)
    },
    close: () => session.release(),
  }
}
