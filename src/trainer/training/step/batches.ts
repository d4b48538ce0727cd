import { createRandom } from '../../../data/random.ts'

/**
 * The row numbers of each batch of an epoch: a seeded shuffle in which rows of similar length stand together,
 * so that little of a batch is padding. Rows are drawn in pools of 50 batches, sorted by length within the
 * pool, and the batches are shuffled again. The same seed and epoch give the same batches.
 *
 * @param lengths tokens of each row
 */
export const epochBatches = (
  lengths: ArrayLike<number>,
  batch: number,
  seed: number,
  epoch: number,
): readonly (readonly number[])[] => {
  const random = createRandom(seed, `order ${epoch}`)
  const order = random.shuffle(Array.from({ length: lengths.length }, (_, row) => row))
  const pool = batch * 50
  const batches: number[][] = []
  let rest: number[] = []
  for (let start = 0; start < order.length; start += pool) {
    const rows = order
      .slice(start, start + pool)
      .sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0) || a - b)
    for (let at = 0; at < rows.length; at += batch) {
      const part = rows.slice(at, at + batch)
      if (part.length === batch) batches.push(part)
      else rest = part
    }
  }
  random.shuffle(batches)
  if (rest.length > 0) batches.push(rest)
  return batches
}

/** Batches in order of length, for work whose result does not depend on the order of rows. */
export const lengthSortedBatches = (
  lengths: ArrayLike<number>,
  tokens: number,
): readonly (readonly number[])[] => {
  const order = Array.from({ length: lengths.length }, (_, row) => row).sort(
    (a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0) || a - b,
  )
  const batches: number[][] = []
  let current: number[] = []
  for (const row of order) {
    if (current.length > 0 && (current.length + 1) * (lengths[row] ?? 0) > tokens) {
      batches.push(current)
      current = []
    }
    current.push(row)
  }
  if (current.length > 0) batches.push(current)
  return batches
}

/**
 * The lengths to which batches are padded: at most `count`, chosen so that the padding over all rows is least
 * (dynamic programming over the distinct lengths), the longest row's among them.
 */
export const bucketLengths = (lengths: ArrayLike<number>, count: number): readonly number[] => {
  const rowsOf = new Map<number, number>()
  for (let i = 0; i < lengths.length; i++) {
    // Even lengths only: halves the candidates for a padding of half a token a row.
    const length = Math.ceil(Math.max(1, lengths[i] ?? 1) / 2) * 2
    rowsOf.set(length, (rowsOf.get(length) ?? 0) + 1)
  }
  const distinct = [...rowsOf.keys()].sort((a, b) => a - b)
  const below = [0]
  for (const length of distinct) below.push((below.at(-1) ?? 0) + (rowsOf.get(length) ?? 0))
  const padded = (from: number, to: number): number =>
    ((below[to] ?? 0) - (below[from] ?? 0)) * (distinct[to - 1] ?? 0)

  // cost[k][n]: tokens of the n shortest lengths in k buckets; start[k][n]: where the last of these begins.
  const size = distinct.length
  let cost = Array.from({ length: size + 1 }, (_, n) => (n === 0 ? 0 : padded(0, n)))
  const starts: number[][] = [Array.from({ length: size + 1 }, () => 0)]
  const buckets = Math.min(count, size)
  for (let k = 1; k < buckets; k++) {
    const next: number[] = [0]
    const start: number[] = [0]
    for (let n = 1; n <= size; n++) {
      let best = Number.POSITIVE_INFINITY
      let from = 0
      for (let s = 0; s < n; s++) {
        const total = (cost[s] ?? 0) + padded(s, n)
        if (total < best) [best, from] = [total, s]
      }
      next.push(best)
      start.push(from)
    }
    cost = next
    starts.push(start)
  }
  const chosen: number[] = []
  let end = size
  for (let k = buckets - 1; k >= 0 && end > 0; k--) {
    chosen.unshift(distinct[end - 1] ?? 1)
    end = starts[k]?.[end] ?? 0
  }
  return chosen
}

/** The smallest bucket that holds a length. */
export const bucketFor = (buckets: readonly number[], length: number): number => {
  const bucket = buckets.find((candidate) => candidate >= length)
  if (bucket === undefined) throw new Error(`no bucket holds ${length} tokens`)
  return bucket
}
