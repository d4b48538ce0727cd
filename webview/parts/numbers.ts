import { t } from '../../src/shared/l10n.ts'

/** A score, to four digits behind the point; a dash where it is not defined. */
export const score = (value: number | null): string =>
  value === null ? '–' : value.toFixed(4).replace(/^-(0\.0+)$/, '$1')

/** A number of any size in a person's own unit, to five digits. */
export const figure = (value: number | null): string =>
  value === null ? '–' : String(Number(value.toPrecision(5)))

/**
 * Numbers of a column as `figure` writes them, with as many digits behind the point as the one that has most, so that
 * the points stand above each other.
 */
export const alike = (column: readonly (number | null)[]): ((value: number | null) => string) => {
  const written = column.map(figure)
  if (written.some((one) => one.includes('e'))) return figure
  const digits = Math.max(0, ...written.map((one) => one.split('.')[1]?.length ?? 0))
  return (value) => (value === null ? '–' : value.toFixed(digits))
}

/** A small positive number, as learning rates are: `1.5e-4`. */
export const rate = (value: number): string =>
  value === 0 || value >= 0.001 ? String(Number(value.toPrecision(3))) : value.toExponential(1)

/** A count with its thousands apart. */
export { grouped as count } from '../../src/shared/l10n.ts'

/** A share from 0 to 1. */
export const percent = (share: number, digits = 1): string => `${(100 * share).toFixed(digits)} %`

/** Seconds as a person says them. */
export const duration = (seconds: number): string => {
  if (seconds < 9.95) return t`${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return t`${whole} s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return t`${minutes} min ${whole % 60} s`
  return t`${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
