import type { Before, ClassScores, Evaluation, Scores } from '../../shared/evaluation.ts'

const WIDEST_LABEL = 40
/** Of a normal distribution, 95 % lies within so many standard errors. */
const CERTAIN = 1.96

/** Before and after as lines of text in columns: a heading, then one line a model, the fine-tuned last. */
export function comparisonTable(before: Before, tuned: Scores): string[] {
  return columns([
    ['model', 'accuracy', 'F1 macro', 'AUC', 'log loss'],
    ...models(before, tuned).map(({ name, scores }) => [
      name,
      percent(scores.accuracy),
      percent(scores.f1_macro),
      scores.auc === null ? '-' : percent(scores.auc),
      scores.log_loss.toFixed(3),
    ]),
  ])
}

/**
 * Which model is most often right, by how much, and whether chance could explain it, in two sentences. `rows` is
 * the size of the test set. The models are taken as judged on different rows, which overstates chance: on the
 * same rows they mostly fail together.
 */
export function comparisonSentence(before: Before, tuned: Scores, rows: number): string {
  const after = { name: TUNED, scores: tuned }
  const [rival] = models(before, tuned)
    .filter(({ name }) => name !== TUNED)
    .sort((a, b) => b.scores.accuracy - a.scores.accuracy)
  if (!rival) throw new Error('nothing to compare with')
  const [winner, other] = rival.scores.accuracy > tuned.accuracy ? [rival, after] : [after, rival]

  const right = `${percent(winner.scores.accuracy)} of ${count(rows, 'test row')} right`
  const oneRow = `one row is ${(100 / rows).toFixed(rows > 500 ? 2 : 1)} points`
  const difference = winner.scores.accuracy - other.scores.accuracy
  const more = Math.round(difference * rows)
  if (more === 0) return `The ${winner.name} and the ${other.name} are equally good: ${right}; ${oneRow}.`
  const variance = (accuracy: number) => (accuracy * (1 - accuracy)) / rows
  const error = Math.sqrt(variance(winner.scores.accuracy) + variance(other.scores.accuracy))
  const lead = `The ${winner.name} is best: ${right}, ${count(more, 'row')} (${(100 * difference).toFixed(1)} points) more than the ${other.name}.`
  return difference > CERTAIN * error
    ? `${lead} Chance alone would seldom make such a difference.`
    : `${lead} Chance alone could make such a difference: ${oneRow}.`
}

/** The labels from the worst F1 to the best, at most `most` of them and then how many more there are. */
export function classTable(evaluation: Evaluation, most = 15): string[] {
  const known = (scores: ClassScores) => scores.support > 0
  const sorted = evaluation.classes.filter(known).sort((a, b) => a.f1 - b.f1 || b.support - a.support)
  const lines = columns([
    ['label', 'precision', 'recall', 'F1', 'rows'],
    ...sorted
      .slice(0, most)
      .map(({ label, precision, recall, f1, support }) => [
        shortened(label),
        percent(precision),
        percent(recall),
        percent(f1),
        String(support),
      ]),
  ])
  const more = sorted.length - most
  return more > 0 ? [...lines, `and ${more} more`] : lines
}

const TUNED = 'fine-tuned model'

const models = (before: Before, tuned: Scores): { name: string; scores: Scores }[] => [
  { name: 'majority class', scores: before.majority },
  { name: 'n-gram model', scores: before.ngram },
  { name: 'linear probe', scores: before.probe },
  { name: TUNED, scores: tuned },
]

const percent = (share: number) => `${(100 * share).toFixed(1)}%`
const count = (rows: number, of: string) => `${rows.toLocaleString('en-US')} ${of}${rows === 1 ? '' : 's'}`

/** The first column to the left, the others to the right. */
function columns(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => width(row[column] ?? ''))))
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const padding = ' '.repeat((widths[column] ?? 0) - width(cell))
        return column === 0 ? cell + padding : padding + cell
      })
      .join('  '),
  )
}

/** One line, and no wider than a table can bear. */
function shortened(label: string): string {
  const line = label.replace(/[\s\p{Cc}]+/gu, ' ')
  if (width(line) <= WIDEST_LABEL) return line
  let cut = ''
  for (const character of line) {
    if (width(cut + character) >= WIDEST_LABEL) break
    cut += character
  }
  return `${cut}…`
}

const WIDE =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\u3000-\u303f\uff01-\uff60\p{Emoji_Presentation}]/u
const NO_WIDTH = /[\p{Mn}\p{Me}\p{Cf}]/u

/** Columns of a terminal. */
function width(text: string): number {
  let total = 0
  for (const character of text) total += NO_WIDTH.test(character) ? 0 : WIDE.test(character) ? 2 : 1
  return total
}
