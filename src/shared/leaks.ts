import { rowCount } from './counts.ts'
import { t } from './l10n.ts'
import type { Leaks } from './trust.ts'

/** How right a model is with and without the test rows that training has too, or nearly; null where there are none. */
export function leaksSentence(
  { exact, near, accuracy_without }: Leaks,
  accuracy: number,
  rows: number,
): string | null {
  if (exact + near === 0) return null
  const which = t`${exact + near} of ${rowCount(rows)} for the test stand in training or validation too (${exact} equal, ${near} nearly equal)`
  return accuracy_without === null
    ? t`${which}, so the accuracy of ${percent(accuracy)} says nothing of new texts.`
    : t`${which}: accuracy ${percent(accuracy)} with them, ${percent(accuracy_without)} without.`
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
