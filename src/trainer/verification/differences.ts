import { readRecord } from '../../run/folder.ts'
import { readNumberPredictions, readPredictions } from '../../run/predictions.ts'
import type { TaskScores } from '../../shared/evaluation.ts'

/** How far two runs of the same rows are from each other. */
export interface Differences {
  /** Largest difference of a probability, or of a predicted number. */
  readonly largest: number
  /** Test rows whose predicted label differs; of numbers, whose number does. */
  readonly changed: number
  readonly rows: number
  /** Scores on the test rows that differ, by name: of the first run and of the second. */
  readonly scores: Readonly<Record<string, readonly [number, number]>>
}

/** @param runs their folders; both are done */
export const differencesOf = async (first: string, second: string): Promise<Differences> => {
  const [a, b] = [readRecord(first), readRecord(second)]
  const far = a.data.target === null ? await labelsApart(first, second) : await numbersApart(first, second)
  return { ...far, scores: differentScores(a.test, b.test) }
}

type Apart = Omit<Differences, 'scores'>

const labelsApart = async (first: string, second: string): Promise<Apart> => {
  const [a, b] = [await readPredictions(first), await readPredictions(second)]
  return apart(a, b, (one, other) => ({
    difference: Object.entries(one.probabilities).reduce(
      (most, [label, probability]) =>
        Math.max(most, Math.abs(probability - (other.probabilities[label] ?? 0))),
      0,
    ),
    isChanged: one.predicted !== other.predicted,
  }))
}

const numbersApart = async (first: string, second: string): Promise<Apart> => {
  const [a, b] = [await readNumberPredictions(first), await readNumberPredictions(second)]
  return apart(a, b, (one, other) => ({
    difference: Math.abs(one.value - other.value),
    isChanged: one.value !== other.value,
  }))
}

interface Compared {
  readonly difference: number
  readonly isChanged: boolean
}

/** Rows stand in the same order, as the split is the same; rows that only one has count as changed. */
const apart = <Row>(
  first: readonly Row[],
  second: readonly Row[],
  compare: (one: Row, other: Row) => Compared,
): Apart => {
  const rows = Math.max(first.length, second.length)
  const both = first.flatMap((one, i) => {
    const other = second[i]
    return other === undefined ? [] : [compare(one, other)]
  })
  return {
    largest: both.reduce((most, { difference }) => Math.max(most, difference), 0),
    changed: rows - both.length + both.filter(({ isChanged }) => isChanged).length,
    rows,
  }
}

const differentScores = (
  first: TaskScores | null,
  second: TaskScores | null,
): Readonly<Record<string, readonly [number, number]>> => {
  const others = new Map<string, number | null>(Object.entries(second ?? {}))
  return Object.fromEntries(
    Object.entries(first ?? {}).flatMap(([name, one]) => {
      const other = others.get(name)
      return typeof one === 'number' && typeof other === 'number' && one !== other
        ? [[name, [one, other] as const]]
        : []
    }),
  )
}
