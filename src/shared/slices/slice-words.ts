import { t } from '../l10n.ts'
import type { Slice } from '../trust.ts'
import { scriptName } from './script.ts'

/** Below this probability of chance a slice is called weak. */
export const SIGNIFICANT = 0.05

/** Whether chance alone would seldom make a slice this much worse, whichever of all that were tried. */
export const isWeak = ({ difference, p }: Slice): boolean => difference < 0 && p < SIGNIFICANT

/** Which rows they are, in a few words. */
export const sliceName = ({ kind, column, value }: Slice): string => {
  switch (kind) {
    case 'length':
      return t`texts of ${value} words`
    case 'language':
      return scriptName(value)
    case 'column':
      return t`${column ?? ''} is "${value}"`
    case 'word':
      return t`texts with "${value}"`
    case 'cut':
      return t`texts longer than the model reads`
  }
}
