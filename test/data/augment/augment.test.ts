import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import {
  type Augmentation,
  augment,
  chooseWays,
  openAugmentation,
} from '../../../src/data/augment/augment.ts'
import { readSynonyms } from '../../../src/data/augment/synonyms.ts'
import { vary } from '../../../src/data/augment/ways.ts'
import { pieces } from '../../../src/data/augment/words.ts'
import { createRandom } from '../../../src/data/random.ts'
import { ALL_WAYS, type Way } from '../../../src/shared/augmentation.ts'
import { messyText } from '../clean/texts.ts'

const SYNONYMS = new Map([
  ['good', ['great']],
  ['film', ['movie']],
])
const varied = (way: Way, text: string, seed = 1, share = 0.1): string =>
  vary(text, way, { share, synonyms: SYNONYMS }, createRandom(seed))

/** Of many seeds all that comes of a text. */
const outcomes = (way: Way, text: string, share = 0.1): Set<string> =>
  new Set(Array.from({ length: 200 }, (_, seed) => varied(way, text, seed, share)))

const words = (text: string): string[] => pieces(text).flatMap((part) => (part.word ? [part.text] : []))
const sorted = (list: readonly string[]): string[] => [...list].sort()

test('each way does what it says', () => {
  assert.deepEqual(outcomes('deletion', 'one two, three'), new Set(['two, three', 'one, three', 'one two,']))
  assert.deepEqual(outcomes('deletion', '我喜欢北京'), new Set(['喜欢北京', '我北京', '我喜欢']))
  assert.deepEqual(outcomes('swap', 'one two three'), new Set(['two one three', 'one three two']))
  assert.deepEqual(outcomes('duplication', 'one, two'), new Set(['one one, two', 'one, two two']))
  assert.deepEqual(outcomes('duplication', '喜欢北京'), new Set(['喜欢喜欢北京', '喜欢北京北京']))
  assert.deepEqual(outcomes('synonym', 'A Good FILM.', 1), new Set(['A Great MOVIE.']))
  assert.deepEqual(outcomes('case', 'is it?', 0.1), new Set(['IS it?', 'Is it?', 'is IT?', 'is It?']))
  const typos = outcomes('typo', 'the')
  for (const typo of ['he', 'te', 'th', 'tthe', 'thhe', 'thee', 'hte', 'teh', 'rhe', 'tge', 'thw'])
    assert.ok(typos.has(typo), typo)
  for (const typo of typos) assert.ok(Math.abs(typo.length - 3) <= 1, typo)
})

test('a text that has nothing for a way stays', () => {
  for (const [way, text] of [
    ['deletion', 'one'],
    ['deletion', '...'],
    ['swap', 'one'],
    ['synonym', 'no such word'],
    ['typo', '我喜欢 a 12'],
    ['case', '我喜欢 12'],
    ['duplication', ''],
  ] as const)
    assert.equal(varied(way, text), text)
})

test('whatever the text, words stay words', () => {
  fc.assert(
    fc.property(messyText, fc.nat(), fc.double({ min: 0.01, max: 1, noNaN: true }), (text, seed, share) => {
      const before = words(text)
      for (const way of ALL_WAYS) assert.equal(varied(way, text, seed, share), varied(way, text, seed, share))
      assert.ok(before.length === 0 || varied('deletion', text, seed, share).length > 0)
      assert.deepEqual(sorted([...varied('swap', text, seed, share)]), sorted([...text]))
      assert.ok(varied('duplication', text, seed, share).length >= text.length)
    }),
    { seed: 5, numRuns: 300 },
  )
})

test('the share says how many words change', () => {
  const text = Array.from({ length: 40 }, (_, i) => `word${i}`).join(' ')
  for (const [share, count] of [
    [0.01, 1],
    [0.1, 4],
    [0.5, 20],
  ] as const) {
    assert.equal(words(varied('deletion', text, 1, share)).length, 40 - count)
    assert.equal(words(varied('duplication', text, 1, share)).length, 40 + count)
    const cases = words(varied('case', text, 1, share)).filter((word, i) => word !== `word${i}`)
    assert.equal(cases.length, count)
  }
})

const AUGMENTATION: Augmentation = {
  ways: chooseWays('all'),
  rows: 1,
  share: 0.1,
  synonyms: new Map(),
  seed: 7,
}
const EXAMPLES = Array.from({ length: 30 }, (_, i) => ({
  row: i + 1,
  text: `this is the text of row number ${i}`,
  label: i % 2 === 0 ? 'even' : 'odd',
  group: `g${i % 3}`,
}))

test('a copy keeps row, label and group of its origin and is a text of its own', () => {
  const made = augment(EXAMPLES, { ...AUGMENTATION, rows: 3 })
  assert.equal(made.length, 90)
  assert.equal(new Set([...made, ...EXAMPLES].map(({ text }) => text)).size, 120)
  for (const { row, label, group, text } of made) {
    const origin = EXAMPLES[row - 1]
    assert.deepEqual({ row, label, group }, { row: origin?.row, label: origin?.label, group: origin?.group })
    assert.notEqual(text, origin?.text)
  }
})

test('copies depend on the seed and the row, not on the other rows', () => {
  const made = augment(EXAMPLES, AUGMENTATION)
  assert.deepEqual(augment(EXAMPLES, AUGMENTATION), made)
  assert.notDeepEqual(augment(EXAMPLES, { ...AUGMENTATION, seed: 8 }), made)
  const some = EXAMPLES.filter(({ row }) => row % 3 === 0)
  assert.deepEqual(
    augment(some, AUGMENTATION),
    made.filter(({ row }) => row % 3 === 0),
  )
})

test('half a row each is every second row', () => {
  assert.deepEqual(
    augment(EXAMPLES, { ...AUGMENTATION, rows: 0.5 }).map(({ row }) => row),
    EXAMPLES.flatMap(({ row }) => (row % 2 === 0 ? [row] : [])),
  )
  assert.deepEqual(augment(EXAMPLES, { ...AUGMENTATION, ways: [] }), [])
})

test('of two texts one changes', () => {
  const made = augment(
    EXAMPLES.map((example) => ({ ...example, pair: 'and this is the second text' })),
    AUGMENTATION,
  )
  const second = made.filter(({ pair }) => pair !== 'and this is the second text')
  const first = made.filter(({ text, row }) => text !== EXAMPLES[row - 1]?.text)
  assert.ok(first.length > 5 && second.length > 5)
  assert.equal(first.length + second.length, made.length)
})

const list = (t: TestContext, text: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'finesse-'))
  t.after(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'list.txt'), text)
  return join(folder, 'list.txt')
}

test('a list of synonyms is groups of words, a line each', async (t) => {
  const synonyms = await readSynonyms(
    list(t, '\ufeff# films\nfilm, movie,picture\n\nFilm\tflick\r\n好，不错\n'),
  )
  assert.deepEqual(synonyms.get('film'), ['movie', 'picture', 'flick'])
  assert.deepEqual(synonyms.get('movie'), ['film', 'picture'])
  assert.deepEqual(synonyms.get('不错'), ['好'])
  await assert.rejects(readSynonyms(list(t, 'film, movie\ngood\n')), /line 2: one word alone/)
  await assert.rejects(readSynonyms(list(t, '# nothing\n')), /holds no words/)
})

test('what cannot be meant is refused', async (t) => {
  assert.deepEqual(chooseWays('none'), [])
  assert.deepEqual(chooseWays('swap, Deletion'), ['deletion', 'swap'])
  assert.throws(() => chooseWays('delete'), /did you mean deletion\?/)
  const options = { augment: 'synonym', augment_rows: 1, augment_share: 0.1, augment_synonyms: null, seed: 1 }
  await assert.rejects(openAugmentation(options), /name its file/)
  const file = list(t, 'film, movie\n')
  await assert.rejects(
    openAugmentation({ ...options, augment: 'swap', augment_synonyms: file }),
    /is for the augmentation synonym/,
  )
  assert.equal((await openAugmentation({ ...options, augment_synonyms: file })).synonyms.size, 2)
})
