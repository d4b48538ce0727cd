import type { Paired } from './trust.ts'

/** A difference that chance makes in fewer of 100 tests than this share is told as one. */
const SELDOM = 0.05

/**
 * McNemar's test of two models on the same rows, exact for any counts: where the models are equally good, each of the
 * rows that one alone has right is as likely the one's as the other's (two-sided binomial test at one half; as
 * statsmodels' `mcnemar(exact=True)` and SciPy's `binomtest`). Rows that both have right or wrong tell nothing.
 */
export function mcnemar(first: number, second: number): number {
  const rows = first + second
  const fewer = Math.min(first, second)
  if (first === second) return 1
  // ln of C(rows, k) / 2^rows, from k = 0 on: the terms themselves fall below any double.
  let term = -rows * Math.LN2
  let largest = term
  let sum = 1
  for (let k = 1; k <= fewer; k++) {
    term += Math.log(rows - k + 1) - Math.log(k)
    // Below half of the rows they rise, so the newest is the largest.
    sum = sum * Math.exp(largest - term) + 1
    largest = term
  }
  return Math.min(1, 2 * sum * Math.exp(largest))
}

/** Two models by what each had right, row by row. */
export function pairedBy(first: readonly boolean[], second: readonly boolean[]): Paired {
  if (first.length !== second.length) throw new Error(`${first.length} rows, and ${second.length}`)
  const better = first.filter((right, row) => right && second[row] === false).length
  const worse = first.filter((right, row) => !right && second[row] === true).length
  return { better, worse, p: mcnemar(better, worse) }
}

/** Whether chance would seldom make such a difference. */
export const isDistinguishable = ({ p }: Paired): boolean => p < SELDOM

/** As `p = 0.034`. */
export const chanceText = (p: number): string => (p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`)
