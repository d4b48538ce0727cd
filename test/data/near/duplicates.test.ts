import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FEWEST_GRAMS, SIMILAR } from '../../../src/data/near/duplicates.ts'
import { normalised } from '../../../src/data/near/normal.ts'
import { edited, gramsIn, makeText, nearOf, seeded, similarity } from './texts.ts'

/** Rows of each group, as a set of texts whatever the order. */
const groupsOf = (texts: readonly string[], groupOf: Int32Array): string[][] => {
  const groups = new Map<number, string[]>()
  for (const [i, text] of texts.entries()) {
    const group = groups.get(groupOf[i] ?? -1)
    if (group) group.push(text)
    else groups.set(groupOf[i] ?? -1, [text])
  }
  return [...groups.values()]
    .map((group) => group.sort())
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}

const isNearByTheBook = (one: string, other: string): boolean =>
  normalised(one) === normalised(other) ||
  (Math.min(gramsIn(one), gramsIn(other)) >= FEWEST_GRAMS && similarity(one, other) >= SIMILAR)

/** Some texts with copies of some of them that are edited more or less. */
const mixture = (seed: number, count: number): string[] => {
  const random = seeded(seed)
  const texts = Array.from({ length: count }, () =>
    makeText(random, random.below(2) === 0, 5 + random.below(60)),
  )
  for (let i = 0; i < count / 2; i++)
    texts.push(edited(random, texts[random.below(texts.length)] ?? '', random.below(6)))
  return random.shuffle(texts)
}

test('whether two texts are near is what the book says, in any order, for letters and Chinese', () => {
  fc.assert(
    fc.property(fc.nat(1e6), fc.boolean(), fc.nat(80), fc.nat(8), (seed, isChinese, length, edits) => {
      const random = seeded(seed)
      const one = makeText(random, isChinese, 1 + length)
      const other = edited(random, one, edits)
      const { isNear, textOf } = nearOf([one, other, `${one}${one}`])
      const [a, b] = [textOf[0] ?? -1, textOf[1] ?? -1]
      assert.equal(isNear(a, b), isNearByTheBook(one, other))
      assert.equal(isNear(b, a), isNear(a, b))
    }),
    { seed: 7, numRuns: 300 },
  )
})

test('groups are joined by near duplicates alone, and do not depend on the order of rows', () => {
  fc.assert(
    fc.property(fc.nat(1e6), (seed) => {
      const texts = mixture(seed, 60)
      const found = nearOf(texts)
      const groups = groupsOf(texts, found.groupOf)
      for (const group of groups) {
        // Each is reached from the first over true near duplicates.
        const reached = new Set(group.slice(0, 1))
        for (const one of reached)
          for (const other of group) if (isNearByTheBook(one, other)) reached.add(other)
        assert.equal(reached.size, new Set(group).size)
      }
      const shuffled = seeded(seed + 1).shuffle([...texts])
      assert.deepEqual(groupsOf(shuffled, nearOf(shuffled).groupOf), groups)
    }),
    { seed: 8, numRuns: 20 },
  )
})

test('another seed of the hash functions finds the same but for few: recall on generated near duplicates', () => {
  let [pairs, missed] = [0, 0]
  for (const seed of [1, 2, 3]) {
    const random = seeded(seed)
    const texts = Array.from({ length: 1500 }, (_, i) =>
      makeText(random, i % 2 === 0, 20 + random.below(100)),
    )
    const copies = texts.map((text) => edited(random, text, 1 + random.below(4)))
    const near = texts.flatMap((text, i) => (isNearByTheBook(text, copies[i] ?? '') ? [i] : []))
    for (const hashes of [1, 2]) {
      const { groupOf } = nearOf([...texts, ...copies], hashes)
      pairs += near.length
      missed += near.filter((i) => groupOf[i] !== groupOf[texts.length + i]).length
    }
  }
  assert.ok(pairs > 5000, `${pairs} pairs`)
  assert.ok(missed <= 0.005 * pairs, `${missed} of ${pairs} missed`)
})

test('a text of few n-grams is near those alone that are equal but for case, width and blanks', () => {
  const texts = [
    'ok',
    'OK ',
    'ok!',
    'good',
    'goods',
    '哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈',
    '哈哈哈哈',
    'ｏｋ',
    'ok\u200b',
  ]
  assert.deepEqual([...nearOf(texts).groupOf], [0, 0, 1, 2, 3, 4, 5, 0, 0])
})

test('of a pair of texts both must be near', () => {
  const [long, other] = [
    'a premise that is quite long and stands in many rows',
    'another premise of about that length, and more',
  ]
  const rows = [
    [long, 'it rains'],
    [long, 'it snows'],
    [`${long}!`, 'It rains'],
    [other, 'it rains'],
    ['it rains', long],
  ] as const
  assert.deepEqual([...nearOf(rows).groupOf], [0, 1, 0, 2, 3])
})

test('rows of one template, and rows that are all equal, are done at once', () => {
  const rows = Array.from(
    { length: 5000 },
    (_, i) => `an order of 3 bottles with the number ${i} was sent to the customer today`,
  )
  assert.equal(new Set(nearOf(rows).groupOf).size, 1)
  assert.equal(new Set(nearOf(rows.map(() => 'the same text in each and every row')).groupOf).size, 1)
})

test('nothing, empty texts and lone surrogates are taken', () => {
  assert.equal(nearOf([]).groupOf.length, 0)
  assert.deepEqual([...nearOf(['', ' ', '\ud800', '\ud800x']).groupOf], [0, 0, 1, 2])
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 60 }), { maxLength: 30 }), (texts) => {
      const { groupOf } = nearOf(texts)
      for (const [i, one] of texts.entries())
        for (const [j, other] of texts.entries())
          if (normalised(one) === normalised(other)) assert.equal(groupOf[i], groupOf[j])
    }),
    { seed: 9, numRuns: 50 },
  )
})
