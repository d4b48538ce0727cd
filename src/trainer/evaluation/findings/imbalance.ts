import { fisherExact, logFactorials } from '../slices/fisher.ts'
import { sum } from '../sum.ts'
import type { Rule } from './examined.ts'

/** A label is rare with less than this share of the rows that it would have if all had the same. */
const RARE = 0.25
const LEAST_ROWS = 5
const CERTAIN = 0.01

/** Rare labels are found less often than the others, beyond chance. */
export const imbalance: Rule = ({ course, train, valid, test }) => {
  const rows = sum(train)
  const rare = new Set(train.flatMap((count, i) => (count < (RARE * rows) / train.length ? [i] : [])))
  const found = (isRare: boolean): { right: number; rows: number } => {
    const those = [valid, test].flatMap(({ classes, confusion }) =>
      classes.flatMap(({ support }, i) =>
        rare.has(i) === isRare ? [{ right: confusion[i]?.[i] ?? 0, rows: support }] : [],
      ),
    )
    return { right: sum(those.map(({ right }) => right)), rows: sum(those.map((one) => one.rows)) }
  }
  const [rarely, others] = [found(true), found(false)]
  if (rarely.rows < LEAST_ROWS || others.rows < LEAST_ROWS) return null
  const recall = rarely.right / rarely.rows
  const recallOthers = others.right / others.rows
  const p = fisherExact(rarely, others, logFactorials(rarely.rows + others.rows))
  if (recall >= recallOthers || p >= CERTAIN || course?.options.class_weights === 'balanced') return null
  return {
    rule: 'imbalance',
    figures: {
      labels: rare.size,
      rows: sum(train.filter((_, i) => rare.has(i))),
      of_rows: rows,
      recall,
      recall_others: recallOthers,
      p,
    },
    change: course === null ? {} : { class_weights: 'balanced', metric: 'f1_macro' },
  }
}
