/**
 * The model that knows only how often each label occurs: its probabilities are the labels' shares among the
 * training rows `targets` (indices below `classes`), repeated for `rows` rows: [rows, classes].
 */
export function majorityProbabilities(
  targets: Int32Array | readonly number[],
  classes: number,
  rows: number,
): Float64Array {
  const shares = new Float64Array(classes)
  for (const target of targets) shares[target] = (shares[target] ?? 0) + 1 / targets.length
  const probabilities = new Float64Array(rows * classes)
  for (let row = 0; row < rows; row++) probabilities.set(shares, row * classes)
  return probabilities
}
