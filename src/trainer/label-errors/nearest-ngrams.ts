import type { SparseRow } from '../evaluation/ngram/regression.ts'
import { readSparseRows } from '../evaluation/ngram.ts'
import { createNearest } from './nearest.ts'

/**
 * For each of `rows` the `count` other texts with the most alike n-grams: cosine of their TF-IDF, as the n-gram model
 * reads them. The most alike first; none that has nothing in common with the text.
 */
export async function nearestNgrams(
  texts: readonly string[],
  rows: readonly number[],
  count: number,
): Promise<number[][]> {
  const { data } = await readSparseRows(texts, 1, () => undefined)
  // The last feature is every row's.
  const features = data.features - 1
  const own: SparseRow = { size: 0, ids: new Int32Array(0), values: new Float64Array(0) }
  const asked = new Set<number>()
  for (const row of rows) {
    data.load(row, own)
    for (const id of own.ids.subarray(0, own.size)) if (id < features) asked.add(id)
  }
  /** Of the n-grams that are asked for: the rows that have them, and how much. */
  const postings = new Map<number, { rows: number[]; values: number[] }>()
  for (const id of asked) postings.set(id, { rows: [], values: [] })
  for (let row = 0; row < texts.length; row++) {
    data.load(row, own)
    for (let at = 0; at < own.size; at++) {
      const posting = postings.get(own.ids[at] ?? -1)
      posting?.rows.push(row)
      posting?.values.push(own.values[at] ?? 0)
    }
  }
  const likeness = new Float64Array(texts.length)
  return rows.map((row) => {
    likeness.fill(0)
    data.load(row, own)
    for (let at = 0; at < own.size; at++) {
      const posting = postings.get(own.ids[at] ?? -1)
      const value = own.values[at] ?? 0
      posting?.rows.forEach((other, i) => {
        likeness[other] = (likeness[other] ?? 0) + value * (posting.values[i] ?? 0)
      })
    }
    const nearest = createNearest(count)
    for (const [other, alike] of likeness.entries()) if (alike > 0 && other !== row) nearest.add(other, alike)
    return nearest.rows()
  })
}
