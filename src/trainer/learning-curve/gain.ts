import type { Gain, Verdict } from '../../shared/learning-curve.ts'

/** Of a normal distribution, 95 % lies within so many standard errors. */
const CERTAIN = 1.96

/**
 * The mean of the differences row by row, and the interval of a mean of as many paired differences.
 *
 * @param before of each row how often it is right, from 0 to 1
 */
export const gainOf = (before: readonly number[], after: readonly number[]): Gain => {
  const differences = after.map((right, row) => right - (before[row] ?? 0))
  const rows = differences.length
  const mean = differences.reduce((total, one) => total + one, 0) / rows
  const squares = differences.reduce((total, one) => total + (one - mean) ** 2, 0)
  const error = rows > 1 ? Math.sqrt(squares / (rows - 1) / rows) : Number.POSITIVE_INFINITY
  return { difference: mean, interval: [mean - CERTAIN * error, mean + CERTAIN * error] }
}

/** A gain of less than a point by twice the labels is not worth them. */
const WORTH = 0.01

export const verdictOf = ({ interval: [low, high] }: Gain): Verdict =>
  low > 0 ? 'more' : high < WORTH ? 'enough' : 'unsure'
