import type { Answer } from './reliability.ts'

/** Fewer rows say little of a precision of 95 %: 20 of which one is wrong. */
const FEWEST_ROWS = 20

/**
 * The lowest confidence from which on a share of `precision` of some rows is right, cut to four digits; null where
 * none is, or for fewer than 20 rows alone. Where all rows together reach the precision it is the lowest that any of
 * them has: of what is less certain than all of them nothing is known.
 */
export function unsureThreshold(answers: readonly Answer[], precision: number): number | null {
  const sorted = answers.toSorted((a, b) => b.confidence - a.confidence)
  let right = 0
  let threshold: number | null = null
  for (const [at, { confidence, isRight }] of sorted.entries()) {
    if (isRight) right++
    // Rows that are equally certain are told apart by no threshold.
    const isEnd = confidence !== sorted[at + 1]?.confidence
    if (isEnd && at + 1 >= FEWEST_ROWS && right >= precision * (at + 1)) threshold = confidence
  }
  return threshold === null ? null : Math.floor(threshold * 1e4) / 1e4
}

/** The share of rows that reach a threshold, and how many of these are right; without a threshold none do. */
export function coverageAt(
  answers: readonly Answer[],
  threshold: number | null,
): { coverage: number; accuracy: number | null } {
  const sure = threshold === null ? [] : answers.filter(({ confidence }) => confidence >= threshold)
  return {
    coverage: sure.length / answers.length,
    accuracy: sure.length === 0 ? null : sure.filter(({ isRight }) => isRight).length / sure.length,
  }
}
