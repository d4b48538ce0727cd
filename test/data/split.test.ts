import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Example } from '../../src/data/examples.ts'
import { labelOrder } from '../../src/data/labels.ts'
import { textKey } from '../../src/data/model-text.ts'
import { type Shares, sharesFor, split } from '../../src/data/split.ts'

const PARTS = ['train', 'valid', 'test'] as const

const examplesOf = (pairs: readonly (readonly [text: string, label: string])[]): Example[] =>
  pairs.map(([text, label], i) => ({ row: i + 1, text, label }))

const shares = fc.constantFrom<Shares>([0.7, 0.15, 0.15], [0.9, 0.1, 0], [0.85, 0, 0.15], [1, 0, 0])
/** Few texts, so that groups and conflicts are many; or many. */
const examples = fc
  .oneof(fc.constant(8), fc.constant(60), fc.constant(5000))
  .chain((texts) =>
    fc.array(
      fc.tuple(
        fc.integer({ min: 0, max: texts }).map((n) => `t${n}`),
        fc.integer({ min: 0, max: 4 }).map((n) => `l${n}`),
      ),
      { maxLength: 300, size: 'max' },
    ),
  )
  .map(examplesOf)

const texts = (part: readonly Example[]) => new Set(part.map((example) => example.text))

test('every row is in one part, equal texts together, in the order of the file, the same each time', () => {
  fc.assert(
    fc.property(examples, shares, fc.nat(), (all, shares, seed) => {
      const parts = split(all, { seed, shares })
      const rows = PARTS.flatMap((name) => parts[name].map((example) => example.row))
      assert.deepEqual(
        rows.sort((a, b) => a - b),
        all.map((example) => example.row),
      )
      for (const name of PARTS) {
        const own = parts[name].map((example) => example.row)
        assert.deepEqual(
          own,
          [...own].sort((a, b) => a - b),
        )
      }
      for (const [a, b] of [
        ['train', 'valid'],
        ['train', 'test'],
        ['valid', 'test'],
      ] as const) {
        const texts = new Set(parts[a].map(textKey))
        assert.deepEqual(
          parts[b].filter((example) => texts.has(textKey(example))),
          [],
        )
      }
      for (const [i, name] of PARTS.entries()) if (shares[i] === 0) assert.equal(parts[name].length, 0)
      assert.deepEqual(split(all, { seed, shares }), parts)
    }),
    { seed: 3, numRuns: 300 },
  )
})

test('a label with as many texts as parts is in every part, any label is trained on', () => {
  fc.assert(
    fc.property(examples, shares, fc.nat(), (all, shares, seed) => {
      // Without conflicts a label's texts are its groups.
      const labelOf = new Map(all.map((example) => [example.text, example.label]))
      const agreed = all.map((example) => ({ ...example, label: labelOf.get(example.text) ?? '' }))
      const parts = split(agreed, { seed, shares })
      const wanted = PARTS.filter((_, i) => (shares[i] ?? 0) > 0)
      for (const label of labelOrder(labelOf.values())) {
        const of = (part: readonly Example[]) => part.filter((example) => example.label === label)
        if (texts(of(agreed)).size >= wanted.length) {
          for (const name of wanted) assert.ok(of(parts[name]).length > 0, `${label} is not in ${name}`)
        }
        assert.ok(of(parts.train).length > 0, `${label} is not trained on`)
      }
      if (labelOf.size > 0 && texts(agreed).size >= 3 * labelOf.size) {
        for (const name of wanted) assert.ok(parts[name].length > 0)
      }
    }),
    { seed: 4, numRuns: 300 },
  )
})

test('with distinct texts each label has its shares to the row, and so has the whole', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 7, max: 150 }), { minLength: 2, maxLength: 80 }),
      shares,
      fc.nat(),
      (counts, shares, seed) => {
        const all = examplesOf(
          counts.flatMap((count, l) =>
            Array.from({ length: count }, (_, i) => [`${l} ${i}`, `l${l}`] as const),
          ),
        )
        const parts = split(all, { seed, shares })
        for (const [p, name] of PARTS.entries()) {
          const share = shares[p] ?? 0
          for (const [l, count] of counts.entries()) {
            const got = parts[name].filter((example) => example.label === `l${l}`).length
            assert.ok(Math.abs(got - count * share) < 1 + 1e-6, `l${l} ${name}: ${got} of ${count}`)
          }
          const off = parts[name].length - all.length * share
          assert.ok(Math.abs(off) < 3, `${name}: ${parts[name].length} of ${all.length}`)
        }
      },
    ),
    { seed: 5, numRuns: 100 },
  )
})

test('another seed gives another split, and the split of a seed is this one everywhere', () => {
  const all = examplesOf(Array.from({ length: 20 }, (_, i) => [`text ${i}`, i % 2 ? 'a' : 'b'] as const))
  const rows = (seed: number) =>
    split(all, { seed, shares: [0.7, 0.15, 0.15] }).test.map((example) => example.row)
  assert.notDeepEqual(rows(1), rows(2))
  assert.deepEqual(rows(42), [6, 11, 13])
})

test('parts are filled where labels alone would leave them empty', () => {
  const all = examplesOf([
    ['p', 'a'],
    ['q', 'a'],
    ['r', 'b'],
    ['s', 'b'],
  ])
  const parts = split(all, { seed: 42, shares: [0.7, 0.15, 0.15] })
  assert.deepEqual(
    PARTS.map((name) => parts[name].length),
    [2, 1, 1],
  )
  assert.deepEqual(split([], { seed: 1, shares: [0.7, 0.15, 0.15] }), { train: [], valid: [], test: [] })
})

test('the shares follow from the named files', () => {
  assert.deepEqual(sharesFor({ valid: false, test: false }), [0.7, 0.15, 0.15])
  assert.deepEqual(sharesFor({ valid: false, test: true }), [0.9, 0.1, 0])
  assert.deepEqual(sharesFor({ valid: true, test: false }), [0.85, 0, 0.15])
  assert.deepEqual(sharesFor({ valid: true, test: true }), [1, 0, 0])
})

test('labels are ordered by value where all are numbers, else by code point', () => {
  assert.deepEqual(labelOrder(['10', '9', '-1', '1.5', '9']), ['-1', '1.5', '9', '10'])
  assert.deepEqual(labelOrder(['10', '9', 'x']), ['10', '9', 'x'])
  assert.deepEqual(labelOrder(['b', 'B', 'a', 'ab', '中', '\u{1f600}', '\ufb01']), [
    'B',
    'a',
    'ab',
    'b',
    '中',
    '\ufb01',
    '\u{1f600}',
  ])
})
