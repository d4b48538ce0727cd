import { isBeyondChance } from '../../../shared/comparison.ts'
import { sum } from '../sum.ts'
import type { Rule } from './examined.ts'

const ROWS_A_LABEL = 30
/** On fewer rows a score may be off by 15 points and more. */
const LEAST_HELD = 30

/**
 * Few training rows for each label, and on the rows that are not trained on no more than luck: not better than always
 * the most frequent label beyond chance, or too few of them to tell.
 */
export const tooLittleData: Rule = ({ train, valid, test }) => {
  const rows = sum(train)
  const rowsALabel = rows / train.length
  const held = valid.rows + test.rows
  if (rowsALabel >= ROWS_A_LABEL) return null
  const most = train.indexOf(Math.max(...train))
  const of = (right: (part: typeof test) => number): number => sum([valid, test].map(right)) / held
  const accuracy = of(({ confusion }) => sum(confusion.map((counts, i) => counts[i] ?? 0)))
  const majority = of(({ classes }) => classes[most]?.support ?? 0)
  const isLearnt = accuracy > majority && isBeyondChance(accuracy, majority, held)
  if (isLearnt && held >= LEAST_HELD) return null
  return {
    rule: 'too-little-data',
    figures: { rows, labels: train.length, rows_a_label: rowsALabel, held, accuracy, majority },
    change: {},
  }
}
