import type { Before, Scores } from './evaluation.ts'
import { t } from './l10n.ts'

/** Of a normal distribution, 95 % lies within so many standard errors. */
const CERTAIN = 1.96

/**
 * Which model is most often right, by how much, and whether chance could explain it, in two sentences. `rows` is
 * the size of the test set. The models are taken as judged on different rows, which overstates chance: on the
 * same rows they mostly fail together.
 */
export function comparisonSentence(before: Before, tuned: Scores, rows: number): string {
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
  return isBeyondChance(winner.scores.accuracy, other.scores.accuracy, rows)
    ? t`${lead} Chance alone would seldom make such a difference.`
    : t`${lead} Chance alone could make such a difference: ${oneRow}.`
}

/** Whether accuracies on so many rows each differ by more than chance would make them in 95 of 100 tests. */
export function isBeyondChance(one: number, other: number, rows: number): boolean {
  const variance = (accuracy: number) => (accuracy * (1 - accuracy)) / rows
  return Math.abs(one - other) > CERTAIN * Math.sqrt(variance(one) + variance(other))
}

const simpler = (before: Before): { name: string; scores: Scores }[] => [
  { name: t`majority class`, scores: before.majority },
  ...(before.ngram ? [{ name: t`n-gram model`, scores: before.ngram }] : []),
  ...(before.probe ? [{ name: t`linear probe`, scores: before.probe }] : []),
]

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
