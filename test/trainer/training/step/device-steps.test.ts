import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { ResolvedOptions } from '../../../../src/shared/config.ts'
import { oneThread } from '../../autodiff/gradients.ts'
import { deviceOnProcessor } from '../../engine/device-on-processor.ts'
import { assertEqual, tenSteps, webgpu } from '../ten-steps.ts'

const cases: readonly (readonly [string, Partial<ResolvedOptions>, number])[] = [
  ['AdamW', {}, 0],
  ['Adam', { optimiser: 'adam' }, 0],
  ['SGD', { optimiser: 'sgd', average: 0 }, 0],
  ['batches in parts', { accumulate: 2 }, 0],
  ['layers that join late, each at a rate of its own', { layer_decay: 0.7 }, 2],
]

for (const [what, change, interval] of cases)
  test(`${what}: ten steps of the optimiser as a graph are those of the host`, async (t: TestContext) => {
    const expected = await tenSteps(oneThread, change, interval)
    const sessions = deviceOnProcessor(t)
    assertEqual(await tenSteps(webgpu, change, interval), expected, 1e-4)
    assert.ok(sessions.opened > 0)
  })

test('a step exchanges a batch and a few numbers with the device, no weight, gradient or moment', async (t) => {
  const seen = deviceOnProcessor(t)
  const crossed: number[] = []
  const { tensors } = await tenSteps(webgpu, {}, 0, () => crossed.push(seen.crossed))
  const bytes = [...tensors.values()].reduce((sum, { byteLength }) => sum + byteLength, 0)
  const steps = crossed.slice(1).map((now, i) => now - (crossed[i] ?? 0))
  t.diagnostic(`${Math.max(...steps)} bytes a step, of weights and state ${bytes}`)
  for (const step of steps) assert.ok(step < bytes / 20, `${step} bytes`)
})
