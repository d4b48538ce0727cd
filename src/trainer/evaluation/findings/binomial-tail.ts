import { logFactorials } from '../slices/fisher.ts'

/** Probability of `count` or more of `rows`, each with the same share: the upper tail of the binomial distribution. */
export const atLeast = (count: number, rows: number, share: number): number => {
  const logs = logFactorials(rows)
  const ln = (n: number): number => logs[n] ?? 0
  let p = 0
  for (let k = count; k <= rows; k++)
    p += Math.exp(ln(rows) - ln(k) - ln(rows - k) + k * Math.log(share) + (rows - k) * Math.log(1 - share))
  return Math.min(1, p)
}
