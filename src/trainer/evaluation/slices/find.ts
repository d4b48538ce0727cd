import type { TestPrediction } from '../../../shared/evaluation.ts'
import { isWeak } from '../../../shared/slices/slice-words.ts'
import type { Slice } from '../../../shared/trust.ts'
import { candidates } from './candidates.ts'
import { fisherExact, holm, logFactorials } from './fisher.ts'

const MOST = 20
/** Words that stand in mostly the same rows as a weaker slice say nothing more. */
const ALIKE = 0.5

/**
 * Slices of test rows of which fewer are right than of all others, the weakest first; of words those alone that are
 * weak beyond chance, and in any case the rows that were cut. Each is tested against all other rows by Fisher's exact
 * test, corrected by Holm's method for all that were tried.
 */
export const findSlices = (predictions: readonly TestPrediction[]): Slice[] => {
  const isRight = predictions.map(({ label, predicted }) => label === predicted)
  const tried = candidates(predictions)
  const logs = logFactorials(predictions.length)
  const right = isRight.filter(Boolean).length
  const counted = tried.map(({ rows }) => {
    const one = { right: rows.filter((row) => isRight[row]).length, rows: rows.length }
    const other = { right: right - one.right, rows: predictions.length - one.rows }
    return { one, other, p: fisherExact(one, other, logs) }
  })
  const corrected = holm(counted.map(({ p }) => p))
  const found = tried.flatMap(({ kind, column, value, rows }, i) => {
    const counts = counted[i]
    if (!counts) return []
    const { one, other } = counts
    const accuracy = one.right / one.rows
    const slice: Slice = {
      kind,
      column,
      value,
      rows: one.rows,
      accuracy,
      difference: accuracy - other.right / other.rows,
      p: corrected[i] ?? 1,
    }
    const isKept = kind === 'cut' || (kind === 'word' ? isWeak(slice) : slice.difference < 0)
    return isKept ? [{ slice, own: new Set(rows) }] : []
  })
  const weakest = distinct(found)
    .map(({ slice }) => slice)
    .sort((a, b) => a.difference - b.difference)
  return weakest.filter(({ kind }, rank) => rank < MOST || kind === 'cut')
}

interface Found {
  readonly slice: Slice
  readonly own: ReadonlySet<number>
}

const distinct = (found: readonly Found[]): readonly Found[] => {
  const kept: Found[] = []
  for (const one of found.toSorted((a, b) => a.slice.p - b.slice.p)) {
    const isNew = one.slice.kind !== 'word' || kept.every((other) => overlap(one.own, other.own) < ALIKE)
    if (isNew) kept.push(one)
  }
  return kept
}

/** Share of the rows of either that both have. */
const overlap = (a: ReadonlySet<number>, b: ReadonlySet<number>): number => {
  let both = 0
  for (const row of a) if (b.has(row)) both++
  return both / (a.size + b.size - both)
}
