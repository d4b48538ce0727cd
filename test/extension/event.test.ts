import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Emitter } from '../../src/extension/event.ts'

test('a listener that another one disposes of while an event is told does not hear it', () => {
  const heard: string[] = []
  const emitter = new Emitter<void>()
  emitter.event(() => {
    heard.push('first')
    second.dispose()
  })
  const second = emitter.event(() => heard.push('second'))
  emitter.fire()
  assert.deepEqual(heard, ['first'])
  assert.equal(emitter.listenerCount, 1)
})

test('a listener that is added while an event is told hears the next one', () => {
  const heard: number[] = []
  const emitter = new Emitter<number>()
  const once = emitter.event(() => {
    once.dispose()
    emitter.event((value) => heard.push(value))
  })
  emitter.fire(1)
  emitter.fire(2)
  assert.deepEqual(heard, [2])
})
