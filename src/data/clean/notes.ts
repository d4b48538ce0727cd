import { listed, rowCount } from '../../shared/counts.ts'
import { t } from '../../shared/l10n.ts'
import type { LeftOut } from './rows.ts'
import type { TextStep } from './steps.ts'

/** What cleaning changed, in a sentence; none where it changed nothing. */
export const changesNote = (changes: ReadonlyMap<TextStep, number>): readonly string[] => {
  const counts = [...changes].map(([step, count], i) => t`${step} in ${i === 0 ? rowCount(count) : count}`)
  return counts.length > 0 ? [t`Cleaned: ${listed(counts)}.`] : []
}

export const leftOutNote = (train: LeftOut, valid: LeftOut): readonly string[] => {
  const parts = [
    ...(train.empty > 0 ? [t`${rowCount(train.empty)} of training without a text then`] : []),
    ...(train.duplicates > 0 ? [trainingDuplicates(train.duplicates)] : []),
    ...(valid.empty > 0 ? [t`${rowCount(valid.empty)} of validation without a text then`] : []),
    ...(valid.duplicates > 0 ? [validationDuplicates(valid.duplicates)] : []),
  ]
  return parts.length > 0 ? [t`Left out by cleaning: ${listed(parts)}.`] : []
}

const trainingDuplicates = (count: number): string =>
  count === 1 ? t`${count} duplicate of training` : t`${count} duplicates of training`

const validationDuplicates = (count: number): string =>
  count === 1 ? t`${count} duplicate of validation` : t`${count} duplicates of validation`
