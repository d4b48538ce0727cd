import { GraphBuilder } from '../autodiff/builder.ts'
import { floatOutput, openSession, type Runtime } from '../engine/runtime.ts'
import { toModel } from '../engine/specialise.ts'
import { OPSET } from '../onnx/model.ts'
import type { Head } from '../tasks/head.ts'
import { solvePositive } from './cholesky.ts'
import { centred, headLogits, type Probe, spread, unscaled } from './probe.ts'

/** Features [rows, width] with the number of each row, standardised. */
export interface Numbered {
  readonly features: Float32Array
  readonly targets: Float64Array
}

/** Rows of one product; more are taken in turns, so that memory stays the same for any number of rows. */
const CHUNK = 8192
/** Strengths of L2, from strong to weak, as a share of the rows, on centred features of unit variance. */
const STRENGTHS = [10, 3, 1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003]
/** The strength that training starts from (docs/regression.md). */
const START = 1

/**
 * The linear probe of numbers: ridge regression on the features of the untouched encoder, by the normal equations.
 * The strength of L2 is the one with the least squared error on the validation rows. Training starts from a head of
 * stronger L2: where rows are few the best one fits them exactly by large weights, and leaves the layers below
 * nothing to learn.
 */
export const trainRidgeProbe = async (
  runtime: Runtime,
  train: Numbered,
  valid: Numbered,
  tick: (share: number) => Promise<void>,
): Promise<Probe> => {
  const rows = train.targets.length
  const width = train.features.length / rows
  const { mean, deviation } = spread(train.features, width)
  const scaled = centred(train.features, mean, deviation)
  const offset = train.targets.reduce((sum, target) => sum + target / rows, 0)
  const aims = Float32Array.from(train.targets, (target) => target - offset)
  const { gram, product } = await normalEquations(runtime, scaled, aims, width, (share) => tick(share / 2))
  let best: { head: Head; error: number } | null = null
  let start: Head | null = null
  for (const [i, strength] of STRENGTHS.entries()) {
    const matrix = gram.slice()
    for (let k = 0; k < width; k++) matrix[k * width + k] = (matrix[k * width + k] ?? 0) + strength * rows
    const weights = solvePositive(matrix, product)
    if (weights) {
      const head = unscaled(Float64Array.of(...weights, offset), mean, deviation, width, 1)
      const answers = headLogits(head, valid.features)
      const error = answers.reduce((sum, answer, row) => sum + (answer - (valid.targets[row] ?? 0)) ** 2, 0)
      if (strength >= START) start = head
      if (!best || error < best.error) best = { head, error }
    }
    await tick(0.5 + (i + 1) / STRENGTHS.length / 2)
  }
  if (!best) throw new Error('no probe was trained')
  return { best: best.head, start: start ?? best.head }
}

/** X'X [width, width] and X'y [width] of centred features, summed over chunks in double precision. */
const normalEquations = async (
  runtime: Runtime,
  features: Float32Array,
  targets: Float32Array,
  width: number,
  tick: (share: number) => Promise<void>,
): Promise<{ gram: Float64Array; product: Float64Array }> => {
  const rows = Math.min(CHUNK, targets.length)
  const b = new GraphBuilder({ nodes: [], values: new Map(), constants: new Map(), inputs: [], outputs: [] })
  const x = b.input('x', 'float32', [rows, width])
  const y = b.input('y', 'float32', [rows, 1])
  const outputs = [b.gemm(x, x, { transA: true }), b.gemm(x, y, { transA: true })]
  const session = await openSession(
    { ...runtime, device: 'cpu' },
    toModel(b.graph(outputs), new Map([['', OPSET]])),
  )
  const gram = new Float64Array(width * width)
  const product = new Float64Array(width)
  try {
    for (let from = 0; from < targets.length; from += rows) {
      // The last chunk is filled with zeros, which add nothing.
      const part = new Float32Array(rows * width)
      part.set(features.subarray(from * width, (from + rows) * width))
      const wanted = new Float32Array(rows)
      wanted.set(targets.subarray(from, from + rows))
      const results = await session.run(
        {
          x: { type: 'float32', dims: [rows, width], data: part },
          y: { type: 'float32', dims: [rows, 1], data: wanted },
        },
        outputs,
      )
      for (const [i, sum] of [gram, product].entries())
        for (const [k, value] of floatOutput(results, outputs[i] ?? '').entries())
          sum[k] = (sum[k] ?? 0) + value
      await tick(Math.min(1, (from + rows) / targets.length))
    }
  } finally {
    await session.release()
  }
  return { gram, product }
}
