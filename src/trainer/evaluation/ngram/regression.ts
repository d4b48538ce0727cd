import { setImmediate } from 'node:timers/promises'
import { createRandom } from '../../../data/random.ts'

/** One sparse row; only the first `size` places of `ids` and `values` count. */
export interface SparseRow {
  size: number
  ids: Int32Array
  values: Float64Array
}

export interface SparseRows {
  features: number
  load(row: number, into: SparseRow): void
}

export interface RegressionOptions {
  /** Weight of the loss's sum against half the squared norm of the weights: scikit-learn's `C`. */
  C: number
  epochs: number
  /**
   * Training ends when an epoch moves the scores of the rows by less than this on average, and a row that it
   * moved by less rests for an epoch.
   */
  tolerance: number
  seed: number
}

/** Of the tolerance: a score's change below this is left for a later visit, as are those of most labels of most rows. */
const SMALLEST_CHANGE = 0.25
const YIELD_MS = 40

/**
 * Multinomial logistic regression with L2 on the chosen `rows`, W [features, classes]; `targets` has the label
 * of every row of `data`:
 *
 *   minimise 1/2 |W|^2 + C * sum_i (logsumexp(W x_i) - (W x_i)[y_i])
 *
 * by coordinate ascent in the dual, a row at a time: W = C * sum_i x_i (onehot(y_i) - a_i)^T, and each visit
 * sets a_i to the exact optimum given all others (see `solveRow`). No learning rate, few epochs. After Yu,
 * Huang and Lin, "Dual coordinate descent methods for logistic regression and maximum entropy models" (2011).
 */
export async function trainRegression(
  data: SparseRows,
  rows: readonly number[],
  targets: Int32Array,
  classes: number,
  options: RegressionOptions,
  report: (fraction: number) => void = () => {},
): Promise<Float32Array> {
  const { C, epochs, tolerance, seed } = options
  const random = createRandom(seed, 'ngram')
  const order = Array.from(rows, (_, place) => place)
  const weights = new Float32Array(data.features * classes)
  const duals = new Float32Array(rows.length * classes)
  for (const [place, row] of rows.entries()) duals[place * classes + (targets[row] ?? 0)] = 1

  const sparse: SparseRow = { size: 0, ids: new Int32Array(0), values: new Float64Array(0) }
  const scores = new Float64Array(classes)
  const solution = new Float64Array(classes)
  const moved = new Int32Array(classes)
  const resting = new Uint8Array(rows.length)
  let paused = performance.now()
  for (let epoch = 0; epoch < epochs; epoch++) {
    random.shuffle(order)
    let movement = 0
    for (const [visit, place] of order.entries()) {
      if (resting[place] === 1) {
        resting[place] = 0
        continue
      }
      data.load(rows[place] ?? 0, sparse)
      const norm = scoreRow(weights, classes, sparse, scores)
      const q = C * norm
      const dual = duals.subarray(place * classes, (place + 1) * classes)
      solveRow(scores, dual, q, solution)
      let moves = 0
      let change = 0
      for (let label = 0; label < classes; label++) {
        const move = (solution[label] ?? 0) - (dual[label] ?? 0)
        if (q * Math.abs(move) < SMALLEST_CHANGE * tolerance) continue
        change += q * Math.abs(move)
        dual[label] = solution[label] ?? 0
        scores[label] = C * move
        moved[moves++] = label
      }
      const { size, ids, values } = sparse
      for (let at = 0; at < size && moves > 0; at++) {
        const base = (ids[at] ?? 0) * classes
        const value = values[at] ?? 0
        for (let index = 0; index < moves; index++) {
          const label = moved[index] ?? 0
          weights[base + label] = (weights[base + label] ?? 0) - value * (scores[label] ?? 0)
        }
      }
      movement += change
      if (change < tolerance) resting[place] = 1
      if ((visit & 63) === 0 && performance.now() - paused > YIELD_MS) {
        report((epoch + visit / rows.length) / epochs)
        await setImmediate()
        paused = performance.now()
      }
    }
    if (movement < tolerance * rows.length) break
  }
  report(1)
  return weights
}

/** `scores` [classes] = W x; returns |x|^2. */
export function scoreRow(
  weights: Float32Array,
  classes: number,
  { size, ids, values }: SparseRow,
  scores: Float64Array,
): number {
  scores.fill(0)
  let norm = 0
  let at = 0
  // Four features a pass: half the time of one.
  for (; at + 4 <= size; at += 4) {
    const [a, b, c, d] = [values[at] ?? 0, values[at + 1] ?? 0, values[at + 2] ?? 0, values[at + 3] ?? 0]
    const atA = (ids[at] ?? 0) * classes
    const atB = (ids[at + 1] ?? 0) * classes
    const atC = (ids[at + 2] ?? 0) * classes
    const atD = (ids[at + 3] ?? 0) * classes
    norm += a * a + b * b + c * c + d * d
    for (let label = 0; label < classes; label++) {
      scores[label] =
        (scores[label] ?? 0) +
        a * (weights[atA + label] ?? 0) +
        b * (weights[atB + label] ?? 0) +
        c * (weights[atC + label] ?? 0) +
        d * (weights[atD + label] ?? 0)
    }
  }
  for (; at < size; at++) {
    const base = (ids[at] ?? 0) * classes
    const value = values[at] ?? 0
    norm += value * value
    for (let label = 0; label < classes; label++) {
      scores[label] = (scores[label] ?? 0) + value * (weights[base + label] ?? 0)
    }
  }
  return norm
}

/**
 * The optimum over the simplex of sum_k a_k log a_k + q/2 |a - old|^2 - a . scores, the dual of one row's loss
 * given the other rows. Its stationary point is log a_k + q a_k = scores_k + q old_k + shift, that is
 * q a_k = w(scores_k + q old_k + shift + log q) with w the Wright omega function (w + log w = argument), and
 * the shift is where the a_k sum to one. The sum is convex and increasing in the shift, so Newton's steps
 * from a point above the root never pass it.
 */
export function solveRow(scores: Float64Array, old: Float32Array, q: number, into: Float64Array): void {
  const classes = scores.length
  let highest = Number.NEGATIVE_INFINITY
  for (let label = 0; label < classes; label++) {
    const value = (scores[label] ?? 0) + q * (old[label] ?? 0)
    if (value > highest) highest = value
  }
  const logQ = Math.log(q)
  // At this shift the largest entry alone is one.
  let shift = q - highest
  for (let step = 0; step < 20; step++) {
    let total = 0
    let slope = 0
    for (let label = 0; label < classes; label++) {
      const argument = (scores[label] ?? 0) + q * (old[label] ?? 0) + shift + logQ
      const omega = wrightOmega(argument)
      into[label] = omega / q
      total += omega / q
      slope += omega / q / (1 + omega)
    }
    if (total - 1 < 1e-4) break
    shift -= (total - 1) / slope
  }
}

/**
 * w with w + log w = argument, to about 1e-6 of it: for small w the Padé approximant of Lambert's W, else a
 * first guess and one step of Fritsch, Shafer and Crowley (1973).
 */
export function wrightOmega(argument: number): number {
  if (argument < -2) {
    const x = Math.exp(argument)
    return (x * (60 + x * (114 + x * 17))) / (60 + x * (174 + x * 101))
  }
  const guess =
    argument < 3
      ? 0.567 + argument * (0.362 + argument * 0.06)
      : argument - Math.log(argument) + Math.log(argument) / argument
  const rest = argument - guess - Math.log(guess)
  const first = 1 + guess
  const common = 2 * first * (first + (2 / 3) * rest)
  return guess * (1 + ((rest / first) * (common - rest)) / (common - 2 * rest))
}
