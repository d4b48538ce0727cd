/**
 * How unsure a model is of each text: 1 less the margin between the two most probable labels (Scheffer, Decomain and
 * Wrobel 2001), from 0, sure, to 1, torn between two.
 *
 * @param probabilities [rows, labels]
 */
export const marginUncertainty = (probabilities: Float64Array, labels: number): Float64Array => {
  const uncertainty = new Float64Array(probabilities.length / labels)
  for (let row = 0; row < uncertainty.length; row++) {
    let [first, second] = [0, 0]
    for (let label = 0; label < labels; label++) {
      const p = probabilities[row * labels + label] ?? 0
      if (p > first) [first, second] = [p, first]
      else if (p > second) second = p
    }
    uncertainty[row] = 1 - (first - second)
  }
  return uncertainty
}
