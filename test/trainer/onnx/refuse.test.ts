import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeRefusal } from '../../../src/trainer/onnx/refuse.ts'
import { makeNode } from './build.ts'

test('a refusal names the node and says what to choose instead', () => {
  const refusal = (op: string, name = '', domain = ''): string =>
    describeRefusal(makeNode({ op, name, domain, inputs: ['x'], outputs: ['y'] }))
  assert.match(
    refusal('MatMulInteger', 'query'),
    /^node query \(MatMulInteger\) .*quantised.*fp32 or fp16 file/,
  )
  assert.match(
    refusal('MatMulNBits', '', 'com.microsoft'),
    /^the node that makes y \(com\.microsoft\.MatMulNBits\)/,
  )
  assert.match(refusal('If', 'merged'), /^node merged \(If\) decides at run time/)
  assert.match(refusal('NonMaxSuppression'), /\(NonMaxSuppression\) has no gradient rule/)
})
