import { readFileSync } from 'node:fs'
import { textCleaner } from '../../data/clean/text.ts'
import { joined, type ModelText } from '../../data/model-text.ts'
import { floatOutput, openSession, type Runtime } from '../engine/runtime.ts'
import { composed } from '../evaluation/ngram/characters.ts'
import { lengthSortedBatches } from '../training/step/batches.ts'
import { readNgramFolder } from './folder.ts'
import { PROBABILITIES, TEXT } from './names.ts'

/** Characters at once, padding counted: enough for full speed. */
const BATCH_CHARACTERS = 8192
/** Counts of n-grams at once, 4 bytes each, and a few times that in between. */
const BATCH_COUNTS = 8_000_000

/** Opens an exported n-gram model. Its predictor is one as of `openPredictor`. */
export const openNgramPredictor = async (folder: string, runtime: Runtime) => {
  const { onnxFile, labels, steps, ngrams, pair, unsure } = readNgramFolder(folder)
  const { clean } = textCleaner(steps)
  const session = await openSession({ ...runtime, device: 'cpu' }, readFileSync(onnxFile))
  const mostRows = Math.max(1, Math.floor(BATCH_COUNTS / Math.max(1, ngrams)))
  const asRead = (text: ModelText): string =>
    composed(typeof text === 'string' ? clean(text) : joined([clean(text[0]), clean(text[1])]))
  return {
    task: 'classify' as const,
    labels,
    pair,
    unsure,
    predict: async (texts: readonly ModelText[], progress: (done: number) => void = () => undefined) => {
      const read = texts.map(asRead)
      const lengths = read.map((text) => Math.max(1, text.length))
      const probabilities = new Float64Array(texts.length * labels.length)
      let done = 0
      for (const rows of lengthSortedBatches(lengths, BATCH_CHARACTERS))
        for (let from = 0; from < rows.length; from += mostRows) {
          const batch = rows.slice(from, from + mostRows)
          const data = batch.map((row) => read[row] ?? '')
          const feeds = { [TEXT]: { type: 'string', dims: [batch.length], data } as const }
          const results = floatOutput(await session.run(feeds, [PROBABILITIES]), PROBABILITIES)
          for (const [i, row] of batch.entries())
            probabilities.set(
              results.subarray(i * labels.length, (i + 1) * labels.length),
              row * labels.length,
            )
          done += batch.length
          progress(done)
        }
      return probabilities
    },
    close: () => session.release(),
  }
}
