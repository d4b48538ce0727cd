import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import * as v from 'valibot'
import { keptOf } from '../../../src/trainer/text/frame.ts'
import { openTokenizer } from '../../../src/trainer/text/open-tokenizer.ts'

const fixtures = fileURLToPath(new URL('../../fixtures/tokenizer/', import.meta.url))
const Encoded = v.object({ ids: v.array(v.number()), types: v.array(v.number()) })
const { pairs, cases } = v.parse(
  v.object({
    pairs: v.array(v.tuple([v.string(), v.string()])),
    cases: v.record(
      v.string(),
      v.array(v.object({ length: v.nullable(v.number()), encoded: v.array(Encoded) })),
    ),
  }),
  JSON.parse(readFileSync(`${fixtures}pairs.json`, 'utf8')),
)

for (const [name, lengths] of Object.entries(cases))
  test(`${name}: ids and segments of a pair equal Python's, whole and cut`, () => {
    const tokenizer = openTokenizer(`${fixtures}${name}`)
    for (const { length, encoded } of lengths)
      for (const [i, pair] of pairs.entries()) {
        const { ids, types, length: whole } = tokenizer.encode(pair, length ?? 100_000)
        const where = `${JSON.stringify(pair)} cut at ${length}`
        assert.deepEqual([...ids], encoded[i]?.ids, where)
        assert.deepEqual([...types], encoded[i]?.types, where)
        assert.equal(whole, lengths[0]?.encoded[i]?.ids.length, where)
      }
  })

test('of a pair the longer text is cut first, and no room is left', () => {
  fc.assert(
    fc.property(fc.nat(60), fc.nat(60), fc.integer({ min: 2, max: 80 }), (a, b, room) => {
      const [first = 0, second = 0] = keptOf([a, b], room)
      assert.ok(first <= a && second <= b)
      assert.equal(first + second, Math.min(room, a + b))
      // What was cut is no shorter than the other text, the odd token aside.
      if (first < a) assert.ok(first >= Math.min(second, Math.floor(room / 2)))
      if (second < b) assert.ok(second >= Math.min(first, Math.floor(room / 2)))
    }),
    { seed: 21, numRuns: 500 },
  )
})

test('a length without room for both texts is refused with the least that works', () => {
  const tokenizer = openTokenizer(`${fixtures}wordpiece`)
  assert.throws(() => tokenizer.encode(['a', 'b'], 4), {
    name: 'UserError',
    message: /Set it to 5 or more/,
  })
  assert.equal(tokenizer.encode(['hello', 'hello'], 5).ids.length, 5)
})
