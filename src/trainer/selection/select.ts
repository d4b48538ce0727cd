import type { ModelText } from '../../data/model-text.ts'
import { createRandom } from '../../data/random.ts'
import { cpuRuntime } from '../engine/runtime.ts'
import type { Predictor } from '../prediction/predict.ts'
import { MOST_UNKNOWN } from '../training/unknown-tokens.ts'
import { openEncoderEmbedding } from './encoder-embedding.ts'
import { gramEmbedding } from './gram-embedding.ts'
import { marginUncertainty } from './margin.ts'
import { type Candidate, createSamplePool, createSeenTexts, createUncertainPool } from './pool.ts'
import { seedDiverse } from './seeding.ts'

/** Of so many times the wanted texts, the most uncertain ones, some are chosen that differ (docs/evaluation/label-next.md). */
const FACTOR = 10
/** Without a model: texts of which some are chosen that differ. 20 MB of points, and 0.1 s a chosen text. */
const MOST_POINTS = 20_000

export interface Selection {
  /** The first ones are worth most: whoever stops early has lost least. */
  readonly chosen: readonly Candidate[]
  /** Texts that could have been chosen. */
  readonly pool: number
  /** Left out, as they have a label already. */
  readonly labelled: number
  /** Left out, as they stand further up in the file. */
  readonly repeated: number
}

export interface SelectOptions {
  readonly count: number
  readonly seed: number
  /** null: the texts differ, which is all that is known of them. */
  readonly predictor: Predictor | null
  readonly isLabelled: (text: ModelText) => boolean
  /** Is told how many texts have been read. */
  readonly progress: (read: number) => void
}

/**
 * The texts worth labelling next: those the model is least sure of (the smallest margin between its two most probable
 * labels), and among these some that differ, by k-means++ seeding on an encoder's embedding weighted with the
 * uncertainty. Without a model some that differ. The same texts and seed give the same choice. Memory does not grow
 * with the file beyond some 40 bytes a text.
 */
export async function selectTexts(
  batches: AsyncIterable<readonly { readonly row: number; readonly text: ModelText }[]>,
  { count, seed, predictor, isLabelled, progress }: SelectOptions,
): Promise<Selection> {
  const seen = createSeenTexts()
  const pool =
    predictor === null
      ? createSamplePool(MOST_POINTS, createRandom(seed, 'selection sample'))
      : createUncertainPool(FACTOR * count)
  let [read, labelled, repeated, free] = [0, 0, 0, 0]
  for await (const batch of batches) {
    const wanted = batch.filter(({ text }) => {
      const isKnown = isLabelled(text)
      const isRepeat = !isKnown && !seen.isNew(text)
      labelled += isKnown ? 1 : 0
      repeated += isRepeat ? 1 : 0
      return !isKnown && !isRepeat
    })
    for (const candidate of await asked(wanted, predictor)) pool.add(candidate)
    free += wanted.length
    read += batch.length
    progress(read)
  }
  return { chosen: await diverse(pool.kept(), count, seed), pool: free, labelled, repeated }
}

async function asked(
  rows: readonly { readonly row: number; readonly text: ModelText }[],
  predictor: Predictor | null,
): Promise<readonly Candidate[]> {
  if (predictor === null) return rows.map((row) => ({ ...row, suggestion: null, uncertainty: 1 }))
  const { labels } = predictor
  const probabilities = await predictor.predict(rows.map(({ text }) => text))
  const uncertainty = marginUncertainty(probabilities, labels.length)
  return rows.map((row, i) => {
    const ofRow = probabilities.subarray(i * labels.length, (i + 1) * labels.length)
    const probability = ofRow.reduce((best, p) => Math.max(best, p), 0)
    const label = labels[ofRow.indexOf(probability)] ?? ''
    return { ...row, suggestion: { label, probability }, uncertainty: uncertainty[i] ?? 0 }
  })
}

async function diverse(
  candidates: readonly Candidate[],
  count: number,
  seed: number,
): Promise<readonly Candidate[]> {
  const { width, points } = await pointsOf(candidates.map(({ text }) => text))
  const weights = Float64Array.from(candidates, ({ uncertainty }) => uncertainty)
  const rows = seedDiverse(points, width, weights, count, createRandom(seed, 'selection'))
  return rows.flatMap((row) => candidates[row] ?? [])
}

/** By the encoder that comes with Finesse, or where it does not read the texts' language by their n-grams. */
async function pointsOf(texts: readonly ModelText[]): Promise<{ width: number; points: Float32Array }> {
  const encoder = await openEncoderEmbedding(cpuRuntime())
  try {
    const points = await encoder.embed(texts)
    return encoder.unknownShare() > MOST_UNKNOWN ? gramEmbedding(texts) : { width: encoder.width, points }
  } finally {
    await encoder.close()
  }
}
