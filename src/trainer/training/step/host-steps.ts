import { weightOf } from '../../engine/weights.ts'
import { batchGradients } from './batch-gradient.ts'
import { withinMemory } from './micro-batch.ts'
import { clipScale, type Moments, squaredNorm, updateRows, updateTensor } from './optimiser.ts'
import { updateMean } from './running-mean.ts'
import type { StepResult } from './step.ts'
import { type Loop, type Steps, tensorUpdate } from './steps.ts'

/** Steps whose weights and optimiser lie on the host, where every session reads them as they are. */
export const hostSteps = (loop: Loop, buckets: readonly number[]): Steps => {
  const rooms = new Map([...loop.moments].map(([name, { room }]) => [name, room]))
  const gradients = batchGradients(loop, buckets, rooms)
  return {
    take: async (batch, lr, step, asked) => {
      const { result, parts } = await withinMemory(gradients, batch, step, asked)
      const gradientNorm = update(loop, result, lr, step)
      if (loop.mean && Number.isFinite(gradientNorm))
        updateMean(loop.mean, loop.model, step + 1, loop.options.average)
      return { loss: result.loss, gradientNorm, parts }
    },
    bytesOf: gradients.bytesOf,
    settle: async () => undefined,
    release: () => gradients.release(),
  }
}

/** One step of the optimiser over all that is trained; returns the gradient's norm before clipping. */
const update = (loop: Loop, { dense, rows }: StepResult, lr: number, step: number): number => {
  const { options, model, moments } = loop
  let squares = 0
  for (const gradient of dense.values()) squares += squaredNorm(gradient)
  for (const { gradient } of rows.values()) squares += squaredNorm(gradient)
  const norm = Math.sqrt(squares)
  const scale = clipScale(norm, options.clip)
  for (const [name, gradient] of dense) {
    const { settings, lr: rate, step: own } = tensorUpdate(loop, name, lr, step)
    updateTensor(weightOf(model, name), gradient, momentsOf(moments, name), settings, rate, own, scale)
  }
  for (const [name, gradient] of rows) {
    const { settings, lr: rate, step: own } = tensorUpdate(loop, name, lr, step)
    const width = model.weights.get(name)?.dims[1] ?? 1
    updateRows(weightOf(model, name), width, gradient, momentsOf(moments, name), settings, rate, own, scale)
  }
  return norm
}

const momentsOf = (moments: ReadonlyMap<string, Moments>, name: string): Moments => {
  const found = moments.get(name)
  if (!found) throw new Error(`no moments of ${name}`)
  return found
}
