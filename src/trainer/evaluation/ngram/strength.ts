import { createRandom } from '../../../data/random.ts'
import {
  type RegressionOptions,
  type SparseRow,
  type SparseRows,
  scoreRow,
  trainRegression,
} from './regression.ts'
import { softmax } from './softmax.ts'

/** From strong regularisation to weak: on public sets the best lies between 2 and 50. */
const STRENGTHS = [1, 4, 16, 64]
/** With few rows a held-out part says little about any of them. */
const DEFAULT_STRENGTH = 4
const FEWEST_ROWS = 50
/** More rows make the choice slower and hardly better. */
const MOST_ROWS = 5_000
/** Rows times labels, which is what a training costs, over all folds. */
const MOST_CELLS = 120_000
const FOLDS = 5
/** Folds are tried until so many rows were held out. */
const ENOUGH_HELD = 1_000
/** Enough to tell strengths apart. */
const EPOCHS = 4

/**
 * The regularisation `C` with the smallest log loss on held-out training rows, the grid being climbed until
 * the loss rises. Equal texts are held out together, else memorising them would pay.
 */
export async function chooseStrength(
  data: SparseRows,
  texts: readonly string[],
  targets: Int32Array,
  classes: number,
  solver: Pick<RegressionOptions, 'tolerance' | 'seed'>,
  report: (fraction: number) => void,
): Promise<number> {
  const most = Math.min(MOST_ROWS, Math.floor(MOST_CELLS / classes))
  const random = createRandom(solver.seed, 'ngram strength')
  const sample = random.shuffle(Array.from(texts, (_, row) => row)).slice(0, most)
  if (sample.length < FEWEST_ROWS) return DEFAULT_STRENGTH
  const foldOf = new Map<string, number>()
  for (const row of sample) {
    const text = texts[row] ?? ''
    if (!foldOf.has(text)) foldOf.set(text, foldOf.size % FOLDS)
  }
  const inFold = (row: number, fold: number) => foldOf.get(texts[row] ?? '') === fold
  const wanted = Math.min(FOLDS, Math.ceil((ENOUGH_HELD * FOLDS) / sample.length))
  const folds = Math.max(1, Math.min(wanted, Math.floor(MOST_CELLS / (sample.length * classes))))

  let best = DEFAULT_STRENGTH
  let lowest = Number.POSITIVE_INFINITY
  for (const [index, C] of STRENGTHS.entries()) {
    let loss = 0
    for (let fold = 0; fold < folds; fold++) {
      const rest = sample.filter((row) => !inFold(row, fold))
      const held = sample.filter((row) => inFold(row, fold))
      const weights = await trainRegression(
        data,
        rest,
        targets,
        classes,
        { ...solver, epochs: EPOCHS, C },
        (fraction) => report((index + (fold + fraction) / folds) / STRENGTHS.length),
      )
      loss += lossOf(weights, data, held, targets, classes)
    }
    if (loss >= lowest) break
    lowest = loss
    best = C
  }
  return best
}

/** Sum over the rows of -log of the label's probability. */
function lossOf(
  weights: Float32Array,
  data: SparseRows,
  rows: readonly number[],
  targets: Int32Array,
  classes: number,
): number {
  const sparse: SparseRow = { size: 0, ids: new Int32Array(0), values: new Float64Array(0) }
  const scores = new Float64Array(classes)
  let loss = 0
  for (const row of rows) {
    data.load(row, sparse)
    scoreRow(weights, classes, sparse, scores)
    softmax(scores)
    loss -= Math.log(Math.max(scores[targets[row] ?? 0] ?? 0, Number.EPSILON))
  }
  return loss
}
