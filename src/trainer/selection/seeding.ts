import type { Random } from '../../data/random.ts'

/**
 * Chooses `count` points that are far from each other, heavy ones first of all: k-means++ seeding (Arthur and
 * Vassilvitskii 2007), each point drawn with a chance of its weight times the squared distance to the nearest point
 * that is chosen already. Points that lie on a chosen one are drawn only when nothing else is left.
 *
 * @param points [rows, width]
 * @param weights one a row, not negative
 * @returns distinct rows, as many as there are or `count`, in the order in which they were drawn
 */
export const seedDiverse = (
  points: Float32Array,
  width: number,
  weights: Float64Array,
  count: number,
  random: Random,
): number[] => {
  const rows = weights.length
  const nearest = new Float64Array(rows).fill(1)
  const isChosen = new Uint8Array(rows)
  const chosen: number[] = []
  while (chosen.length < Math.min(count, rows)) {
    const mass = Float64Array.from(nearest, (d, row) => (isChosen[row] ? 0 : d * (weights[row] ?? 0)))
    const row =
      draw(mass, random) ??
      draw(
        Float64Array.from(isChosen, (is) => (is ? 0 : 1)),
        random,
      ) ??
      0
    isChosen[row] = 1
    for (let other = 0; other < rows; other++) {
      const distance = squaredDistance(points, width, row, other)
      // The first one replaces what stood in for all distances.
      if (chosen.length === 0 || distance < (nearest[other] ?? 0)) nearest[other] = distance
    }
    chosen.push(row)
  }
  return chosen
}

/** A row by its mass; null where there is none. */
function draw(mass: Float64Array, random: Random): number | null {
  const total = mass.reduce((sum, m) => sum + m, 0)
  if (total <= 0) return null
  let left = random.next() * total
  let last: number | null = null
  for (let row = 0; row < mass.length; row++) {
    const m = mass[row] ?? 0
    if (m <= 0) continue
    last = row
    left -= m
    if (left < 0) return row
  }
  // What rounding left over.
  return last
}

function squaredDistance(points: Float32Array, width: number, a: number, b: number): number {
  let sum = 0
  for (let k = 0; k < width; k++) {
    const difference = (points[a * width + k] as number) - (points[b * width + k] as number)
    sum += difference * difference
  }
  return sum
}
