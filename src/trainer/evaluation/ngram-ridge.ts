import { type SparseRow, scoreRow } from './ngram/regression.ts'
import { chooseRidge, trainRidge } from './ngram/ridge.ts'
import { readSparseRows } from './ngram.ts'

/** The n-gram model of numbers. */
export interface NgramRidge {
  /** [texts], in the unit of the targets. */
  values(texts: readonly string[]): Float64Array
}

/**
 * Trains ridge regression on the n-grams that the n-gram model of labels reads. `targets` [texts] are standardised:
 * of mean 0 and deviation 1. The same seed gives the same model. Gives way to the event loop every few hundredths
 * of a second, after `report` with the share done; what `report` throws ends the training.
 */
export async function trainNgramRidge(
  texts: readonly string[],
  targets: Float64Array,
  seed: number,
  report: (fraction: number) => void = () => {},
): Promise<NgramRidge> {
  if (texts.length !== targets.length) throw new Error(`${texts.length} texts, ${targets.length} targets`)
  const { features, data } = await readSparseRows(texts, 1, report)
  const C = await chooseRidge(data, texts, targets, seed, (fraction) => report(0.2 + 0.5 * fraction))
  const every = Array.from(texts, (_, row) => row)
  const weights = await trainRidge(data, every, targets, { C, seed }, (fraction) =>
    report(0.7 + 0.3 * fraction),
  )
  return {
    values(asked) {
      const row: SparseRow = { size: 0, ids: new Int32Array(0), values: new Float64Array(0) }
      const score = new Float64Array(1)
      return Float64Array.from(asked, (text) => {
        const size = features.read(text)
        features.weigh(features.ids.subarray(0, size), features.times.subarray(0, size), row)
        scoreRow(weights, 1, row, score)
        return score[0] ?? 0
      })
    },
  }
}
