import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { ValueInfo } from '../../../src/trainer/onnx/model.ts'
import { textFeeds } from '../../../src/trainer/text/inputs.ts'
import type { Encoded } from '../../../src/trainer/text/tokenizer.ts'

const input = (
  name: string,
  type: ValueInfo['type'] = 'int64',
  dims: ValueInfo['dims'] = ['b', 's'],
): ValueInfo => ({
  name,
  type,
  dims,
})
const row = (ids: readonly number[]): Encoded => ({
  ids: Int32Array.from(ids),
  types: Int32Array.from(ids, (_, i) => i % 2),
  length: ids.length,
})
const numbers = (feeds: ReturnType<typeof textFeeds>, name: string): number[] =>
  Array.from<number | bigint, number>(feeds.get(name)?.data ?? [], Number)

test('two rows, padded on the right', () => {
  const names = ['input_ids', 'attention_mask', 'token_type_ids', 'position_ids']
  for (const type of ['int64', 'int32'] as const) {
    const feeds = textFeeds(
      names.map((name) => input(name, type)),
      [row([5, 6, 7]), row([8])],
      4,
      9,
    )
    assert.deepEqual([...feeds.keys()], names)
    for (const tensor of feeds.values()) assert.deepEqual([tensor.type, tensor.dims], [type, [2, 4]])
    assert.deepEqual(numbers(feeds, 'input_ids'), [5, 6, 7, 9, 8, 9, 9, 9])
    assert.deepEqual(numbers(feeds, 'attention_mask'), [1, 1, 1, 0, 1, 0, 0, 0])
    assert.deepEqual(numbers(feeds, 'token_type_ids'), [0, 1, 0, 0, 0, 0, 0, 0])
    assert.deepEqual(numbers(feeds, 'position_ids'), [0, 1, 2, 2, 0, 0, 0, 0])
  }
})

test('the mask finds each row again, and positions are the running sum of the mask less one', () => {
  const rows = fc.array(fc.array(fc.integer({ min: 0, max: 50_000 }), { maxLength: 9 }), {
    minLength: 1,
    maxLength: 5,
  })
  fc.assert(
    fc.property(rows, fc.integer({ min: 9, max: 12 }), (ids, length) => {
      const feeds = textFeeds(
        ['input_ids', 'attention_mask', 'position_ids'].map((name) => input(name)),
        ids.map(row),
        length,
        1,
      )
      const [tokens, mask, positions] = ['input_ids', 'attention_mask', 'position_ids'].map((n) =>
        numbers(feeds, n),
      )
      ids.forEach((expected, r) => {
        const here = (values: number[] | undefined) => values?.slice(r * length, (r + 1) * length) ?? []
        assert.deepEqual(
          here(tokens).filter((_, p) => here(mask)[p] === 1),
          expected,
        )
        let sum = 0
        for (const [p, one] of here(mask).entries()) {
          sum += one
          assert.equal(here(positions)[p], Math.max(0, sum - 1))
        }
      })
    }),
    { seed: 42 },
  )
})

test('a decoder starts with an empty past and without its cache branch', () => {
  const feeds = textFeeds(
    [
      input('past_key_values.0.key', 'float32', ['batch', 4, 'past', 8]),
      input('past_key_values.0.value', 'float16', ['batch', 4, 'past', 8]),
      input('use_cache_branch', 'bool', [1]),
    ],
    [row([1]), row([2])],
    1,
    0,
  )
  assert.deepEqual(feeds.get('past_key_values.0.key'), {
    type: 'float32',
    dims: [2, 4, 0, 8],
    data: new Float32Array(0),
  })
  assert.deepEqual(feeds.get('past_key_values.0.value')?.type, 'float16')
  assert.deepEqual(feeds.get('use_cache_branch')?.data, new Uint8Array(1))
})

test('what can not be filled is named', () => {
  const refused = (value: ValueInfo, message: RegExp) =>
    assert.throws(() => textFeeds([value], [row([1])], 1, 0), { name: 'UserError', message })
  refused(input('pixel_values', 'float32'), /asks for the input pixel_values/)
  refused(input('input_ids', 'float32'), /input_ids is of type float32/)
  refused(
    input('past_key_values.0.key', 'float32', ['b', 'heads', 0, 8]),
    /past_key_values\.0\.key is declared as \[b, heads, 0, 8\]/,
  )
})

test('a row that is too long is a defect', () => {
  assert.throws(() => textFeeds([input('input_ids')], [row([1, 2])], 1, 0), { name: 'Error' })
})
