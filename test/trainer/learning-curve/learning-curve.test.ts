import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import * as v from 'valibot'
import { createRandom } from '../../../src/data/random.ts'
import { RunOptions } from '../../../src/shared/config.ts'
import { gainOf, verdictOf } from '../../../src/trainer/learning-curve/gain.ts'
import { learningCurve } from '../../../src/trainer/learning-curve/learning-curve.ts'
import { nestedOrder } from '../../../src/trainer/learning-curve/nested-order.ts'
import { temporaryFolder } from '../../run/sample.ts'

suite('the learning curve', () => {
  test('every beginning of the order has each label in about its share', () => {
    const targets = Int32Array.from({ length: 200 }, (_, i) => (i < 150 ? 0 : i < 198 ? 1 : 2))
    const order = nestedOrder(targets, 3)
    assert.deepEqual(
      order.toSorted((a, b) => a - b),
      [...targets.keys()],
    )
    const count = (rows: number, label: number): number =>
      order.slice(0, rows).filter((row) => targets[row] === label).length
    for (const rows of [20, 50, 100]) {
      assert.ok(Math.abs(count(rows, 0) - 0.75 * rows) <= 3)
      assert.ok(count(rows, 2) >= 1)
    }
    assert.deepEqual(nestedOrder(targets, 3), order)
    assert.notDeepEqual(nestedOrder(targets, 4), order)
  })

  test('the interval is that of a mean of paired differences', () => {
    // scipy.stats: mean and 1.96 * sem of [1, 0, 0, 1, -1, 0, 1, 0, 0, 1]
    const { difference, interval } = gainOf([0, 1, 0, 0, 1, 1, 0, 1, 0, 0], [1, 1, 0, 1, 0, 1, 1, 1, 0, 1])
    assert.ok(Math.abs(difference - 0.3) < 1e-12)
    assert.ok(Math.abs(interval[0] - (0.3 - 1.96 * 0.21343747458109497)) < 1e-9)
    assert.ok(Math.abs(interval[1] - (0.3 + 1.96 * 0.21343747458109497)) < 1e-9)
  })

  test('more labels help where all of the interval is above 0, and hardly where it is below a point', () => {
    const of = (low: number, high: number) =>
      verdictOf({ difference: (low + high) / 2, interval: [low, high] })
    assert.deepEqual([of(0.01, 0.05), of(-0.02, 0.005), of(-0.02, 0.05)], ['more', 'enough', 'unsure'])
  })

  test('is of growing shares of the same rows, measured on the same others', async (t) => {
    const random = createRandom(1)
    const words = ['red', 'blue', 'green', 'grey']
    const rows = Array.from({ length: 240 }, () => {
      const label = random.below(2)
      const noise = Array.from({ length: 5 }, () => words[random.below(words.length)] ?? '')
      return `${[...noise, label === 1 ? 'lovely' : 'awful'].join(' ')},${label === 1 ? 'good' : 'bad'}`
    })
    const file = join(temporaryFolder(t), 'rows.csv')
    writeFileSync(file, `text,label\n${rows.join('\n')}\n`)
    const options = v.parse(RunOptions, { model: 'ngram' })
    const curve = (): ReturnType<typeof learningCurve> =>
      learningCurve([file], options, () => undefined, new AbortController().signal)
    const first = await curve()
    const { points, valid } = first
    assert.deepEqual(
      points.map(({ share }) => share),
      [0.1, 0.25, 0.5, 1],
    )
    assert.ok(points.every((point, i) => i === 0 || point.rows > (points[i - 1]?.rows ?? 0)))
    assert.equal(points.at(-1)?.accuracy, 1)
    assert.ok(valid > 20)
    assert.deepEqual(await curve(), first)
  })
})
