/** Beyond these a temperature is no longer about confidence: labels come out alike, or as certain as a double can say. */
const LOWEST = 1 / 20
const HIGHEST = 20
const STEPS = 60
const NEAR = 1e-9

/**
 * The temperature T by which the logits are divided so that the log loss of some rows is least (Guo et al., "On
 * calibration of modern neural networks", 2017). In 1 / T the loss is convex: Newton's steps, kept between ends that
 * close in on the minimum; to six digits, as it is told and saved.
 *
 * @param logits [rows, labels], of rows that are not all right: else the least is at T = 0, and the lower limit comes
 */
export function fitTemperature(
  logits: Float64Array | Float32Array,
  targets: Int32Array,
  labels: number,
): number {
  let [low, high] = [1 / HIGHEST, 1 / LOWEST]
  let scale = 1
  for (let step = 0; step < STEPS && high - low > NEAR * scale; step++) {
    const { slope, curvature } = derivatives(logits, targets, labels, scale)
    if (slope > 0) high = scale
    else low = scale
    const next = scale - slope / curvature
    const last = scale
    scale = next > low && next < high ? next : (low + high) / 2
    if (Math.abs(scale - last) <= NEAR * scale) break
  }
  return Number((1 / scale).toPrecision(6))
}

/** Of the log loss by the scale that the logits are multiplied with. */
function derivatives(
  logits: Float64Array | Float32Array,
  targets: Int32Array,
  labels: number,
  scale: number,
): { slope: number; curvature: number } {
  let slope = 0
  let curvature = 0
  for (let row = 0; row < targets.length; row++) {
    const start = row * labels
    let largest = Number.NEGATIVE_INFINITY
    for (let label = 0; label < labels; label++) largest = Math.max(largest, logits[start + label] ?? 0)
    let sum = 0
    let first = 0
    let second = 0
    for (let label = 0; label < labels; label++) {
      const below = (logits[start + label] ?? 0) - largest
      const share = Math.exp(scale * below)
      sum += share
      first += share * below
      second += share * below * below
    }
    const mean = first / sum
    slope += mean - ((logits[start + (targets[row] ?? 0)] ?? 0) - largest)
    curvature += second / sum - mean * mean
  }
  return { slope, curvature }
}
