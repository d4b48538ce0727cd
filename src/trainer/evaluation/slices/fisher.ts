/** ln(n!) for n from 0. */
export type LogFactorials = Float64Array

export const logFactorials = (most: number): LogFactorials => {
  const logs = new Float64Array(most + 1)
  for (let n = 2; n <= most; n++) logs[n] = (logs[n - 1] ?? 0) + Math.log(n)
  return logs
}

/** Tables that are as likely as the one seen but for rounding count as such; SciPy has the same. */
const ROUNDING = 1 + 1e-7

/**
 * Fisher's exact test of a table of two groups with `right` of `rows` each: the probability, with the sums as they are,
 * of a table no more likely than this one (two-sided, as scipy.stats.fisher_exact).
 *
 * @param logs up to the number of all rows at least
 */
export const fisherExact = (
  one: { readonly right: number; readonly rows: number },
  other: { readonly right: number; readonly rows: number },
  logs: LogFactorials,
): number => {
  const ln = (n: number): number => logs[n] ?? Number.NaN
  const choose = (n: number, k: number): number => ln(n) - ln(k) - ln(n - k)
  const right = one.right + other.right
  const all = choose(one.rows + other.rows, right)
  const likely = (k: number): number => Math.exp(choose(one.rows, k) + choose(other.rows, right - k) - all)
  const seen = likely(one.right) * ROUNDING
  let p = 0
  for (let k = Math.max(0, right - other.rows); k <= Math.min(one.rows, right); k++) {
    const here = likely(k)
    if (here <= seen) p += here
  }
  return Math.min(1, p)
}

/**
 * Probabilities corrected for that many tests, by Holm's step-down method (S. Holm, "A simple sequentially rejective
 * multiple test procedure", 1979): below 0.05 in no more than 5 of 100 evaluations is any of them so by chance, however
 * the tests hang together.
 */
export const holm = (ps: readonly number[]): readonly number[] => {
  const order = ps.map((_, i) => i).sort((a, b) => (ps[a] ?? 1) - (ps[b] ?? 1))
  const corrected = new Array<number>(ps.length).fill(1)
  let most = 0
  for (const [rank, i] of order.entries()) {
    most = Math.max(most, Math.min(1, (ps.length - rank) * (ps[i] ?? 1)))
    corrected[i] = most
  }
  return corrected
}
