import { logFactorials } from '../slices/fisher.ts'
import type { Rule } from './examined.ts'

const LEAST_ROWS = 30
/** Of the surest quarter of the rows no more should be labelled otherwise. */
const USUAL = 0.1
const CERTAIN = 0.01

/**
 * Rows that the model is surest of are labelled otherwise more often than can be: labels are wrong, or do not follow from
 * the texts. What is hard to tell a model is unsure of; a wrong label it is not.
 */
export const labelNoise: Rule = ({ held }) => {
  const surest = held.toSorted((a, b) => b.probability - a.probability).slice(0, Math.ceil(held.length / 4))
  const wrong = surest.filter(({ isRight }) => !isRight).length
  if (surest.length < LEAST_ROWS || atLeast(wrong, surest.length, USUAL) >= CERTAIN) return null
  return { rule: 'label-noise', figures: { surest: surest.length, otherwise: wrong }, change: {} }
}

/** Probability of `count` or more of `rows`, each with the same share: the upper tail of the binomial distribution. */
export const atLeast = (count: number, rows: number, share: number): number => {
  const logs = logFactorials(rows)
  const ln = (n: number): number => logs[n] ?? 0
  let p = 0
  for (let k = count; k <= rows; k++)
    p += Math.exp(ln(rows) - ln(k) - ln(rows - k) + k * Math.log(share) + (rows - k) * Math.log(1 - share))
  return Math.min(1, p)
}
