import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom } from '../../../src/data/random.ts'
import { gramEmbedding } from '../../../src/trainer/selection/gram-embedding.ts'
import { marginUncertainty } from '../../../src/trainer/selection/margin.ts'
import { createSamplePool, createUncertainPool } from '../../../src/trainer/selection/pool.ts'
import { seedDiverse } from '../../../src/trainer/selection/seeding.ts'
import { type SelectOptions, selectTexts } from '../../../src/trainer/selection/select.ts'

test('uncertainty is one less the margin between the two most probable labels', () => {
  const probabilities = Float64Array.of(1, 0, 0, 0.5, 0.5, 0, 0.2, 0.3, 0.5)
  const uncertainty = marginUncertainty(probabilities, 3)
  assert.deepEqual(
    [...uncertainty].map((u) => Number(u.toFixed(9))),
    [0, 1, 0.8],
  )
})

test('of points in clusters one each is chosen, whatever the seed, and each row once', () => {
  const points = new Float32Array(60 * 2)
  for (let row = 0; row < 60; row++) {
    points[2 * row] = row % 6 === 0 ? 1 : 0
    points[2 * row + 1] = row % 3
  }
  const cluster = (row: number): string => `${points[2 * row]} ${points[2 * row + 1]}`
  const weights = new Float64Array(60).fill(1)
  for (let seed = 0; seed < 20; seed++) {
    const chosen = seedDiverse(points, 2, weights, 60, createRandom(seed))
    // Rows of a cluster lie on one another, so that a second one is never drawn while another cluster has none.
    assert.equal(new Set(chosen.slice(0, 4).map(cluster)).size, 4, String(seed))
    assert.deepEqual(
      [...chosen].sort((a, b) => a - b),
      Array.from({ length: 60 }, (_, row) => row),
    )
    assert.deepEqual(chosen, seedDiverse(points, 2, weights, 60, createRandom(seed)))
  }
})

test('a point without weight is chosen last', () => {
  const points = Float32Array.of(0, 1, 2, 3)
  for (let seed = 0; seed < 10; seed++)
    assert.equal(seedDiverse(points, 1, Float64Array.of(1, 0, 1, 1), 4, createRandom(seed)).at(-1), 1)
})

test('the pool of the uncertain keeps what sorting all would keep', () => {
  const random = createRandom(3)
  const all = Array.from({ length: 5000 }, (_, i) => ({
    row: i + 1,
    text: `${i}`,
    suggestion: null,
    uncertainty: random.below(50) / 50,
  }))
  const pool = createUncertainPool(40)
  for (const candidate of all) pool.add(candidate)
  const best = [...all].sort((a, b) => b.uncertainty - a.uncertainty || a.row - b.row).slice(0, 40)
  assert.deepEqual(
    pool.kept(),
    best.sort((a, b) => a.row - b.row),
  )
})

test('a sample holds each text with the same chance', () => {
  const counts = new Float64Array(20)
  for (let seed = 0; seed < 2000; seed++) {
    const pool = createSamplePool(5, createRandom(seed))
    for (let row = 0; row < 20; row++) pool.add({ row, text: '', suggestion: null, uncertainty: 1 })
    for (const { row } of pool.kept()) counts[row] = (counts[row] ?? 0) + 1
  }
  // 500 expected, with a standard deviation of 19.4.
  for (const count of counts) assert.ok(Math.abs(count - 500) < 100, String(count))
})

test('texts of any language lie near those they share most with', () => {
  const texts = [
    '这家店的菜很好吃',
    '这家店的菜真的很好吃',
    '快递员态度太差了',
    'the soup was cold',
    'the soup was very cold',
  ]
  const { width, points } = gramEmbedding(texts)
  const alike = (a: number, b: number): number => {
    let sum = 0
    for (let k = 0; k < width; k++) sum += (points[a * width + k] ?? 0) * (points[b * width + k] ?? 0)
    return sum
  }
  for (let i = 0; i < texts.length; i++) assert.ok(Math.abs(alike(i, i) - 1) < 1e-6)
  assert.ok(alike(0, 1) > alike(0, 2) + 0.3)
  assert.ok(alike(3, 4) > alike(3, 0) + 0.3)
})

/** Sure of all texts but those with a question mark. */
const predictor: NonNullable<SelectOptions['predictor']> = {
  task: 'classify',
  labels: ['no', 'yes'],
  pair: null,
  unsure: null,
  predict: async (texts) =>
    Float64Array.from(texts.flatMap((text) => (String(text).includes('?') ? [0.45, 0.55] : [0.99, 0.01]))),
  close: async () => undefined,
}

async function* inBatches(texts: readonly string[], size: number) {
  for (let from = 0; from < texts.length; from += size)
    yield texts.slice(from, from + size).map((text, i) => ({ row: from + i + 1, text }))
}

test('chosen are the texts the model is unsure of, each once, none that has a label; batches change nothing', async () => {
  const texts = Array.from({ length: 300 }, (_, i) => `text ${i % 150} of ${i % 150 < 30 ? 'what?' : 'this'}`)
  const options: SelectOptions = {
    count: 3,
    seed: 1,
    predictor,
    isLabelled: (text) => text === texts[0] || text === texts[1],
    progress: () => undefined,
  }
  const selection = await selectTexts(inBatches(texts, 7), options)
  assert.deepEqual(
    { pool: selection.pool, labelled: selection.labelled, repeated: selection.repeated },
    { pool: 148, labelled: 4, repeated: 148 },
  )
  assert.equal(selection.chosen.length, 3)
  for (const { row, text, suggestion } of selection.chosen) {
    assert.match(String(text), /\?/)
    assert.equal(texts[row - 1], text)
    assert.ok(row > 2 && row <= 150)
    assert.deepEqual(suggestion, { label: 'yes', probability: 0.55 })
  }
  assert.deepEqual(await selectTexts(inBatches(texts, 300), options), selection)
  const all = await selectTexts(inBatches(texts, 50), { ...options, predictor: null, count: 1000 })
  assert.equal(new Set(all.chosen.map(({ row }) => row)).size, 148)
  assert.ok(all.chosen.every(({ suggestion }) => suggestion === null))
})
