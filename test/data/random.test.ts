import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom, restoreRandom } from '../../src/data/random.ts'

const words = (random: ReturnType<typeof createRandom>, n: number) =>
  Array.from({ length: n }, () => random.next() * 2 ** 32)

test('gives the published first values of xoshiro128**', () => {
  // As in the tests of rand_xoshiro, taken from the reference implementation in C.
  assert.deepEqual(
    words(restoreRandom([1, 2, 3, 4]), 10),
    [11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804],
  )
})

test('a seed fills the state by SplitMix64', () => {
  assert.deepEqual(createRandom(42).state(), [803958421, 3184996902, 2993090819, 686809907])
})

test('goes on from an exported state', () => {
  const random = createRandom(7)
  words(random, 1001)
  const state = JSON.parse(JSON.stringify(random.state()))
  assert.deepEqual(words(restoreRandom(state), 50), words(random, 50))
})

test('each purpose and each seed has a sequence of its own', () => {
  const first = new Set(
    [createRandom(1), createRandom(2), createRandom(1, 'split'), createRandom(1, 'order')].map((r) =>
      r.next(),
    ),
  )
  assert.equal(first.size, 4)
  assert.throws(() => createRandom(-1), RangeError)
  assert.throws(() => createRandom(0.5), RangeError)
})

test('below is uniform and shuffle is a permutation that depends on the seed alone', () => {
  const random = createRandom(3)
  const counts = new Array(7).fill(0)
  for (let i = 0; i < 70_000; i++) counts[random.below(7)]++
  for (const count of counts) assert.ok(Math.abs(count - 10_000) < 400, String(counts))
  for (let i = 0; i < 100; i++) assert.ok(random.below(2 ** 32) < 2 ** 32)
  assert.equal(random.below(1), 0)
  const order = () => createRandom(9).shuffle(Array.from({ length: 100 }, (_, i) => i))
  assert.deepEqual(order(), order())
  assert.deepEqual(
    order().sort((x, y) => x - y),
    Array.from({ length: 100 }, (_, i) => i),
  )
})
