import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ruleOf, unsupported } from '../../../src/trainer/autodiff/rule.ts'
import { rules } from '../../../src/trainer/autodiff/rules/index.ts'
import type { Model } from '../../../src/trainer/onnx/model.ts'
import { makeModel, makeNode, type NodeSketch } from '../onnx/build.ts'
import { float32, gradientsOf } from './gradients.ts'

const model = (nodes: readonly NodeSketch[], inputs: readonly string[], output = 'y'): Model =>
  makeModel({
    opset: 18,
    nodes,
    inputs: inputs.map((name) => ({ name, type: 'float32', dims: null })),
    outputs: [{ name: output, type: 'float32', dims: null }],
  })

test('a value that is read several times receives the sum of its gradients', async () => {
  const nodes = [
    { op: 'Mul', inputs: ['x', 'x'], outputs: ['square'] },
    { op: 'Add', inputs: ['square', 'x'], outputs: ['y'] },
  ]
  const { x } = await gradientsOf(model(nodes, ['x']), { x: float32([3], [1, 2, -3]) }, ['x'])
  assert.deepEqual(x, [3, 5, -5])
})

test('a value that the loss does not depend on has no gradient', async () => {
  const nodes = [
    { op: 'Mul', inputs: ['x', 'x'], outputs: ['y'] },
    { op: 'Exp', inputs: ['z'], outputs: ['unused'] },
  ]
  const feeds = { x: float32([1], [2]), z: float32([1], [1]) }
  assert.deepEqual(await gradientsOf(model(nodes, ['x', 'z']), feeds, ['x', 'z']), { x: [4] })
})

test('no gradient passes through whole numbers and conditions', async () => {
  const nodes = [
    { op: 'Cast', inputs: ['x'], outputs: ['whole'], attributes: { to: 7 } },
    { op: 'Cast', inputs: ['whole'], outputs: ['floor'], attributes: { to: 1 } },
    { op: 'Mul', inputs: ['x', 'floor'], outputs: ['y'] },
  ]
  const { x } = await gradientsOf(model(nodes, ['x']), { x: float32([2], [2.5, 3.5]) }, ['x'])
  assert.deepEqual(x, [2, 3])
})

test('a gradient passes through float64 and back', async () => {
  const nodes = [
    { op: 'Cast', inputs: ['x'], outputs: ['wide'], attributes: { to: 11 } },
    { op: 'Mul', inputs: ['wide', 'wide'], outputs: ['square'] },
    { op: 'Cast', inputs: ['square'], outputs: ['y'], attributes: { to: 1 } },
  ]
  const { x } = await gradientsOf(model(nodes, ['x']), { x: float32([2], [2, -3]) }, ['x'])
  assert.deepEqual(x, [4, -6])
})

test('equal extremes share their gradient', async () => {
  const feeds = { a: float32([3], [1, 2, 3]), b: float32([3], [1, 5, 3]) }
  for (const op of ['Max', 'Min']) {
    const { a, b } = await gradientsOf(
      model([{ op, inputs: ['a', 'b'], outputs: ['y'] }], ['a', 'b']),
      feeds,
      ['a', 'b'],
    )
    const [first, second] = op === 'Max' ? [a, b] : [b, a]
    assert.deepEqual(first, [0.5, 0, 0.5])
    assert.deepEqual(second, [0.5, 1, 0.5])
  }
  const { x } = await gradientsOf(
    model([{ op: 'ReduceMax', inputs: ['x'], outputs: ['y'] }], ['x']),
    { x: float32([4], [2, 1, 2, 0]) },
    ['x'],
  )
  assert.deepEqual(x, [0.5, 0, 0.5, 0])
})

test('the length of a zero vector has the gradient 0', async () => {
  const { x } = await gradientsOf(
    model([{ op: 'ReduceL2', inputs: ['x'], outputs: ['y'] }], ['x']),
    { x: float32([2], [0, 0]) },
    ['x'],
  )
  assert.deepEqual(x, [0, 0])
})

test('a product with a zero among its factors gives that one the product of the others', async () => {
  const gradient = async (values: readonly number[]) => {
    const { x } = await gradientsOf(
      model([{ op: 'ReduceProd', inputs: ['x'], outputs: ['y'] }], ['x']),
      { x: float32([3], values) },
      ['x'],
    )
    return x
  }
  assert.deepEqual(await gradient([2, 3, 4]), [12, 8, 6])
  assert.deepEqual(await gradient([2, 0, 4]), [0, 8, 0])
  assert.deepEqual(await gradient([0, 0, 4]), [0, 0, 0])
})

test('what has no rule is refused with the operator, be it of another domain', async () => {
  const quantised = { op: 'MatMulNBits', domain: 'com.microsoft', inputs: ['x'], outputs: ['y'] }
  assert.equal(ruleOf(rules, makeNode(quantised)), undefined)
  assert.equal(
    ruleOf(rules, makeNode({ op: 'Relu', domain: 'ours', inputs: ['x'], outputs: ['y'] })),
    undefined,
  )
  assert.equal(ruleOf(rules, makeNode({ op: 'constructor', inputs: ['x'], outputs: ['y'] })), undefined)
  assert.match(unsupported(makeNode(quantised)).message, /MatMulNBits.*quantised weights/)
})
