import { t } from '../../../shared/l10n.ts'
import type { Calibration } from '../../../shared/trust.ts'

/**
 * Why probabilities were left as they are, in a sentence; null: they are calibrated.
 *
 * @param targets of the validation rows
 */
export function uncalibratedNote(
  { unfitted }: Calibration,
  targets: Int32Array,
  labels: readonly string[],
): string | null {
  switch (unfitted) {
    case undefined:
      return null
    case 'few-rows':
      return t`Too few validation rows (${targets.length}) to calibrate probabilities by: they stay as the model gives them.`
    case 'no-mistake':
      return t`No validation row is mistaken, so nothing tells how to calibrate probabilities: they stay as the model gives them.`
    case 'few-of-label': {
      const counts = labels.map((_, label) => targets.filter((target) => target === label).length)
      const few = labels[counts.indexOf(Math.min(...counts))] ?? ''
      return t`Too few validation rows of the label "${few}" to calibrate probabilities by: they stay as the model gives them.`
    }
  }
}
