import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GraphBuilder } from '../../../src/trainer/autodiff/builder.ts'
import { liveBytes } from '../../../src/trainer/autodiff/live-bytes.ts'

const builder = (): GraphBuilder => {
  const dims = [10, 25]
  return new GraphBuilder({
    nodes: [],
    values: new Map([['x', { type: 'float32', dims }]]),
    constants: new Map(),
    inputs: ['x'],
    outputs: [],
  })
}
const KB = 1000

test('a value counts from where it is made to where it is read last, an output to the end', () => {
  const b = builder()
  const first = b.exp('x')
  const second = b.exp(first)
  const third = b.exp(second)
  assert.equal(liveBytes(b.graph([third])), 2 * KB)
  assert.equal(liveBytes(b.graph([first, third])), 3 * KB)
  const late = b.add(first, third)
  assert.equal(liveBytes(b.graph([late])), 3 * KB)
})

test('another view of a value takes nothing, and keeps the value; what nobody reads is not counted', () => {
  const b = builder()
  const first = b.exp('x')
  const view = b.reshape(first, [250])
  b.exp(first)
  const sum = b.exp(b.reshape(view, [25, 10]))
  assert.equal(liveBytes(b.graph([sum])), 2 * KB)
})
