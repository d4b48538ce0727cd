import type { Numbers } from './prepare.ts'

/** The numbers of some rows. */
export const numbersOn = ({ values }: Numbers, rows: readonly number[]): Float64Array =>
  Float64Array.from(rows, (row) => values[row] ?? 0)

/** The same, as training reads them. */
export const standardised = (numbers: Numbers, rows: readonly number[]): Float64Array =>
  numbersOn(numbers, rows).map((value) => (value - numbers.scale.mean) / numbers.scale.deviation)

/** Answers in the unit of the numbers, from answers of the head. */
export const inUnits = ({ scale }: Numbers, answers: ArrayLike<number>): Float64Array =>
  Float64Array.from(answers, (answer) => answer * scale.deviation + scale.mean)
