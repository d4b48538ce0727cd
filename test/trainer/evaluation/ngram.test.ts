import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readExamples } from '../../../src/data/examples.ts'
import { labelOrder } from '../../../src/data/labels.ts'
import { openTable } from '../../../src/data/table.ts'
import { evaluate } from '../../../src/trainer/evaluation/metrics.ts'
import { trainNgram } from '../../../src/trainer/evaluation/ngram.ts'
import { needsShared, shared } from '../../shared.ts'

/** Accuracy on every fifth row, after training on the others. */
async function heldOutAccuracy(file: string): Promise<number> {
  const { examples: rows } = await readExamples(await openTable(file), { text: 'text', label: 'label' })
  const labels = labelOrder(rows.map(({ label }) => label))
  const targetsOf = (part: typeof rows) => Int32Array.from(part, ({ label }) => labels.indexOf(label))
  const train = rows.filter((_, index) => index % 5 !== 0)
  const held = rows.filter((_, index) => index % 5 === 0)
  const model = await trainNgram(
    train.map(({ text }) => text),
    targetsOf(train),
    labels.length,
    42,
  )
  return evaluate(model.probabilities(held.map(({ text }) => text)), targetsOf(held), labels).accuracy
}

for (const [set, least] of [
  ['trec6', 0.85],
  ['waimai_10k', 0.88],
] as const) {
  test(`${set}: right on held-out rows`, { skip: needsShared }, async () => {
    const accuracy = await heldOutAccuracy(shared(`datasets/${set}/train.csv`))
    assert.ok(accuracy >= least, `${accuracy}`)
  })
}

const topics = [
  'the goalkeeper saved a late penalty and the home side won the match',
  'the striker scored twice before the referee stopped the match',
  'a midfielder joined the club and the coach praised the team',
  'the bank raised its interest rate and shares fell on the market',
  'investors sold shares after the company reported a loss',
  'the market rose as the bank kept its rate',
]
const texts = Array.from({ length: 120 }, (_, index) => `${topics[index % 6]} ${index}`)
const targets = Int32Array.from(texts, (_, index) => (index % 6 < 3 ? 0 : 1))

test('probabilities are probabilities, also of empty, foreign and huge texts', async () => {
  const model = await trainNgram(texts, targets, 3, 1)
  const odd = [
    '',
    '   ',
    '好吃',
    '😀😀',
    '\ud800',
    'match '.repeat(50_000),
    'shares of the bank',
    'the match',
  ]
  const probabilities = model.probabilities(odd)
  assert.equal(probabilities.length, odd.length * 3)
  for (let row = 0; row < odd.length; row++) {
    const ofRow = probabilities.subarray(row * 3, row * 3 + 3)
    assert.ok(ofRow.every((p) => p >= 0 && p <= 1))
    assert.ok(Math.abs(ofRow.reduce((a, b) => a + b) - 1) < 1e-9)
  }
  const at = (row: number, label: number) => probabilities[row * 3 + label] ?? 0
  assert.ok(at(6, 1) > 0.8)
  assert.ok(at(7, 0) > 0.8)
  // No row carries the third label.
  assert.ok(at(6, 2) < 0.1)
})

test('the same seed gives the same bytes, and texts one by one the same as together', async () => {
  const [a, b] = await Promise.all([trainNgram(texts, targets, 2, 5), trainNgram(texts, targets, 2, 5)])
  const all = a.probabilities(topics)
  assert.deepEqual(all, b.probabilities(topics))
  const single = topics.flatMap((text) => [...a.probabilities([text])])
  assert.deepEqual([...all], single)
})

test('few rows, one label and texts without any word train', async () => {
  const two = await trainNgram(['yes', 'no'], Int32Array.of(0, 1), 2, 1)
  assert.equal(two.probabilities(['maybe']).length, 2)
  const one = await trainNgram(['a', 'b'], Int32Array.of(0, 0), 1, 1)
  assert.deepEqual([...one.probabilities(['c'])], [1])
  const empty = await trainNgram(['', ' ', '', ''], Int32Array.of(0, 0, 0, 1), 2, 1)
  const [share = 0] = empty.probabilities([''])
  assert.ok(share > 0.5)
})

test('reports rising shares up to one, lets timers run, and stops when the report throws', async () => {
  const many = Array.from({ length: 6000 }, (_, index) => `${texts[index % texts.length]} ${index * 31}`)
  const labels = Int32Array.from(many, (_, index) => targets[index % texts.length] ?? 0)
  const fractions: number[] = []
  let ticks = 0
  const timer = setInterval(() => ticks++, 5)
  await trainNgram(many, labels, 2, 1, (fraction) => fractions.push(fraction))
  clearInterval(timer)
  assert.ok(ticks > 2)
  assert.equal(fractions.at(-1), 1)
  assert.ok(fractions.every((fraction, index) => fraction >= (fractions[index - 1] ?? 0) && fraction <= 1))
  const stop = new Error('stop')
  const stopping = trainNgram(many, labels, 2, 1, (fraction) => {
    if (fraction > 0.05) throw stop
  })
  await assert.rejects(stopping, stop)
})
