import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { RunEvent } from '../../src/shared/events.ts'
import { align } from '../../webview/live/align.ts'
import { createSteps } from '../../webview/live/columns.ts'
import { decimate } from '../../webview/live/decimate.ts'
import { spread } from '../../webview/live/end-labels.ts'
import { addEvents, newHistory } from '../../webview/live/history.ts'
import { smoothed } from '../../webview/live/smooth.ts'
import { recentMean, secondsLeft } from '../../webview/live/time-left.ts'

const noise = (length: number): Float64Array =>
  Float64Array.from({ length }, (_, i) => Math.sin(i * 12.9898) * 43758.5453 - Math.floor(i / 100))
const line = (length: number): Float64Array => Float64Array.from({ length }, (_, i) => i + 1)

suite('decimation', () => {
  test('keeps few points, and of every bucket its ends and its extremes', () => {
    const length = 100_000
    const buckets = 400
    const [xs, ys] = [line(length), noise(length)]
    const kept = decimate(xs, ys, buckets)
    assert.ok(kept.length <= 4 * (buckets + 1), `${kept.length} points`)
    assert.equal(kept[0], 0)
    assert.equal(kept.at(-1), length - 1)
    assert.deepEqual(
      kept,
      [...new Set(kept)].sort((a, b) => a - b),
    )
    const values = kept.map((i) => ys[i] ?? 0)
    assert.equal(Math.max(...values), Math.max(...ys))
    assert.equal(Math.min(...values), Math.min(...ys))
    const per = length / buckets
    for (let bucket = 1; bucket < buckets - 1; bucket += 37) {
      const own = ys.subarray(bucket * per + 1, (bucket + 1) * per - 1)
      const drawn = kept
        .filter((i) => i >= bucket * per - 1 && i <= (bucket + 1) * per)
        .map((i) => ys[i] ?? 0)
      assert.ok(Math.max(...drawn) >= Math.max(...own))
      assert.ok(Math.min(...drawn) <= Math.min(...own))
    }
  })

  test('leaves a short line alone, and takes any xs that rise', () => {
    assert.deepEqual(decimate(line(5), noise(5), 64), [0, 1, 2, 3, 4])
    assert.deepEqual(decimate(new Float64Array(), new Float64Array(), 64), [])
    const same = new Float64Array(1000).fill(3)
    assert.equal(decimate(same, noise(1000), 10).at(-1), 999)
    const gap = Float64Array.from({ length: 1000 }, (_, i) => (i < 500 ? i : i + 1e6))
    assert.equal(decimate(gap, noise(1000), 10).at(-1), 999)
  })
})

test('a running mean follows its values, and its start is not drawn to 0', () => {
  assert.deepEqual([...smoothed(Float64Array.of(5, 5, 5), 10)], [5, 5, 5])
  const step = smoothed(
    Float64Array.from({ length: 100 }, (_, i) => (i < 50 ? 0 : 1)),
    5,
  )
  assert.equal(step[49], 0)
  assert.ok((step[60] ?? 0) > 0.9)
})

test('lines of different places share an axis', () => {
  assert.deepEqual(
    align(
      [
        { xs: [1, 3], ys: [10, 30] },
        { xs: [2, 3], ys: [0.2, 0.3] },
      ],
      [0, 4],
    ),
    [
      [0, 1, 2, 3, 4],
      [null, 10, null, 30, null],
      [null, null, 0.2, 0.3, null],
    ],
  )
})

test('labels keep their order and their room, within the drawing', () => {
  assert.deepEqual(spread([100, 101], 16, 8, 200), [100, 116])
  assert.deepEqual(spread([198, 199], 16, 8, 200), [184, 200])
  assert.deepEqual(spread([50, 10, 12], 16, 8, 200), [50, 10, 26])
  assert.deepEqual(spread([], 16, 8, 200), [])
})

test('the time left is that of the last steps, validations included', () => {
  const steps = { length: 3, step: Float64Array.of(1, 2, 3), time: Float64Array.of(10, 12, 16) }
  assert.equal(secondsLeft(steps, 13), 30)
  assert.equal(secondsLeft(steps, 3), 0)
  assert.equal(secondsLeft({ length: 1, step: Float64Array.of(1), time: Float64Array.of(10) }, 3), null)
  assert.equal(recentMean(Float64Array.of(1, 2, 6), 2), 4)
  assert.equal(recentMean(new Float64Array(), 2), null)
})

test('columns grow, and hold what was pushed', () => {
  const store = createSteps(2)
  for (let i = 0; i < 1000; i++)
    store.push({ step: i, time: i / 10, loss: 1 / (i + 1), rate: 1e-4, speed: 7 })
  const { length, step, loss } = store.columns()
  assert.equal(length, 1000)
  assert.equal(step[999], 999)
  assert.equal(loss[1], 0.5)
  assert.equal(step.length, 1000)
})

test('events make phases, curves and notes, each note once', () => {
  const history = newHistory()
  const step = { epoch: 2, loss: 0.5, lr: 1e-4, gradient_norm: 1, tokens_per_second: 100 }
  const events: RunEvent[] = [
    { event: 'phase', time: 0, phase: 'data' },
    { event: 'note', time: 0.5, message: 'a' },
    { event: 'phase', time: 1, phase: 'train' },
    { event: 'warning', time: 1.5, message: 'a' },
    { event: 'step', time: 2, step: 7, ...step },
  ]
  addEvents(history, events)
  assert.deepEqual(history.phases, [
    { phase: 'data', from: 0, to: 1 },
    { phase: 'train', from: 1, to: null },
  ])
  assert.deepEqual(history.notes, [{ kind: 'note', message: 'a' }])
  assert.equal(history.epoch, 2)
  assert.equal(history.time, 2)
  assert.equal(history.steps.columns().step[0], 7)
})
