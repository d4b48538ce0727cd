import { backward } from '../autodiff/backward.ts'
import { GraphBuilder } from '../autodiff/builder.ts'
import { floatOutput, openSession, type Runtime } from '../engine/runtime.ts'
import { toModel } from '../engine/specialise.ts'
import { OPSET } from '../onnx/model.ts'
import type { Head } from '../tasks/head.ts'
import { minimise } from './lbfgs.ts'
import { evaluate } from './metrics.ts'
import { softmaxRows } from './softmax.ts'

/** Features [rows, width] with the label of each row. */
export interface Labelled {
  readonly features: Float32Array
  readonly targets: Int32Array
}

/** Rows of one product; more are taken in turns, so that memory stays the same for any number of rows. */
const CHUNK = 8192
/** Strengths of L2, as C of scikit-learn's LogisticRegression on features of unit variance, from strong to weak. */
const STRENGTHS = [0.004, 0.02, 0.1, 0.5, 2.5]

export interface Probe {
  /** The head that is best on the validation rows with the encoder as it is. */
  readonly best: Head
  /** A head of stronger L2, unsure of itself: training the encoder learns more from there. */
  readonly start: Head
}

/** The strength that training starts from, found by cross-validation (docs/defaults.md). */
const START = 0.02

/**
 * The linear probe: multinomial logistic regression on the features of the untouched encoder, by L-BFGS. The
 * strength of L2 is the one with the least log loss on the validation rows, the weaker ones being tried while
 * it falls.
 *
 * @param tick is called after every iteration with the share of the work that is surely done
 * @returns the strength of the best head too
 */
export const trainProbe = async (
  runtime: Runtime,
  train: Labelled,
  valid: Labelled,
  labels: readonly string[],
  tick: (share: number) => Promise<void>,
): Promise<Probe & { strength: number }> => {
  const regression = await openRegression(runtime, train, labels.length)
  try {
    let fitted: Fitted | null = null
    let best: { head: Head; loss: number; strength: number } | null = null
    let start: Head | null = null
    for (const [i, strength] of STRENGTHS.entries()) {
      fitted = await regression.fit(strength, fitted, () => tick(i / STRENGTHS.length))
      const { head } = fitted
      if (strength <= START) start = head
      const { log_loss } = evaluate(
        softmaxRows(headLogits(head, valid.features), labels.length),
        valid.targets,
        labels,
      )
      if (best && log_loss > best.loss && strength >= START) break
      if (!best || log_loss <= best.loss) best = { head, loss: log_loss, strength }
    }
    if (!best || !start) throw new Error('no probe was trained')
    return { best: best.head, start, strength: best.strength }
  } finally {
    await regression.release()
  }
}

/** A fit, from which the next may begin. */
interface Fitted {
  readonly head: Head
  /** [width + 1, labels], for centred and scaled features. */
  readonly point: Float64Array
}

/** Logistic regression on some rows, to be fitted with one strength of L2 or several. */
export const openRegression = async (runtime: Runtime, train: Labelled, labels: number) => {
  const width = train.features.length / train.targets.length
  const { mean, deviation } = spread(train.features, width)
  const scaled = centred(train.features, mean, deviation)
  const loss = await lossOf(runtime, scaled, train.targets, width, labels)
  return {
    fit: async (strength: number, from: Fitted | null, tick: () => Promise<void>): Promise<Fitted> => {
      const point = await minimise(
        (at) => loss.at(at, 1 / (strength * train.targets.length)),
        from?.point ?? new Float64Array((width + 1) * labels),
        60,
        1e-4 / labels,
        tick,
      )
      return { head: unscaled(point, mean, deviation, width, labels), point }
    },
    release: loss.release,
  }
}

/** [rows, labels] from features [rows, width]. */
export const headLogits = ({ weight, bias }: Head, features: Float32Array): Float32Array => {
  const labels = bias.length
  const width = weight.length / labels
  const rows = features.length / width
  const logits = new Float32Array(rows * labels)
  const sums = new Float64Array(labels)
  for (let row = 0; row < rows; row++) {
    sums.set(bias)
    for (let k = 0; k < width; k++) {
      const x = features[row * width + k] as number
      for (let label = 0; label < labels; label++)
        sums[label] = (sums[label] as number) + x * (weight[k * labels + label] as number)
    }
    logits.set(sums, row * labels)
  }
  return logits
}

/** Mean of each feature, and one deviation for all: their relative sizes mean something. */
export const spread = (features: Float32Array, width: number): { mean: Float64Array; deviation: number } => {
  const rows = features.length / width
  const mean = new Float64Array(width)
  for (let i = 0; i < features.length; i++)
    mean[i % width] = (mean[i % width] as number) + (features[i] as number) / rows
  let squares = 0
  for (let i = 0; i < features.length; i++)
    squares += ((features[i] as number) - (mean[i % width] as number)) ** 2
  return { mean, deviation: Math.sqrt(squares / features.length) || 1 }
}

export const centred = (features: Float32Array, mean: Float64Array, deviation: number): Float32Array =>
  features.map((x, i) => (x - (mean[i % mean.length] as number)) / deviation)

/** The head for features as they come, from one for centred and scaled features. */
export const unscaled = (
  point: Float64Array,
  mean: Float64Array,
  deviation: number,
  width: number,
  labels: number,
): Head => {
  const weight = Float32Array.from(point.subarray(0, width * labels), (w) => w / deviation)
  const bias = Float64Array.from(point.subarray(width * labels))
  for (let k = 0; k < width; k++)
    for (let label = 0; label < labels; label++)
      bias[label] =
        (bias[label] as number) - (mean[k] as number) * ((point[k * labels + label] as number) / deviation)
  return { weight, bias: Float32Array.from(bias) }
}

/** Mean cross-entropy of the training rows and its gradient, on the runtime; L2 is added here. */
const lossOf = async (
  runtime: Runtime,
  features: Float32Array,
  targets: Int32Array,
  width: number,
  labels: number,
) => {
  const rows = Math.min(CHUNK, targets.length)
  const b = new GraphBuilder({ nodes: [], values: new Map(), constants: new Map(), inputs: [], outputs: [] })
  const x = b.input('x', 'float32', [rows, width])
  const y = b.input('y', 'float32', [rows, labels])
  const weight = b.input('weight', 'float32', [width, labels])
  const bias = b.input('bias', 'float32', [labels])
  const value = { type: 'float32', dims: [rows, labels] } as const
  const logits = b.add(b.gemm(x, weight), bias)
  const logs = b.one('LogSoftmax', [logits], value, { axis: -1 })
  const loss = b.neg(b.sum(b.mul(logs, y), [0, 1], false))
  const { dense } = backward(
    b,
    b.graph([]).nodes.slice(),
    new Map([[loss, b.scalar(1)]]),
    new Set([weight, bias]),
  )
  const gradients = [dense.get(weight) ?? '', dense.get(bias) ?? '']
  const outputs = [loss, ...gradients]
  const session = await openSession(
    { ...runtime, device: 'cpu' },
    toModel(b.graph(outputs), new Map([['', OPSET]])),
  )

  const chunks = Array.from({ length: Math.ceil(targets.length / rows) }, (_, chunk) => {
    const from = chunk * rows
    const count = Math.min(rows, targets.length - from)
    // The last chunk is filled with rows that weigh nothing.
    const part = new Float32Array(rows * width)
    part.set(features.subarray(from * width, (from + count) * width))
    const wanted = new Float32Array(rows * labels)
    for (let row = 0; row < count; row++)
      wanted[row * labels + (targets[from + row] ?? 0)] = 1 / targets.length
    return { x: part, y: wanted }
  })
  return {
    at: async (point: Float64Array, decay: number) => {
      const gradient = new Float64Array(point.length)
      let total = 0
      for (let i = 0; i < width * labels; i++) {
        total += (decay / 2) * (point[i] as number) ** 2
        gradient[i] = decay * (point[i] as number)
      }
      const feeds = {
        weight: {
          type: 'float32',
          dims: [width, labels],
          data: Float32Array.from(point.subarray(0, width * labels)),
        },
        bias: { type: 'float32', dims: [labels], data: Float32Array.from(point.subarray(width * labels)) },
      } as const
      for (const chunk of chunks) {
        const results = await session.run(
          {
            ...feeds,
            x: { type: 'float32', dims: [rows, width], data: chunk.x },
            y: { type: 'float32', dims: [rows, labels], data: chunk.y },
          },
          outputs,
        )
        total += floatOutput(results, loss)[0] ?? 0
        let at = 0
        for (const name of gradients)
          for (const g of floatOutput(results, name)) {
            gradient[at] = (gradient[at] as number) + g
            at++
          }
      }
      return { value: total, gradient }
    },
    release: () => session.release(),
  }
}
