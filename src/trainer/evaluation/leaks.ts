import type { Leaks } from '../../shared/trust.ts'

/**
 * How right a model is on the test rows that training has not.
 *
 * @param probabilities [rows, labels] @param targets [rows] @param rows the numbers of the test rows, in this order
 * @param leaked numbers of those that training or validation have too, or nearly
 */
export function evaluateLeaks(
  probabilities: Float64Array,
  targets: Int32Array,
  rows: readonly number[],
  leaked: { readonly exact: readonly number[]; readonly near: readonly number[] },
): Leaks {
  const known = new Set([...leaked.exact, ...leaked.near])
  const labels = probabilities.length / rows.length
  let right = 0
  let left = 0
  for (const [i, row] of rows.entries()) {
    if (known.has(row)) continue
    left++
    const ofRow = probabilities.subarray(i * labels, (i + 1) * labels)
    if (ofRow.indexOf(Math.max(...ofRow)) === targets[i]) right++
  }
  return {
    exact: leaked.exact.length,
    near: leaked.near.length,
    accuracy_without: left === 0 ? null : right / left,
  }
}
