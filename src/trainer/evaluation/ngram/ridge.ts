import { setImmediate } from 'node:timers/promises'
import { createRandom } from '../../../data/random.ts'
import { type SparseRow, type SparseRows, scoreRow } from './regression.ts'

/** From strong regularisation to weak: what of them is best depends on the noise of the numbers. */
const STRENGTHS = [0.05, 0.2, 0.8, 3.2, 12.8]
/** With few rows a held-out part says little about any of them. */
const DEFAULT_STRENGTH = 0.8
const FEWEST_ROWS = 50
/** More rows make the choice slower and hardly better. */
const MOST_ROWS = 5_000
const FOLDS = 5
/** Folds are tried until so many rows were held out. */
const ENOUGH_HELD = 1_000
const EPOCHS = 40
/** Training ends when an epoch moves the answers by less than this on average: targets have deviation 1. */
const TOLERANCE = 1e-3
const YIELD_MS = 40

/**
 * Ridge regression on the chosen `rows`, w [features]; `targets` has the number of every row of `data`:
 *
 *   minimise 1/2 |w|^2 + C/2 * sum_i (w x_i - y_i)^2
 *
 * by coordinate ascent in the dual, a row at a time: w = sum_i a_i x_i, and each visit sets a_i to the exact
 * optimum given all others. After Shalev-Shwartz and Zhang, "Stochastic dual coordinate ascent" (2013).
 */
export async function trainRidge(
  data: SparseRows,
  rows: readonly number[],
  targets: Float64Array,
  { C, seed }: { readonly C: number; readonly seed: number },
  report: (fraction: number) => void = () => {},
): Promise<Float32Array> {
  const random = createRandom(seed, 'ngram')
  const order = Array.from(rows, (_, place) => place)
  const weights = new Float32Array(data.features)
  const duals = new Float64Array(rows.length)
  const sparse: SparseRow = { size: 0, ids: new Int32Array(0), values: new Float64Array(0) }
  const score = new Float64Array(1)
  let paused = performance.now()
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    random.shuffle(order)
    let movement = 0
    for (const [visit, place] of order.entries()) {
      const row = rows[place] ?? 0
      data.load(row, sparse)
      const norm = scoreRow(weights, 1, sparse, score)
      const dual = duals[place] ?? 0
      const move = (C * ((targets[row] ?? 0) - (score[0] ?? 0)) - dual) / (1 + C * norm)
      duals[place] = dual + move
      const { size, ids, values } = sparse
      for (let at = 0; at < size; at++) {
        const id = ids[at] ?? 0
        weights[id] = (weights[id] ?? 0) + move * (values[at] ?? 0)
      }
      movement += Math.abs(move) * norm
      if ((visit & 63) === 0 && performance.now() - paused > YIELD_MS) {
        report((epoch + visit / rows.length) / EPOCHS)
        await setImmediate()
        paused = performance.now()
      }
    }
    if (movement < TOLERANCE * rows.length) break
  }
  report(1)
  return weights
}

/**
 * The `C` with the smallest squared error on held-out training rows, the grid being climbed until the error rises.
 * Equal texts are held out together, else memorising them would pay.
 */
export async function chooseRidge(
  data: SparseRows,
  texts: readonly string[],
  targets: Float64Array,
  seed: number,
  report: (fraction: number) => void,
): Promise<number> {
  const random = createRandom(seed, 'ngram strength')
  const sample = random.shuffle(Array.from(texts, (_, row) => row)).slice(0, MOST_ROWS)
  if (sample.length < FEWEST_ROWS) return DEFAULT_STRENGTH
  const foldOf = new Map<string, number>()
  for (const row of sample) {
    const text = texts[row] ?? ''
    if (!foldOf.has(text)) foldOf.set(text, foldOf.size % FOLDS)
  }
  const inFold = (row: number, fold: number) => foldOf.get(texts[row] ?? '') === fold
  const folds = Math.min(FOLDS, Math.ceil((ENOUGH_HELD * FOLDS) / sample.length))
  let best = DEFAULT_STRENGTH
  let lowest = Number.POSITIVE_INFINITY
  for (const [index, C] of STRENGTHS.entries()) {
    let loss = 0
    for (let fold = 0; fold < folds; fold++) {
      const rest = sample.filter((row) => !inFold(row, fold))
      const held = sample.filter((row) => inFold(row, fold))
      const weights = await trainRidge(data, rest, targets, { C, seed }, (fraction) =>
        report((index + (fold + fraction) / folds) / STRENGTHS.length),
      )
      loss += squaredErrors(weights, data, held, targets)
    }
    if (loss >= lowest) break
    lowest = loss
    best = C
  }
  return best
}

function squaredErrors(
  weights: Float32Array,
  data: SparseRows,
  rows: readonly number[],
  targets: Float64Array,
): number {
  const sparse: SparseRow = { size: 0, ids: new Int32Array(0), values: new Float64Array(0) }
  const score = new Float64Array(1)
  let sum = 0
  for (const row of rows) {
    data.load(row, sparse)
    scoreRow(weights, 1, sparse, score)
    sum += ((score[0] ?? 0) - (targets[row] ?? 0)) ** 2
  }
  return sum
}
