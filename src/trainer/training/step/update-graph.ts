import { GraphBuilder } from '../../autodiff/builder.ts'
import { toModel } from '../../engine/specialise.ts'
import type { Tensor } from '../../engine/tensor.ts'
import type { Model } from '../../onnx/model.ts'
import type { TensorUpdate } from './steps.ts'

/** One of the tensors that a graph changes. */
export interface Changed {
  readonly name: string
  readonly dims: readonly number[]
}

/** A graph from tensors to what they are next. */
export interface ChangeGraph {
  readonly model: Model
  /** The output that an input is replaced by, by the input's name. */
  readonly next: ReadonlyMap<string, string>
}

/** What a tensor's weights, their gradient and so on are called as inputs of these graphs. */
export const inputName = (
  of: 'weight' | 'gradient' | 'more' | 'first' | 'second' | 'mean',
  tensor: string,
): string => `${of} ${tensor}`

const OPSETS: Model['opsets'] = new Map([['', 18]])
const newBuilder = (): GraphBuilder =>
  new GraphBuilder({ nodes: [], values: new Map(), constants: new Map(), inputs: [], outputs: [] })

/** Numbers of a step that tensors of the same rate, steps and decay share. */
const NUMBERS = ['rate', 'correction', 'keep'] as const

export interface UpdateGraph extends ChangeGraph {
  /** The output that is the norm of all gradients before clipping. */
  readonly norm: string
  /** For each group of tensors that share the numbers of a step one of them. */
  readonly groups: readonly string[]
}

/**
 * The optimiser as a graph: from weights, gradients and moments to the next ones. The formulas are those of
 * `optimiser.ts`, in single precision.
 *
 * @param updateOf how a tensor is updated in any step that all of them are trained in
 * @param clip the largest norm of all gradients together
 */
export const updateGraph = (
  tensors: readonly Changed[],
  updateOf: (name: string) => TensorUpdate,
  clip: number,
): UpdateGraph => {
  const b = newBuilder()
  const gradients = tensors.map(({ name, dims }) => b.input(inputName('gradient', name), 'float32', dims))
  const norm = b.sqrt(gradients.map((gradient) => sumOfSquares(b, gradient)).reduce(b.add))
  const clipped = b.div(b.scalar(clip), b.add(norm, b.scalar(1e-6)))
  const scale = b.where(b.greater(norm, b.scalar(clip)), clipped, b.scalar(1))

  const next = new Map<string, string>()
  const groups = new Map<string, { readonly tensor: string; readonly numbers: readonly string[] }>()
  for (const [i, { name, dims }] of tensors.entries()) {
    const { settings, lr, step } = updateOf(name)
    const { method, beta1, beta2, epsilon, weightDecay } = settings
    const key = `${lr} ${step} ${weightDecay}`
    const group = groups.get(key) ?? {
      tensor: name,
      numbers: NUMBERS.map((number) => b.input(`${number} ${groups.size}`, 'float32', [])),
    }
    groups.set(key, group)
    const [rate = '', correction = '', keep = ''] = group.numbers
    const weight = b.input(inputName('weight', name), 'float32', dims)
    const first = b.input(inputName('first', name), 'float32', dims)
    const scaled = b.mul(gradients[i] ?? '', scale)
    // AdamW decays the weight, the others by way of the gradient.
    const decayed = method !== 'adamw' || weightDecay === 0 ? weight : b.mul(weight, keep)
    const gradient =
      method === 'adamw' || weightDecay === 0 ? scaled : b.add(scaled, b.mul(weight, b.scalar(weightDecay)))
    const kept = b.mul(first, b.scalar(beta1))
    if (method === 'sgd') {
      const moved = b.add(kept, gradient)
      next.set(first, moved).set(weight, b.sub(decayed, b.mul(moved, rate)))
      continue
    }
    const second = b.input(inputName('second', name), 'float32', dims)
    const moved = b.add(kept, b.mul(gradient, b.scalar(1 - beta1)))
    const square = b.mul(b.mul(gradient, gradient), b.scalar(1 - beta2))
    const spread = b.add(b.mul(second, b.scalar(beta2)), square)
    const root = b.add(b.sqrt(b.mul(spread, correction)), b.scalar(epsilon))
    next
      .set(first, moved)
      .set(second, spread)
      .set(weight, b.sub(decayed, b.div(b.mul(moved, rate), root)))
  }
  const model = toModel(b.graph([norm, ...next.values()]), OPSETS)
  return { model, next, norm, groups: [...groups.values()].map(({ tensor }) => tensor) }
}

/** What the update graph reads of a step. */
export const stepNumbers = (
  { groups }: UpdateGraph,
  updateOf: (name: string) => TensorUpdate,
): Record<string, Tensor> => {
  const feeds: Record<string, Tensor> = {}
  for (const [i, tensor] of groups.entries()) {
    const { settings, lr, step } = updateOf(tensor)
    const { method, beta1, beta2, weightDecay } = settings
    const values = {
      rate: method === 'sgd' ? lr : lr / (1 - beta1 ** step),
      correction: 1 / (1 - beta2 ** step),
      keep: 1 - lr * weightDecay,
    }
    for (const number of NUMBERS) feeds[`${number} ${i}`] = single(values[number])
  }
  return feeds
}

/** From the running mean of the weights, and the weights, to the next mean. */
export const meanGraph = (tensors: readonly Changed[]): ChangeGraph => {
  const b = newBuilder()
  const share = b.input('share', 'float32', [])
  const next = new Map<string, string>()
  for (const { name, dims } of tensors) {
    const mean = b.input(inputName('mean', name), 'float32', dims)
    const weight = b.input(inputName('weight', name), 'float32', dims)
    next.set(mean, b.add(mean, b.mul(b.sub(weight, mean), share)))
  }
  return { model: toModel(b.graph([...next.values()]), OPSETS), next }
}

/** @param share of the next mean that the weights are */
export const meanNumbers = (share: number): Record<string, Tensor> => ({ share: single(share) })

/** From the gradients of two parts of a batch to their sum. */
export const sumGraph = (tensors: readonly Changed[]): ChangeGraph => {
  const b = newBuilder()
  const next = new Map<string, string>()
  for (const { name, dims } of tensors) {
    const gradient = b.input(inputName('gradient', name), 'float32', dims)
    next.set(gradient, b.add(gradient, b.input(inputName('more', name), 'float32', dims)))
  }
  return { model: toModel(b.graph([...next.values()]), OPSETS), next }
}

const single = (value: number): Tensor => ({ type: 'float32', dims: [], data: Float32Array.of(value) })

/** In two sums, as one of millions of numbers one after another would lose digits. */
const sumOfSquares = (b: GraphBuilder, x: string): string => {
  const { length: rank } = b.dims(x)
  if (rank === 0) return b.mul(x, x)
  const rows = b.reduce('ReduceSumSquare', x, [rank - 1], false)
  return rank === 1 ? rows : b.sum(rows, [], false)
}
