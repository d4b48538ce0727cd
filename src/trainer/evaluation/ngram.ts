import { setImmediate } from 'node:timers/promises'
import { createGrams, readGrams } from './ngram/grams.ts'
import { type SparseRow, type SparseRows, scoreRow, trainRegression } from './ngram/regression.ts'
import { createSpellings } from './ngram/spellings.ts'
import { chooseStrength } from './ngram/strength.ts'
import { createRowCounts, type Vocabulary } from './ngram/vocabulary.ts'
import { softmaxRows } from './softmax.ts'

/** A linear model on n-grams of words and characters: what can be had of the rows without a pretrained model. */
export interface NgramModel {
  /** [texts, classes]. */
  logits(texts: readonly string[]): Float64Array
  /** [texts, classes]. */
  probabilities(texts: readonly string[]): Float64Array
  /** What it is made of, for those who write it down. */
  readonly parts: NgramParts
}

export interface NgramParts {
  readonly classes: number
  /** Characters of a text that are read. */
  readonly limit: number
  /** n-grams. */
  readonly size: number
  /** The symbols of an n-gram (see `Grams`). */
  spelling(id: number): Int32Array
  /** Whether it is of characters, not of words. */
  isCharacter(id: number): boolean
  /** [n-grams]. */
  readonly idf: Float32Array
  /** [n-grams + 1, classes], the last row being the bias. */
  readonly weights: Float32Array
  /** Of the regularisation: as given, or as it was chosen. */
  readonly C: number
}

export interface NgramOptions {
  /** Weight of the loss against the norm of the weights; chosen on held-out training rows where not given. */
  C?: number
}

/** Longer texts are cut so that the training texts have no more than this, which holds memory to about 300 MB. */
const MOST_CHARACTERS = 10_000_000
/** Of the weight matrix, 4 bytes each. */
const MOST_WEIGHTS = 24_000_000
/** An n-gram of one row says nothing of other rows. */
const FEWEST_ROWS = 2
const EPOCHS = 20
const TOLERANCE = 0.2
const YIELD_MS = 40

/**
 * Trains the n-gram model: sublinear TF-IDF of the n-grams of `readGrams`, the words and the characters each
 * of norm one, and multinomial logistic regression with L2. `targets` are indices below `classes`. The same
 * seed gives the same model. Gives way to the event loop every few hundredths of a second, after `report`
 * with the share done; what `report` throws ends the training.
 */
export async function trainNgram(
  texts: readonly string[],
  targets: Int32Array,
  classes: number,
  seed: number,
  report: (fraction: number) => void = () => {},
  { C }: NgramOptions = {},
): Promise<NgramModel> {
  if (texts.length !== targets.length) throw new Error(`${texts.length} texts, ${targets.length} targets`)
  const { features, data, limit } = await readSparseRows(texts, classes, report)
  const solver = { epochs: EPOCHS, tolerance: TOLERANCE, seed }
  const strength =
    C ??
    (await chooseStrength(data, texts, targets, classes, solver, (fraction) => report(0.2 + 0.3 * fraction)))
  const every = Array.from(texts, (_, row) => row)
  const weights = await trainRegression(
    data,
    every,
    targets,
    classes,
    { ...solver, C: strength },
    (fraction) => report(0.5 + 0.5 * fraction),
  )

  const { isCharacter, spelling, idf } = features
  return createModel(features, {
    classes,
    limit,
    size: features.size - 1,
    spelling,
    isCharacter,
    idf,
    weights,
    C: strength,
  })
}

/**
 * Texts as sparse rows of the n-grams that more than one of them has; `outputs` numbers are to be learnt of each
 * n-gram. A fifth of the work of a training, by what `report` is told.
 */
export async function readSparseRows(
  texts: readonly string[],
  outputs: number,
  report: (fraction: number) => void,
): Promise<{ features: Features; data: SparseRows; limit: number }> {
  const limit = lengthLimit(texts)
  let paused = performance.now()
  const pause = async (fraction: number) => {
    if (performance.now() - paused < YIELD_MS) return
    report(fraction)
    await setImmediate()
    paused = performance.now()
  }

  const { vocabulary, occurrences } = await collectVocabulary(texts, limit, outputs, (fraction) =>
    pause(0.1 * fraction),
  )
  const features = createFeatures(vocabulary, texts.length, limit)

  const starts = new Float64Array(texts.length + 1)
  // Repeats and rare n-grams leave the end of these untouched, which takes no memory.
  const ids = new Int32Array(occurrences)
  const times = new Uint8Array(occurrences)
  let end = 0
  for (const [row, text] of texts.entries()) {
    const size = features.read(text)
    ids.set(features.ids.subarray(0, size), end)
    times.set(features.times.subarray(0, size), end)
    end += size
    starts[row + 1] = end
    await pause(0.1 + (0.1 * row) / texts.length)
  }

  const data: SparseRows = {
    features: features.size,
    load(row, into) {
      const from = starts[row] ?? 0
      const to = starts[row + 1] ?? 0
      features.weigh(ids.subarray(from, to), times.subarray(from, to), into)
    },
  }
  return { features, data, limit }
}

/** Apart from the training, whose rows the model would otherwise keep alive. */
function createModel(features: Features, parts: NgramParts): NgramModel {
  const { weights, classes } = parts
  const logits = (texts: readonly string[]): Float64Array => {
    const scores = new Float64Array(texts.length * classes)
    const row: SparseRow = { size: 0, ids: new Int32Array(0), values: new Float64Array(0) }
    for (const [index, text] of texts.entries()) {
      const size = features.read(text)
      features.weigh(features.ids.subarray(0, size), features.times.subarray(0, size), row)
      scoreRow(weights, classes, row, scores.subarray(index * classes, (index + 1) * classes))
    }
    return scores
  }
  return { parts, logits, probabilities: (texts) => softmaxRows(logits(texts), classes) }
}

/** A function of its own, so that the counts are freed before the rows are kept. */
async function collectVocabulary(
  texts: readonly string[],
  limit: number,
  classes: number,
  pause: (fraction: number) => Promise<void>,
): Promise<{ vocabulary: Vocabulary; occurrences: number }> {
  const grams = createGrams()
  const counts = createRowCounts()
  let occurrences = 0
  for (const [row, text] of texts.entries()) {
    readGrams(text, limit, grams)
    counts.add(grams.hashes, grams.count, row)
    occurrences += grams.count
    await pause(row / texts.length)
  }
  const most = Math.floor(MOST_WEIGHTS / classes) - 1
  return { vocabulary: counts.select(FEWEST_ROWS, most), occurrences }
}

export type Features = ReturnType<typeof createFeatures>

/** Texts to sparse rows. A last feature of value one is every row's: the bias. */
function createFeatures(vocabulary: Vocabulary, rows: number, limit: number) {
  const grams = createGrams()
  const isCharacter = vocabulary.character
  const spellings = createSpellings(vocabulary.size)
  // Smoothed as scikit-learn does: as if one more row held every n-gram.
  const idf = Float32Array.from(vocabulary.rows, (count) => 1 + Math.log((1 + rows) / (1 + count)))
  const tf = Float64Array.from({ length: 256 }, (_, count) => (count === 0 ? 0 : 1 + Math.log(count)))
  const place = new Int32Array(vocabulary.size)
  const bias = vocabulary.size

  const features = {
    size: vocabulary.size + 1,
    idf,
    isCharacter: (id: number): boolean => isCharacter[id] === 1,
    spelling: (id: number): Int32Array => spellings.of(id),
    /** Filled by `read`: the distinct n-grams of a text that the vocabulary holds, and how often each occurs. */
    ids: new Int32Array(1024),
    times: new Uint8Array(1024),

    read(text: string): number {
      readGrams(text, limit, grams)
      if (features.ids.length < grams.count) {
        features.ids = new Int32Array(grams.hashes.length)
        features.times = new Uint8Array(grams.hashes.length)
      }
      const { ids, times } = features
      let size = 0
      for (let at = 0; at < grams.count; at++) {
        const id = vocabulary.find(grams.hashes[at] ?? 0)
        if (id < 0 || !spellings.isOf(id, grams, at)) continue
        // `place` need not be cleared: an entry counts only where it points at its own id.
        const known = place[id] ?? 0
        if (known < size && ids[known] === id) times[known] = Math.min(255, (times[known] ?? 0) + 1)
        else {
          place[id] = size
          ids[size] = id
          times[size++] = 1
        }
      }
      return size
    },

    weigh(ids: Int32Array, times: Uint8Array, into: SparseRow): void {
      const size = ids.length
      if (into.ids.length <= size) {
        into.ids = new Int32Array(2 * size + 1)
        into.values = new Float64Array(2 * size + 1)
      }
      let words = 0
      let characters = 0
      for (let at = 0; at < size; at++) {
        const id = ids[at] ?? 0
        const value = (tf[times[at] ?? 0] ?? 0) * (idf[id] ?? 0)
        into.ids[at] = id
        into.values[at] = value
        if (isCharacter[id] === 1) characters += value * value
        else words += value * value
      }
      const wordScale = words > 0 ? 1 / Math.sqrt(words) : 0
      const characterScale = characters > 0 ? 1 / Math.sqrt(characters) : 0
      for (let at = 0; at < size; at++) {
        const scale = isCharacter[ids[at] ?? 0] === 1 ? characterScale : wordScale
        into.values[at] = (into.values[at] ?? 0) * scale
      }
      into.ids[size] = bias
      into.values[size] = 1
      into.size = size + 1
    },
  }
  return features
}

/** The length at which texts are cut so that all together keep within `MOST_CHARACTERS`. */
function lengthLimit(texts: readonly string[]): number {
  const lengths = texts.map((text) => text.length).sort((a, b) => a - b)
  let left = MOST_CHARACTERS
  for (const [index, length] of lengths.entries()) {
    const share = Math.floor(left / (lengths.length - index))
    if (length > share) return share
    left -= length
  }
  return Number.POSITIVE_INFINITY
}
