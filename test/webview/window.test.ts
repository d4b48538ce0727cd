import assert from 'node:assert/strict'
import { test } from 'node:test'
import { binsOf, cutAt, reachOf } from '../../webview/data/length-bins.ts'
import { ROW_HEIGHT, scrollTo, windowOf } from '../../webview/data/window.ts'

const VIEWPORT = 480

test('every row of a table of any length can be scrolled to, and is then in view', () => {
  for (const rows of [1, 5, 1000, 400_000, 20_000_000])
    for (const row of [1, Math.ceil(rows / 3), Math.max(1, rows - 1), rows]) {
      const scrolled = scrollTo(rows, row, 0, VIEWPORT)
      const { first, last, top, height } = windowOf(rows, scrolled, VIEWPORT, 0)
      assert.ok(first <= row && row <= last, `${row} of ${rows}: ${first} to ${last}`)
      assert.ok(last - first < 24)
      // Where it is drawn is where it is seen.
      const y = top + (row - first) * ROW_HEIGHT
      assert.ok(y >= scrolled - 1 && y + ROW_HEIGHT <= scrolled + VIEWPORT + 1, `${row} of ${rows} at ${y}`)
      assert.ok(height <= 12_000_000)
    }
})

test('a row that is in view is not scrolled to', () => {
  assert.equal(scrollTo(1000, 15, 240, VIEWPORT), 240)
})

test('all texts are in a bin, and what lies beyond the limit is counted', () => {
  const lengths: [number, number][] = [
    [1, 5],
    [10, 80],
    [20, 14],
    [1000, 1],
  ]
  assert.equal(reachOf(lengths, null), 20)
  assert.ok(reachOf(lengths, 128) >= 128)
  const bins = binsOf(lengths, 20, 10)
  assert.equal(
    bins.reduce((sum, texts) => sum + texts, 0),
    100,
  )
  assert.deepEqual(cutAt(lengths, 20), { texts: 1, all: 100, share: 980 / 2085 })
  assert.deepEqual(cutAt(lengths, 1000).texts, 0)
})
