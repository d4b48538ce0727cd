import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { composed } from '../../../../src/trainer/evaluation/ngram/characters.ts'
import { createGrams, readGrams } from '../../../../src/trainer/evaluation/ngram/grams.ts'

function gramsOf(text: string, limit = Number.POSITIVE_INFINITY) {
  const grams = createGrams()
  readGrams(text, limit, grams)
  const hashes = [...grams.hashes.subarray(0, grams.count)]
  return {
    words: hashes.filter((hash) => (hash & 1) === 0),
    characters: hashes.filter((hash) => (hash & 1) === 1),
  }
}

test('words and pairs of words, whatever stands between them', () => {
  const two = gramsOf('Überweisung fehlt')
  assert.equal(two.words.length, 3)
  assert.deepEqual(gramsOf('  überweisung, FEHLT!').words, two.words)
  assert.deepEqual(gramsOf('u\u0308berweisung\tfehlt').words, two.words)
  assert.notDeepEqual(gramsOf('fehlt überweisung').words.toSorted(), two.words.toSorted())
})

test('characters in windows of two to five, the ends marked', () => {
  // " ab ": three of two, two of three, one of four.
  assert.equal(gramsOf('ab').characters.length, 6)
  assert.equal(gramsOf('abcdef').characters.length, 7 + 6 + 5 + 4)
  const [inner, start] = [gramsOf('xaby'), gramsOf('ab')]
  assert.ok(!start.characters.every((hash) => inner.characters.includes(hash)))
})

test('scripts without spaces: every character a word, windows of one to four', () => {
  for (const text of ['好吃吗', 'ねこが', 'กขค']) {
    const { words, characters } = gramsOf(text)
    assert.equal(words.length, 3 + 2, text)
    assert.equal(characters.length, 3 + 2 + 1, text)
  }
  assert.equal(gramsOf('𠀀𠀁').characters.length, 3)
})

test('punctuation stands in the windows of scripts without spaces, never alone', () => {
  const characters = (text: string) => new Set(gramsOf(text).characters)
  const [plain, ended] = [characters('好吃'), characters('好吃！')]
  // "吃！", "好吃！", and those of "！" between spaces.
  assert.equal(ended.size - plain.size, 2 + 3)
  assert.deepEqual(gramsOf('app!').characters.length, gramsOf('appx').characters.length)
})

test('mixed scripts part into runs', () => {
  const [latin, han, both] = [gramsOf('app'), gramsOf('好吃'), gramsOf('app好吃')]
  assert.deepEqual(both.characters, [...latin.characters, ...han.characters])
  assert.equal(both.words.length, latin.words.length + han.words.length + 1)
})

test('any text is read, and a limit reads its start', () => {
  const text = fc.string({ unit: 'binary', maxLength: 60 })
  fc.assert(
    fc.property(text, fc.nat({ max: 60 }), (text, limit) => {
      const start = [...composed(text)].slice(0, limit).join('')
      assert.deepEqual(gramsOf(text, limit), gramsOf(start))
      for (const hashes of Object.values(gramsOf(text))) assert.ok(!hashes.includes(0))
    }),
    { seed: 7, numRuns: 1000 },
  )
})

test('different n-grams have different hashes', () => {
  const texts = Array.from({ length: 20_000 }, (_, index) => (index * 7919).toString(36))
  const distinct = new Set(texts.flatMap((text) => gramsOf(text).words))
  // 32 bits: of 20,000 about 0.05 pairs are expected to collide (the lowest bit is not free).
  assert.ok(distinct.size >= 19_999)
})
