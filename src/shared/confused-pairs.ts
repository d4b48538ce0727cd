import type { Evaluation } from './evaluation.ts'

/** Two labels of which the first was taken for the second. */
export interface ConfusedPair {
  readonly label: string
  readonly predicted: string
  readonly rows: number
  /** Of the rows that carry the first. */
  readonly share: number
}

/** The pairs that are mistaken most, the most frequent first. */
export const confusedPairs = (
  { classes, confusion }: Pick<Evaluation, 'classes' | 'confusion'>,
  most: number,
): readonly ConfusedPair[] =>
  confusion
    .flatMap((counts, truth) =>
      counts.map((rows, guess) => ({
        label: classes[truth]?.label ?? '',
        predicted: classes[guess]?.label ?? '',
        rows,
        share: rows / (classes[truth]?.support || 1),
        isMistake: truth !== guess,
      })),
    )
    .filter(({ rows, isMistake }) => isMistake && rows > 0)
    .sort((a, b) => b.rows - a.rows || b.share - a.share)
    .slice(0, most)
    .map(({ isMistake: _, ...pair }) => pair)
