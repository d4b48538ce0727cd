import assert from 'node:assert/strict'
import * as v from 'valibot'
import { type ResolvedOptions, SettledOptions } from '../../../src/shared/config.ts'
import type { Runtime } from '../../../src/trainer/engine/runtime.ts'
import { weightOf } from '../../../src/trainer/engine/weights.ts'
import { openSteps } from '../../../src/trainer/training/step/open-steps.ts'
import { startMean } from '../../../src/trainer/training/step/running-mean.ts'
import { type Loop, newMoments, type Steps } from '../../../src/trainer/training/step/steps.ts'
import { rows, tinyNetwork } from './tiny-network.ts'

const STEPS = 10
export const webgpu: Runtime = { device: 'webgpu', threads: 1 }

const options: Omit<ResolvedOptions, 'device'> = {
  ...v.parse(SettledOptions, {}),
  task: 'classify',
  metric: 'accuracy',
  strategy: 'full',
  embeddings: 'frozen',
  pooling: 'mean',
  epochs: 1,
  batch: 4,
  lr: 1e-2,
  warmup_steps: 0,
  max_length: 6,
  // Clips some steps and others not.
  clip: 1,
  weight_decay: 0.1,
  seed: 1,
}

export interface Result {
  readonly losses: readonly number[]
  readonly norms: readonly number[]
  /** Weights, moments and mean, by the name of the weight. */
  readonly tensors: ReadonlyMap<string, Float32Array>
}

/** Ten steps on the tiny network, three batches in turn, and what the host has of them after settling. */
export async function tenSteps(
  runtime: Runtime,
  change: Partial<ResolvedOptions> = {},
  interval = 0,
  taken: () => void = () => undefined,
): Promise<Result> {
  const device = runtime.device === 'tfjs' ? 'cpu' : runtime.device
  const own: ResolvedOptions = { ...options, device, ...change }
  const tiny = await tinyNetwork({
    batch: own.batch,
    dropout: own.dropout,
    interval,
  })
  const trainables = { dense: tiny.trainables.dense, tables: [] }
  const loop: Loop = {
    ...tiny,
    runtime,
    options: own,
    trainables,
    rows,
    moments: newMoments(tiny.model, trainables, own.optimiser),
    mean: own.average > 0 ? startMean(tiny.model, trainables.dense) : null,
  }
  const steps: Steps = await openSteps(loop)
  const [losses, norms]: number[][] = [[], []]
  for (let step = 0; step < STEPS; step++) {
    const from = (step % 3) * own.batch
    const { loss, gradientNorm } = await steps.take(
      rows.slice(from, from + own.batch),
      own.lr,
      step,
      own.accumulate === 'auto' ? 1 : own.accumulate,
    )
    losses?.push(loss)
    norms?.push(gradientNorm)
    taken()
  }
  await steps.settle()
  await steps.release()
  const tensors = new Map<string, Float32Array>()
  for (const name of trainables.dense) {
    const moments = loop.moments.get(name)
    const mean = loop.mean?.get(name)
    tensors.set(name, weightOf(tiny.model, name).slice())
    if (moments) tensors.set(`first ${name}`, moments.first).set(`second ${name}`, moments.second)
    if (mean) tensors.set(`mean ${name}`, mean)
  }
  return { losses: losses ?? [], norms: norms ?? [], tensors }
}

const norm = (x: Float32Array): number => Math.hypot(...x)

export function assertEqual(got: Result, expected: Result, tolerance: number): void {
  const near = (a: number, b: number, what: string): void =>
    assert.ok(Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b)), `${what}: ${a}, the processor ${b}`)
  for (const [i, loss] of expected.losses.entries()) near(got.losses[i] ?? Number.NaN, loss, `loss ${i}`)
  for (const [i, length] of expected.norms.entries()) near(got.norms[i] ?? Number.NaN, length, `norm ${i}`)
  for (const [name, tensor] of expected.tensors) {
    // Softmax takes no notice of it: its gradient is rounding alone, and Adam divides by the size of that.
    if (name.endsWith('key.bias')) continue
    const other = got.tensors.get(name) ?? new Float32Array()
    assert.equal(other.length, tensor.length, name)
    const distance = norm(tensor.map((value, i) => value - (other[i] ?? Number.NaN)))
    assert.ok(
      distance <= tolerance * (norm(tensor) + 1e-3),
      `${name} differs by ${distance} of ${norm(tensor)}`,
    )
  }
}
