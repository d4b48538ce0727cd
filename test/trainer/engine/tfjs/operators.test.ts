import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom } from '../../../../src/data/random.ts'
import { UserError } from '../../../../src/shared/error.ts'
import { backward } from '../../../../src/trainer/autodiff/backward.ts'
import { GraphBuilder } from '../../../../src/trainer/autodiff/builder.ts'
import { rules } from '../../../../src/trainer/autodiff/rules/index.ts'
import { openSession, output } from '../../../../src/trainer/engine/runtime.ts'
import { specialise, toModel } from '../../../../src/trainer/engine/specialise.ts'
import { elements, type Tensor } from '../../../../src/trainer/engine/tensor.ts'
import { operators } from '../../../../src/trainer/engine/tfjs/operators.ts'
import { openTfjsSession } from '../../../../src/trainer/engine/tfjs/session.ts'
import { type RuleCase, tableName } from '../../autodiff/cases/case.ts'
import {
  drawValues,
  fedTensors,
  floatTensor,
  inputName,
  modelOf,
  outputName,
} from '../../autodiff/cases/draw.ts'
import { oneThread } from '../../autodiff/gradients.ts'
import { ruleCases } from '../../autodiff/rule-cases.ts'
import { useTensorFlow } from './tensorflow.ts'

const tf = await useTensorFlow()

/** A case's node and its gradients in one graph, with something to feed it. */
const trainingGraph = async (ruleCase: RuleCase) => {
  const random = createRandom(7, `${ruleCase.op} ${ruleCase.what}`)
  const drawn: number[] = []
  const feeds: Record<string, Tensor> = fedTensors(ruleCase.inputs)
  const variables = new Set<string>()
  for (const [i, input] of ruleCase.inputs.entries())
    if (input?.kind === 'variable' || input?.kind === 'still') {
      const values = drawValues(random, elements(input.dims), input.range, drawn)
      feeds[inputName(i)] = floatTensor('float32', input.dims, values)
      if (input.kind === 'variable') variables.add(inputName(i))
    }
  const { opsets, graph } = modelOf(ruleCase, 'float32')
  const forward = await specialise(oneThread, { opsets, graph, weights: new Map() }, feeds)
  const b = new GraphBuilder(forward)
  const results = (ruleCase.outputs ?? [true]).flatMap((isUsed, i) => (isUsed ? [outputName(i)] : []))
  const seeds = new Map(
    results.map((name) => {
      const dims = b.dims(name)
      feeds[`~${name}`] = floatTensor('float32', dims, drawValues(random, elements(dims), 'any', []))
      return [name, b.input(`~${name}`, 'float32', dims)] as const
    }),
  )
  const { dense } = backward(b, forward.nodes, seeds, variables)
  const wanted = [...new Set([...results, ...dense.values()])].filter((name) => !(name in feeds))
  return { model: toModel(b.graph(wanted), opsets), feeds, wanted }
}

const norm = (x: readonly number[]): number => Math.hypot(...x)

const assertEqual = (one: Tensor, other: Tensor, what: string): void => {
  assert.deepEqual(one.dims, other.dims, what)
  const [x, y] = [one, other].map(({ data }) => Array.from<number | bigint, number>(data, Number))
  assert.ok(x && y)
  const difference = norm(x.map((value, i) => value - (y[i] ?? Number.NaN)))
  assert.ok(difference <= 3e-6 * (norm(y) + 1), `${what}: ${difference} of ${norm(y)}`)
}

/** Uses that are refused, each in one line, by operator and case. */
const REFUSED: readonly string[] = [
  'Conv, three axes',
  'Conv, dilations and strides',
  'Conv, upper padding by the operator',
  'Conv, lower padding by the operator',
  'Conv, many channels, dilations, some unread',
  'ConvTranspose, dilations',
  'ConvTranspose, length by the operator',
  'ConvTranspose, upper padding by the operator',
  'ConvTranspose, three axes',
  'Pad, edges',
  'Pad, wrapped',
]

for (const op of Object.keys(rules).filter((name) => Object.hasOwn(operators, name)))
  test(`${op}: TensorFlow.js computes it and its gradients as onnxruntime does`, async () => {
    for (const ruleCase of ruleCases.filter((other) => tableName(other) === op)) {
      const what = `${op}, ${ruleCase.what}`
      const { model, feeds, wanted } = await trainingGraph(ruleCase)
      if (wanted.length === 0) continue
      const first = await openSession(oneThread, model)
      const expected = await first.run(feeds, wanted)
      await first.release()
      const before = tf.memory().numTensors
      try {
        const second = openTfjsSession(tf, model)
        const results = await second.run(feeds, wanted)
        await second.release()
        for (const name of wanted) assertEqual(output(results, name), output(expected, name), what)
      } catch (error) {
        if (!(error instanceof UserError)) {
          if (error instanceof Error) error.message = `${what}: ${error.message}`
          throw error
        }
        assert.ok(REFUSED.includes(what), `${what}: ${error.message}`)
        continue
      }
      assert.ok(!REFUSED.includes(what), `${what} is refused no more`)
      assert.equal(tf.memory().numTensors, before, `${what}: all tensors are given back`)
    }
  })
