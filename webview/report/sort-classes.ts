import type { ClassScores } from '../../src/shared/evaluation.ts'

export type ClassColumn = keyof ClassScores

export interface Order {
  readonly column: ClassColumn
  readonly descending: boolean
}

const collator = new Intl.Collator(undefined, { numeric: true })

/** The classes by a column; equal ones stay as they stood. null: as they come. */
export const sortClasses = (classes: readonly ClassScores[], order: Order | null): readonly ClassScores[] => {
  if (order === null) return classes
  const { column, descending } = order
  const sign = descending ? -1 : 1
  return classes.toSorted((a, b) => {
    const [x, y] = [a[column], b[column]]
    return (
      sign * (typeof x === 'number' && typeof y === 'number' ? x - y : collator.compare(String(x), String(y)))
    )
  })
}

/** A head is pressed: what is weakest first, then the other way, then as it was; of names and rows the usual way first. */
export const nextOrder = (order: Order | null, column: ClassColumn): Order | null => {
  const first = column === 'support'
  if (order?.column !== column) return { column, descending: first }
  return order.descending === first ? { column, descending: !first } : null
}
