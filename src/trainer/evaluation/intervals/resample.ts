import { createRandom } from '../../../data/random.ts'
import type { Interval } from '../../../shared/trust.ts'

/** Enough for ends that stand to the second digit; of very many rows fewer, as each draw then says more. */
const DRAWS = 1000
export const FEWEST_DRAWS = 200
const MOST_DRAWN = 20_000_000
const OUTSIDE = 0.05

const drawsOf = (rows: number): number =>
  Math.max(FEWEST_DRAWS, Math.min(DRAWS, Math.floor(MOST_DRAWN / rows)))

/**
 * Percentile bootstrap (Efron, 1979): the rows are drawn anew with replacement, as many as there are, and a score's
 * interval holds the middle 95 of 100 of its values.
 *
 * @param scores of rows that count so often each; null where a draw does not define a score
 * @returns a line for each score: null where most draws do not define it, or all give the same: then resampling
 * tells nothing
 */
export function resample(
  rows: number,
  seed: number,
  scores: (counts: Uint16Array, draw: number) => readonly (number | null)[],
): readonly (Interval | null)[] {
  const random = createRandom(seed, 'bootstrap')
  const draws = drawsOf(rows)
  const counts = new Uint16Array(rows)
  const values: number[][] = []
  for (let draw = 0; draw < draws; draw++) {
    counts.fill(0)
    for (let i = 0; i < rows; i++) {
      const row = Math.floor(random.next() * rows)
      counts[row] = (counts[row] ?? 0) + 1
    }
    for (const [at, value] of scores(counts, draw).entries()) {
      values[at] ??= []
      if (value !== null) values[at].push(value)
    }
  }
  return values.map((ofScore) => {
    if (ofScore.length < FEWEST_DRAWS / 2) return null
    const sorted = Float64Array.from(ofScore).sort()
    const ends: Interval = [quantile(sorted, OUTSIDE / 2), quantile(sorted, 1 - OUTSIDE / 2)]
    return ends[0] === ends[1] ? null : ends
  })
}

/** Between two values linearly, as NumPy's. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1)
  const low = sorted[Math.floor(at)] ?? 0
  const high = sorted[Math.ceil(at)] ?? 0
  return low + (high - low) * (at - Math.floor(at))
}

/**
 * The exact binomial interval (Clopper and Pearson, 1934) of an accuracy of 0 or 1, which rows drawn anew can only
 * repeat: of 20 rows that are all right it begins at 0.83.
 */
export const intervalOfAllAlike = (areRight: boolean, rows: number): Interval => {
  const end = (OUTSIDE / 2) ** (1 / rows)
  return areRight ? [end, 1] : [0, 1 - end]
}
