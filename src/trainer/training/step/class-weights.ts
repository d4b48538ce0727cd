import type { ResolvedOptions } from '../../../shared/config.ts'

/**
 * What a row of each label counts in the loss: 1, or (`balanced`) rows / (labels * rows of the label), so that
 * each label counts the same in sum and a row 1 on average.
 *
 * @param targets the label of each row that is trained on
 */
export const classWeights = (
  { class_weights }: Pick<ResolvedOptions, 'class_weights'>,
  targets: Iterable<number>,
  labels: number,
): Float64Array => {
  const counts = new Float64Array(labels)
  let rows = 0
  for (const target of targets) {
    counts[target] = (counts[target] ?? 0) + 1
    rows++
  }
  if (class_weights === 'none') return new Float64Array(labels).fill(1)
  return counts.map((count) => rows / (labels * Math.max(1, count)))
}
