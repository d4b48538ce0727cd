import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cpuRuntime, floatOutput, openSession } from '../../../src/trainer/engine/runtime.ts'
import { composed } from '../../../src/trainer/evaluation/ngram/characters.ts'
import { type NgramModel, trainNgram } from '../../../src/trainer/evaluation/ngram.ts'
import { ngramGraph } from '../../../src/trainer/ngram/graph.ts'
import { PROBABILITIES, TEXT } from '../../../src/trainer/ngram/names.ts'

const ROWS: readonly (readonly [text: string, target: number])[] = [
  ['The film was wonderful, and the end … better!', 0],
  ['A wonderful film; the best of the year :-)', 0],
  ['菜很好吃，送餐很快！！', 0],
  ['很好吃，下次再来', 0],
  ['What a dreadful film, the end was poor', 1],
  ['dreadful and boring, the worst film', 1],
  ['送餐太慢了，菜都凉了。', 1],
  ['太慢了，不好吃', 1],
  ['ένας κόσμος ΚΌΣΜΟΣ', 2],
  ['ο κόσμος ﬁnal ½ kg ㎏ (株) ㈱', 2],
  ['आप कैसे हैं อาหารอร่อย', 2],
  ['कैसे हैं อาหาร naïve Straße', 2],
]

const trainedOn = (rows: typeof ROWS, classes: number): Promise<NgramModel> =>
  trainNgram(
    rows.map(([text]) => text),
    Int32Array.from(rows, ([, target]) => target),
    classes,
    1,
  )

const largestDifference = async (model: NgramModel, labels: readonly string[], batches: string[][]) => {
  const session = await openSession(cpuRuntime(), ngramGraph(model.parts, labels))
  let most = 0
  for (const texts of batches) {
    const data = texts.map(composed)
    const feeds = { [TEXT]: { type: 'string', dims: [data.length], data } as const }
    const found = floatOutput(await session.run(feeds, [PROBABILITIES]), PROBABILITIES)
    const expected = model.probabilities(texts)
    assert.equal(found.length, expected.length)
    for (const [i, probability] of expected.entries())
      most = Math.max(most, Math.abs(probability - (found[i] ?? Number.NaN)))
  }
  await session.release()
  return most
}

test('the graph answers as the trained model does, whatever the text', async () => {
  const model = await trainedOn(ROWS, 3)
  const word = fc.oneof(
    fc.constantFrom(...ROWS.flatMap(([text]) => [...text, ...text.split(' ')])),
    fc.string({ unit: 'binary', maxLength: 4 }),
    fc.constantFrom(
      '\u0000',
      '\ud800',
      '\udc00x',
      'u\u0308',
      'İ',
      'ﷺ',
      '👩‍👩‍👧',
      '\u200d',
      '　',
      '\u00ad',
      'Σ',
      'ς',
    ),
  )
  const text = fc
    .array(word, { maxLength: 12 })
    .chain((words) => fc.constantFrom(words.join(''), words.join(' ')))
  const batches = fc.sample(fc.array(text, { minLength: 1, maxLength: 8 }), { seed: 5, numRuns: 150 })
  assert.ok((await largestDifference(model, ['a', 'b', 'c'], [[''], ['', ' '], ...batches])) < 1e-5)
})

test('a model that reads the beginning of texts does so in the graph', async () => {
  const model = await trainedOn(ROWS, 3)
  assert.equal(model.parts.limit, Number.POSITIVE_INFINITY)
  const limit = 7
  const short: NgramModel = {
    ...model,
    parts: { ...model.parts, limit },
    probabilities: (texts) => model.probabilities(texts.map((text) => [...text].slice(0, limit).join(''))),
  }
  const texts = [...ROWS.map(([text]) => text), '😀😀很好吃太慢了', 'dreadful']
  assert.ok((await largestDifference(short, ['a', 'b', 'c'], [texts])) < 1e-5)
})

test('a model without an n-gram of one kind, or without any, is a graph too', async () => {
  const none = await trainedOn(
    [
      ['abc', 0],
      ['xyz', 1],
    ],
    2,
  )
  assert.equal(none.parts.size, 0)
  assert.ok((await largestDifference(none, ['a', 'b'], [['abc', ''], ['q']])) < 1e-6)
  const characters = await trainedOn(
    [
      ['abc!', 0],
      ['zbc!', 1],
    ],
    2,
  )
  assert.ok((await largestDifference(characters, ['a', 'b'], [['abc!', 'zbc', '!!']])) < 1e-6)
})

test('equal models are equal bytes', async () => {
  const [one, other] = [await trainedOn(ROWS, 3), await trainedOn(ROWS, 3)]
  assert.deepEqual(ngramGraph(one.parts, ['a', 'b', 'c']), ngramGraph(other.parts, ['a', 'b', 'c']))
})
