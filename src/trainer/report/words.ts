import { t } from '../../shared/l10n.ts'

/** Longer labels are cut where they are shown. */
const LABEL = 80

export const percent = (share: number, digits = 1): string =>
  Number.isFinite(share) ? `${(100 * share).toFixed(digits)} %` : '–'

/** A score, to four digits behind the point. */
export const score = (value: number | null): string =>
  value === null || !Number.isFinite(value) ? '–' : value.toFixed(4).replace(/^-(0\.0+)$/, '$1')

/** A number of any size, to five digits. */
export const figure = (value: number | null): string =>
  value === null || !Number.isFinite(value) ? '–' : String(Number(value.toPrecision(5)))

/** A text as one line of at most so many characters. */
export const cut = (text: string, most: number): string => {
  const characters = [...text.replaceAll(/\s+/gu, ' ').trim()]
  return characters.length <= most ? characters.join('') : `${characters.slice(0, most - 1).join('')}…`
}

export const labelText = (label: string): string => cut(label, LABEL)

/** Ends of an interval as a person reads them. */
export const between = (low: string, high: string): string => t`${low} to ${high}`
