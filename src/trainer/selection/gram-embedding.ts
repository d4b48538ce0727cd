import { joined, type ModelText } from '../../data/model-text.ts'
import { createGrams, readGrams } from '../evaluation/ngram/grams.ts'

const WIDTH = 256
/** Characters of a text that are read. */
const LIMIT = 2000
/** Places that each n-gram adds to or takes from: with few, two n-grams seldom meet in all. */
const PLACES = 4

/**
 * Texts as points for any language: their n-grams of words and characters (`readGrams`), sublinear counts, projected
 * to `WIDTH` numbers by signs that the n-gram's hash draws (sparse random projection, Li, Hastie and Church 2006).
 * [texts, WIDTH], each of length 1.
 */
export const gramEmbedding = (texts: readonly ModelText[]): { width: number; points: Float32Array } => {
  const grams = createGrams()
  const points = new Float32Array(texts.length * WIDTH)
  for (const [row, text] of texts.entries()) {
    readGrams(typeof text === 'string' ? text : joined(text), LIMIT, grams)
    const counts = new Map<number, number>()
    for (let i = 0; i < grams.count; i++) {
      const hash = grams.hashes[i] ?? 0
      counts.set(hash, (counts.get(hash) ?? 0) + 1)
    }
    const point = points.subarray(row * WIDTH, (row + 1) * WIDTH)
    for (const [hash, count] of counts) {
      let bits = hash
      const value = 1 + Math.log(count)
      for (let place = 0; place < PLACES; place++) {
        bits = Math.imul(bits ^ (bits >>> 15), 0x2c1b3c6d) + 0x297a2d39
        const at = (bits >>> 8) % WIDTH
        point[at] = (point[at] ?? 0) + (bits & 1 ? value : -value)
      }
    }
    scaleToOne(point)
  }
  return { width: WIDTH, points }
}

function scaleToOne(point: Float32Array): void {
  let squares = 0
  for (const x of point) squares += x * x
  const length = Math.sqrt(squares) || 1
  for (let i = 0; i < point.length; i++) point[i] = (point[i] ?? 0) / length
}
