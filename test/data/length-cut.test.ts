import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lengthCut } from '../../src/data/length-cut.ts'

test('what lies beyond a limit is counted in texts and in tokens', () => {
  assert.deepEqual(lengthCut([4, 1, 3], 2), { texts: 2, share: 3 / 8 })
  assert.deepEqual(lengthCut([4, 1, 3], 4), { texts: 0, share: 0 })
  assert.deepEqual(lengthCut([], 4), { texts: 0, share: 0 })
})
