import assert from 'node:assert/strict'
import { totalmem } from 'node:os'
import { test } from 'node:test'
import { availableMemory } from '../../src/trainer/available-memory.ts'

test('what is free is what the system says, and on a Mac half of all memory at least', () => {
  const little = totalmem() / 100
  const most = totalmem() * 0.9
  assert.equal(availableMemory(little, 'linux'), little)
  assert.equal(availableMemory(little, 'win32'), little)
  assert.equal(availableMemory(little, 'darwin'), totalmem() / 2)
  assert.equal(availableMemory(most, 'darwin'), most)
  assert.ok(availableMemory() > 0 && availableMemory() <= totalmem())
})
