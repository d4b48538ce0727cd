import { isBetterThanNgrams } from '../../shared/comparison.ts'
import type { Before, Scores } from '../../shared/evaluation.ts'
import { t } from '../../shared/l10n.ts'
import type { Paired } from '../../shared/trust.ts'

/**
 * When the n-gram model should be taken instead, a sentence each: where the encoder cannot read the texts, and
 * where fine-tuning it gave no more.
 *
 * @param rows of the test set
 * @param paired the fine-tuned and the n-gram model row by row, where that is known
 * @param unknown share of the tokens that the encoder does not know, where it is more than may be; else null
 */
export function ngramAdvice(
  before: Before,
  tuned: Scores,
  rows: number,
  paired: Paired | undefined,
  unknown: number | null,
): string[] {
  if (before.ngram === null) return []
  return [
    ...(unknown === null ? [] : [unreadable(unknown)]),
    ...(isBetterThanNgrams(before, tuned, rows, paired)
      ? []
      : [
          t`The fine-tuned model is not better than the n-gram model beyond chance: as base model, ngram trains that one in seconds, and it is smaller and faster.`,
        ]),
  ]
}

/** What is said before training as well. */
export const unreadable = (unknown: number): string =>
  t`The model cannot read much of these texts: ${Math.round(100 * unknown)} % of their tokens are unknown to it. Choose a base model for their language, or ngram, which reads any.`
