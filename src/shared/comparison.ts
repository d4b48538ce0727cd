import type { Before, Scores } from './evaluation.ts'
import { t } from './l10n.ts'
import { chanceText, isDistinguishable } from './mcnemar.ts'
import type { Paired } from './trust.ts'

/** Of a normal distribution, 95 % lies within so many standard errors. */
const CERTAIN = 1.96

/**
 * Which model is most often right, by how much, and whether chance could explain it, in two sentences. `rows` is
 * the size of the test set; `paired` compares the run's model with each simpler one row by row, where that is known.
 */
export function comparisonSentence(
  before: Before,
  tuned: Scores,
  rows: number,
  paired: Readonly<Record<string, Paired>> = {},
): string {
  const after = { name: before.ngram ? t`fine-tuned model` : t`n-gram model`, scores: tuned }
  const [rival] = simpler(before).sort((a, b) => b.scores.accuracy - a.scores.accuracy)
  if (!rival) throw new Error('nothing to compare with')
  const [winner, other] = rival.scores.accuracy > tuned.accuracy ? [rival, after] : [after, rival]

  const share = percent(winner.scores.accuracy)
  const right = rows === 1 ? t`${share} of 1 test row right` : t`${share} of ${rows} test rows right`
  const oneRow = t`one row is ${(100 / rows).toFixed(rows > 500 ? 2 : 1)} points`
  const difference = winner.scores.accuracy - other.scores.accuracy
  const more = Math.round(difference * rows)
  if (more === 0) return t`The ${winner.name} and the ${other.name} are equally good: ${right}; ${oneRow}.`
  const points = (100 * difference).toFixed(1)
  const lead =
    more === 1
      ? t`The ${winner.name} is best: ${right}, 1 row (${points} points) more than the ${other.name}.`
      : t`The ${winner.name} is best: ${right}, ${more} rows (${points} points) more than the ${other.name}.`
  const known = paired[rival.key]
  if (known)
    return isDistinguishable(known)
      ? t`${lead} Chance alone would seldom make such a difference (McNemar, ${chanceText(known.p)}).`
      : t`${lead} They are not distinguishable on these rows (McNemar, ${chanceText(known.p)}): ${oneRow}.`
  return isBeyondChance(winner.scores.accuracy, other.scores.accuracy, rows)
    ? t`${lead} Chance alone would seldom make such a difference.`
    : t`${lead} Chance alone could make such a difference: ${oneRow}.`
}

/**
 * Whether the run's model is better than the n-gram model by more than chance; of a run of the n-gram model true.
 *
 * @param paired the two row by row, where that is known
 */
export function isBetterThanNgrams(
  { ngram }: Before,
  tuned: Scores,
  rows: number,
  paired: Paired | undefined,
): boolean {
  if (ngram === null) return true
  if (tuned.accuracy <= ngram.accuracy) return false
  return paired ? isDistinguishable(paired) : isBeyondChance(tuned.accuracy, ngram.accuracy, rows)
}

/**
 * Whether accuracies on so many rows each differ by more than chance would make them in 95 of 100 tests. The models
 * are taken as judged on different rows, which overstates chance: on the same rows they mostly fail together.
 */
export function isBeyondChance(one: number, other: number, rows: number): boolean {
  const variance = (accuracy: number) => (accuracy * (1 - accuracy)) / rows
  return Math.abs(one - other) > CERTAIN * Math.sqrt(variance(one) + variance(other))
}

const simpler = (before: Before): { key: string; name: string; scores: Scores }[] => [
  { key: 'majority', name: t`majority class`, scores: before.majority },
  ...(before.ngram ? [{ key: 'ngram', name: t`n-gram model`, scores: before.ngram }] : []),
  ...(before.probe ? [{ key: 'probe', name: t`linear probe`, scores: before.probe }] : []),
]

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
