import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { createRandom } from '../../../src/data/random.ts'
import { cpuRuntime } from '../../../src/trainer/engine/runtime.ts'
import { createNearest } from '../../../src/trainer/label-errors/nearest.ts'
import { nearestEmbeddings } from '../../../src/trainer/label-errors/nearest-embeddings.ts'
import { nearestNgrams } from '../../../src/trainer/label-errors/nearest-ngrams.ts'

suite('nearest rows', () => {
  test('the most alike are kept, of equally alike ones the earlier', () => {
    const nearest = createNearest(3)
    for (const [row, likeness] of [0.2, 0.5, 0.5, 0.1, 0.9, 0.5].entries()) nearest.add(row, likeness)
    assert.deepEqual(nearest.rows(), [4, 1, 2])
    const few = createNearest(3)
    few.add(7, -1)
    assert.deepEqual(few.rows(), [7])
  })

  test('by embeddings: those of the largest cosine, over more rows than are compared at once', async () => {
    const { next } = createRandom(1)
    const [rows, width] = [4500, 5]
    const features = Float32Array.from({ length: rows * width }, () => (next() - 0.5) * (1 + 9 * next()))
    const row = (at: number): Float32Array => features.subarray(at * width, (at + 1) * width)
    const dot = (a: Float32Array, b: Float32Array): number =>
      a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0)
    const cosine = (a: number, b: number): number =>
      dot(row(a), row(b)) / Math.sqrt(dot(row(a), row(a)) * dot(row(b), row(b)))
    const asked = Array.from({ length: 300 }, (_, i) => i * 15)
    const found = await nearestEmbeddings(cpuRuntime(1), features, width, asked, 3)
    assert.equal(found.length, asked.length)
    for (const [i, at] of asked.entries()) {
      const near = found[i] ?? []
      assert.equal(new Set([at, ...near]).size, 4)
      const others = Array.from({ length: rows }, (_, other) => other).filter((other) => other !== at)
      const best = others.map((other) => cosine(at, other)).sort((a, b) => b - a)
      for (const [place, other] of near.entries())
        assert.ok(Math.abs(cosine(at, other) - (best[place] ?? 0)) < 1e-5)
    }
  })

  test('by n-grams: the same text first, then what shares most with it, nothing that shares nothing', async () => {
    const texts = [
      'where is my new card',
      'my card is lost and gone',
      'exchange rate of the dollar',
      'where is my new card',
      'exchange rate of the euro',
      '外卖很好吃',
    ]
    const [first, third, last] = await nearestNgrams(texts, [0, 2, 5], 3)
    assert.deepEqual(first?.slice(0, 2), [3, 1])
    assert.equal(third?.[0], 4)
    assert.deepEqual(last, [])
  })
})
