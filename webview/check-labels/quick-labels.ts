import type { Suspect } from '../../src/shared/suspect.ts'

/** As many as there are digits. */
const DIGITS = 9

/**
 * The labels that digits stand for. Few labels keep their digits from row to row; of many those are offered that are
 * likely here: the suggested one, then those of the most similar rows, then the others in their order.
 */
export function quickLabels(
  labels: readonly string[],
  { suggested, neighbours }: Suspect,
): readonly string[] {
  if (labels.length <= DIGITS) return labels
  return [...new Set([suggested, ...neighbours.map(({ label }) => label), ...labels])].slice(0, DIGITS)
}
