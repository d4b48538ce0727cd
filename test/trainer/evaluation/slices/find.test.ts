import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom } from '../../../../src/data/random.ts'
import type { TestPrediction } from '../../../../src/shared/evaluation.ts'
import { isOfSlice } from '../../../../src/shared/slices/rows-of-slice.ts'
import { isWeak } from '../../../../src/shared/slices/slice-words.ts'
import { findSlices } from '../../../../src/trainer/evaluation/slices/find.ts'

const WORDS = [
  'the',
  'train',
  'late',
  'again',
  'good',
  'coffee',
  'in',
  'town',
  'rain',
  'sun',
  'refund',
  '退款',
]

/** Rows of chance, of which as many are mistaken as `wrong` says of each. */
function rows(count: number, seed: number, wrong: (row: TestPrediction) => number): TestPrediction[] {
  const random = createRandom(seed)
  return Array.from({ length: count }, (_, i) => {
    const length = 2 + random.below(20)
    const text = Array.from({ length }, () => WORDS[random.below(WORDS.length)] ?? '').join(' ')
    const row: TestPrediction = {
      row: i + 1,
      text: random.below(4) === 0 ? '味道很好 送得也快' : text,
      label: 'a',
      predicted: 'a',
      probabilities: { a: 1 },
      columns: { shop: random.below(3) === 0 ? 'north' : 'south' },
      ...(length > 18 ? { cut: true } : {}),
    }
    return { ...row, predicted: random.next() < wrong(row) ? 'b' : 'a' }
  })
}

test('a slice that is weak is found, the weakest first, and its rows are those that it counts', () => {
  const predictions = rows(1000, 1, ({ columns }) => (columns?.shop === 'north' ? 0.4 : 0.05))
  const slices = findSlices(predictions)
  const [first] = slices
  assert.deepEqual([first?.kind, first?.column, first?.value], ['column', 'shop', 'north'])
  assert.ok(first && isWeak(first))
  for (const slice of slices) {
    const own = predictions.filter(isOfSlice(slice))
    const others = predictions.filter((row) => !own.includes(row))
    const accuracy = (some: readonly TestPrediction[]): number =>
      some.filter(({ label, predicted }) => label === predicted).length / some.length
    assert.equal(own.length, slice.rows, JSON.stringify(slice))
    assert.equal(accuracy(own), slice.accuracy)
    assert.ok(Math.abs(accuracy(own) - accuracy(others) - slice.difference) < 1e-12)
  }
  assert.deepEqual(
    slices.map(({ difference }) => difference),
    slices.map(({ difference }) => difference).toSorted((a, b) => a - b),
  )
})

test('words and scripts and lengths are found where they are what is hard', () => {
  const of = (wrong: (row: TestPrediction) => number): readonly string[] =>
    findSlices(rows(1000, 2, wrong))
      .filter(isWeak)
      .slice(0, 2)
      .map(({ kind, value }) => `${kind} ${value}`)
  assert.ok(of(({ text }) => (text.includes('refund') ? 0.5 : 0.05)).includes('word refund'))
  assert.ok(of(({ text }) => (text.includes('味道') ? 0.5 : 0.05)).includes('language Hani'))
  assert.ok(of(({ text }) => (text.split(' ').length > 17 ? 0.5 : 0.02))[0]?.startsWith('length 1'))
})

test('rows mistaken by chance alone have a weak slice in no more than 5 of 100 evaluations', () => {
  const runs = Array.from({ length: 60 }, (_, seed) => findSlices(rows(300, seed + 10, () => 0.2)))
  assert.ok(runs.filter((slices) => slices.some(isWeak)).length <= 5)
})

test('rows that are cut are told beside the others whether weak or not', () => {
  const [cut] = findSlices(rows(600, 3, ({ cut }) => (cut ? 0.01 : 0.3))).filter(({ kind }) => kind === 'cut')
  assert.ok(cut && cut.difference > 0.1 && !isWeak(cut))
})

test('a few rows, or none mistaken, have no slices', () => {
  assert.deepEqual(findSlices(rows(15, 4, () => 0.5)), [])
  assert.deepEqual(
    findSlices(rows(300, 5, () => 0)).filter(({ kind }) => kind !== 'cut'),
    [],
  )
})
