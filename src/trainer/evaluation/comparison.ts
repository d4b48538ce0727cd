import type { Before, Scores } from '../../shared/evaluation.ts'

/** Of a normal distribution, 95 % lies within so many standard errors. */
const CERTAIN = 1.96

/**
 * Which model is most often right, by how much, and whether chance could explain it, in two sentences. `rows` is
 * the size of the test set. The models are taken as judged on different rows, which overstates chance: on the
 * same rows they mostly fail together.
 */
export function comparisonSentence(before: Before, tuned: Scores, rows: number): string {
  const after = { name: before.ngram ? 'fine-tuned model' : 'n-gram model', scores: tuned }
  const [rival] = simpler(before).sort((a, b) => b.scores.accuracy - a.scores.accuracy)
  if (!rival) throw new Error('nothing to compare with')
  const [winner, other] = rival.scores.accuracy > tuned.accuracy ? [rival, after] : [after, rival]

  const right = `${percent(winner.scores.accuracy)} of ${count(rows, 'test row')} right`
  const oneRow = `one row is ${(100 / rows).toFixed(rows > 500 ? 2 : 1)} points`
  const difference = winner.scores.accuracy - other.scores.accuracy
  const more = Math.round(difference * rows)
  if (more === 0) return `The ${winner.name} and the ${other.name} are equally good: ${right}; ${oneRow}.`
  const lead = `The ${winner.name} is best: ${right}, ${count(more, 'row')} (${(100 * difference).toFixed(1)} points) more than the ${other.name}.`
  return isBeyondChance(winner.scores.accuracy, other.scores.accuracy, rows)
    ? `${lead} Chance alone would seldom make such a difference.`
    : `${lead} Chance alone could make such a difference: ${oneRow}.`
}

/** Whether accuracies on so many rows each differ by more than chance would make them in 95 of 100 tests. */
export function isBeyondChance(one: number, other: number, rows: number): boolean {
  const variance = (accuracy: number) => (accuracy * (1 - accuracy)) / rows
  return Math.abs(one - other) > CERTAIN * Math.sqrt(variance(one) + variance(other))
}

const simpler = (before: Before): { name: string; scores: Scores }[] => [
  { name: 'majority class', scores: before.majority },
  ...(before.ngram ? [{ name: 'n-gram model', scores: before.ngram }] : []),
  ...(before.probe ? [{ name: 'linear probe', scores: before.probe }] : []),
]

const percent = (share: number) => `${(100 * share).toFixed(1)} %`
const count = (rows: number, of: string) => `${rows.toLocaleString('en-US')} ${of}${rows === 1 ? '' : 's'}`
