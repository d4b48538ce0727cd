/**
 * The places of the points that a line of so many buckets (pixels) needs to look as with all of them: of each
 * bucket the first, the least, the greatest and the last, in their order. `xs` rises.
 */
export const decimate = (xs: Float64Array, ys: Float64Array, buckets: number): readonly number[] => {
  const { length } = xs
  if (length <= 4 * buckets) return Array.from({ length }, (_, i) => i)
  const from = xs[0] ?? 0
  const width = ((xs[length - 1] ?? 0) - from) / buckets || 1
  const kept: number[] = []
  let first = 0
  while (first < length) {
    const bucket = Math.floor(((xs[first] ?? 0) - from) / width)
    const end = from + (bucket + 1) * width
    let least = first
    let greatest = first
    let next = first
    // The first always belongs, whatever rounding says of its bucket's end.
    do {
      if ((ys[next] ?? 0) < (ys[least] ?? 0)) least = next
      if ((ys[next] ?? 0) > (ys[greatest] ?? 0)) greatest = next
      next++
    } while (next < length && (xs[next] ?? 0) < end)
    let before = -1
    for (const place of [first, Math.min(least, greatest), Math.max(least, greatest), next - 1]) {
      if (place > before) kept.push(place)
      before = place
    }
    first = next
  }
  return kept
}
