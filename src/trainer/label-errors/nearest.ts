/** Keeps the most alike of the rows it is told of, which come in rising order. */
export function createNearest(count: number): {
  add(row: number, likeness: number): void
  /** The most alike first; of equally alike ones the earlier. */
  rows(): number[]
} {
  const kept: { row: number; likeness: number }[] = []
  let least = Number.NEGATIVE_INFINITY
  return {
    add(row, likeness) {
      if (likeness <= least) return
      const after = kept.findIndex((one) => one.likeness < likeness)
      kept.splice(after < 0 ? kept.length : after, 0, { row, likeness })
      if (kept.length > count) kept.pop()
      if (kept.length === count) least = kept.at(-1)?.likeness ?? least
    },
    rows: () => kept.map(({ row }) => row),
  }
}
