import assert from 'node:assert/strict'
import { test } from 'node:test'
import { partsThatFit, withinMemory } from '../../../../src/trainer/training/step/micro-batch.ts'

const MB = 1e6

test('a batch is computed in the fewest parts that the free memory has room for', async () => {
  const asked: number[] = []
  const bytesOf = async (parts: number): Promise<number> => {
    asked.push(parts)
    return (800 * MB) / parts
  }
  assert.equal(await partsThatFit(16, bytesOf, 4000 * MB), 1)
  assert.equal(await partsThatFit(16, bytesOf, 900 * MB), 2)
  assert.equal(await partsThatFit(16, bytesOf, 300 * MB), 4)
  assert.equal(await partsThatFit(16, bytesOf, 1 * MB), 16)
  assert.equal(await partsThatFit(6, bytesOf, 1 * MB), 6)
  assert.deepEqual(asked.slice(0, 3), [1, 1, 2])
})

test('where memory is refused the parts are doubled, down to one row; other failures are passed on', async () => {
  const step = { loss: 1, dense: new Map(), rows: new Map() }
  let released = 0
  const gradients = (refuse: string, until: number) => ({
    of: async (_batch: readonly number[], _step: number, parts: number) => {
      if (parts < until) throw new Error(refuse)
      return step
    },
    release: async () => {
      released++
    },
  })
  const batch = [1, 2, 3, 4, 5, 6]
  for (const words of [
    'std::bad_alloc',
    'bad allocation',
    'Failed to allocate memory for requested buffer of size 1073741824',
    'Array buffer allocation failed',
  ])
    assert.deepEqual(await withinMemory(gradients(words, 3), batch, 0, 1), { result: step, parts: 4 })
  assert.equal(released, 8)
  assert.equal((await withinMemory(gradients('bad allocation', 6), batch, 0, 4)).parts, 6)
  await assert.rejects(withinMemory(gradients('bad allocation', 7), batch, 0, 1), /bad allocation/)
  await assert.rejects(withinMemory(gradients('no such kernel', 3), batch, 0, 1), /no such kernel/)
})
