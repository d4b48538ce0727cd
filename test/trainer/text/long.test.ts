import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { windowStarts } from '../../../src/trainer/text/long.ts'
import { openTokenizer } from '../../../src/trainer/text/open-tokenizer.ts'
import { STATIC_FOLDER } from '../training/small-run.ts'

test('windows cover every token, each full, each but the last beginning a fixed step later', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 200 }), (count, room) => {
      const starts = windowStarts(count, room)
      assert.equal(starts[0], 0)
      const step = room - Math.floor(room / 4)
      for (const [i, start] of starts.entries()) {
        if (i > 0 && i < starts.length - 1) assert.equal(start, i * step)
        if (starts.length > 1) assert.ok(start + room <= count)
        const next = starts[i + 1]
        if (next !== undefined) assert.ok(next > start && next <= start + room)
      }
      assert.ok((starts.at(-1) ?? 0) + room >= count)
    }),
    { seed: 6 },
  )
})

const tokenizer = openTokenizer(STATIC_FOLDER)
const text = Array.from({ length: 60 }, (_, i) => `word ${i}`).join(' , ')
const whole = tokenizer.encode(text, 10_000)
const inner = [...whole.ids.slice(1, -1)]

test('head and tail keep the special tokens, the beginning and the end', () => {
  for (const limit of [16, 17, 63]) {
    const [read, ...others] = tokenizer.encodeLong(text, limit, 'head+tail')
    assert.ok(read && others.length === 0)
    assert.equal(read.ids.length, limit)
    assert.equal(read.length, whole.length)
    const head = Math.ceil((limit - 2) / 2)
    const kept = [...inner.slice(0, head), ...inner.slice(inner.length - (limit - 2 - head))]
    assert.deepEqual([...read.ids], [whole.ids[0], ...kept, whole.ids.at(-1)])
  }
})

test('windows of a text are framed like texts of their own', () => {
  const limit = 32
  const windows = tokenizer.encodeLong(text, limit, 'windows')
  const starts = windowStarts(inner.length, limit - 2)
  assert.equal(windows.length, starts.length)
  for (const [i, { ids, length }] of windows.entries()) {
    assert.equal(length, ids.length)
    const start = starts[i] ?? 0
    assert.deepEqual([...ids], [whole.ids[0], ...inner.slice(start, start + limit - 2), whole.ids.at(-1)])
  }
})

test('a text that fits is read the same in every way', () => {
  for (const long of ['truncate', 'head+tail', 'windows'] as const)
    assert.deepEqual(tokenizer.encodeLong(text, 10_000, long), [whole])
})
