import { atLeast } from './binomial-tail.ts'
import type { Rule } from './examined.ts'
import { isProbeInformed } from './informed-probe.ts'

const LEAST_ROWS = 30
/** Of the surest quarter of the rows no more should be labelled otherwise. */
const USUAL = 0.1
const CERTAIN = 0.01

/**
 * Rows that the model is surest of are labelled otherwise more often than can be: labels are wrong, or do not follow from
 * the texts. What is hard to tell a model is unsure of; a wrong label it is not. A model that tells nothing is sure of
 * the most frequent label without a reason.
 */
export const labelNoise: Rule = (examined) => {
  const { held } = examined
  const surest = held.toSorted((a, b) => b.probability - a.probability).slice(0, Math.ceil(held.length / 4))
  const wrong = surest.filter(({ isRight }) => !isRight).length
  if (surest.length < LEAST_ROWS || atLeast(wrong, surest.length, USUAL) >= CERTAIN) return null
  if (!isProbeInformed(examined)) return null
  return { rule: 'label-noise', figures: { surest: surest.length, otherwise: wrong }, change: {} }
}
