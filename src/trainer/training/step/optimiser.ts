import type { ResolvedOptions } from '../../../shared/config.ts'
import { CHUNK, type Kernel, kernel, kernelAround, kernelArrays, kernelOf, vectors } from './kernel.ts'

/**
 * An optimiser on the host, one pass over each tensor, as PyTorch has it: `adamw` (Loshchilov and Hutter, 2019),
 * `adam` (Kingma and Ba, 2015; the decay is part of the gradient), `sgd` (with momentum, neither dampened nor
 * Nesterov's; the decay is part of the gradient).
 */
export interface OptimiserSettings {
  readonly method: ResolvedOptions['optimiser']
  readonly weightDecay: number
  /** Of the running mean of the gradient; the momentum of `sgd`. */
  readonly beta1: number
  /** Of the running mean of the gradient's square. */
  readonly beta2: number
  readonly epsilon: number
}

export const ADAMW: Omit<OptimiserSettings, 'weightDecay'> = {
  method: 'adamw',
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
}

/** The optimiser that a run asks for, without weight decay. */
export const optimiserOf = ({
  optimiser,
  momentum,
}: Pick<ResolvedOptions, 'optimiser' | 'momentum'>): OptimiserSettings => ({
  ...ADAMW,
  method: optimiser,
  beta1: optimiser === 'sgd' ? momentum : ADAMW.beta1,
  weightDecay: 0,
})

/**
 * Running means of a tensor's gradient and of its square, in a kernel's memory; `sgd` keeps but the first, and its
 * `second` is empty.
 */
export interface Moments {
  readonly first: Float32Array
  readonly second: Float32Array
  /** Where the tensor's gradient is best written: beside them it need not be brought to the kernel. */
  readonly room: Float32Array
}

/**
 * Of tensors of so many numbers.
 *
 * @param withRoom not for tables, whose gradients are those of a few rows: their room is empty
 */
export const zeroMoments = (
  lengths: readonly number[],
  method: OptimiserSettings['method'] = 'adamw',
  withRoom = true,
): readonly Moments[] => {
  const moments = method === 'sgd' ? 1 : 2
  // They are one array, as a kernel reaches its own memory alone, and each begins a vector.
  const padded = (length: number): number => vectors(length) / 4
  const arrays = kernelArrays(lengths.map((length) => padded(length) * (moments + (withRoom ? 1 : 0))))
  return arrays.map((array, i) => {
    const length = lengths[i] ?? 0
    const part = (at: number, count: number) =>
      array.subarray(at * padded(length), at * padded(length) + count)
    return {
      first: part(0, length),
      second: part(1, moments === 2 ? length : 0),
      room: part(moments, withRoom ? length : 0),
    }
  })
}

/** The gradient of some rows of a table: row `rows[i]` at `gradient[i * width]`. */
export interface RowGradient {
  /** Ascending, each once. */
  readonly rows: Int32Array
  readonly gradient: Float32Array
}

/**
 * One update of a tensor, in place.
 *
 * @param step of the optimiser, from 1
 * @param scale what the gradient is multiplied by first (clipping)
 */
export const updateTensor = (
  weights: Float32Array,
  gradient: Float32Array,
  moments: Moments,
  settings: OptimiserSettings,
  lr: number,
  step: number,
  scale: number,
): void => update(weights, 0, gradient, 0, weights.length, moments, settings, lr, step, scale)

/** One update of the rows that a batch touched; the others and their moments stay as they are (lazy Adam). */
export const updateRows = (
  table: Float32Array,
  width: number,
  { rows, gradient }: RowGradient,
  moments: Moments,
  settings: OptimiserSettings,
  lr: number,
  step: number,
  scale: number,
): void => {
  for (let i = 0; i < rows.length; i++) {
    const from = (rows[i] ?? 0) * width
    // A row may end within a vector; the other numbers of that are the next row's.
    const next = [moments.first, moments.second].map((of) => of.slice(from + width, from + width + 3))
    update(table, from, gradient, i * width, width, moments, settings, lr, step, scale)
    for (const [k, of] of [moments.first, moments.second].entries())
      if (next[k]) of.set(next[k], Math.min(from + width, of.length))
  }
}

const update = (
  weights: Float32Array,
  offset: number,
  gradient: Float32Array,
  gradientOffset: number,
  length: number,
  { first, second }: Moments,
  { method, weightDecay, beta1, beta2, epsilon }: OptimiserSettings,
  lr: number,
  step: number,
  scale: number,
): void => {
  const isSgd = method === 'sgd'
  const decoupled = method === 'adamw'
  const rate = lr / (1 - beta1 ** step)
  const correction = 1 / (1 - beta2 ** step)
  const keep = decoupled ? 1 - lr * weightDecay : 1
  const own = decoupled ? scale : 1
  const kernel = kernelOf(first)
  const firstAt = first.byteOffset + offset * 4
  const secondAt = second.byteOffset + offset * 4
  for (let done = 0; done < length; done += CHUNK) {
    const from = offset + done
    const count = Math.min(CHUNK, length - done)
    kernel.weights.set(weights.subarray(from, from + count))
    const weightsAt = kernel.weights.byteOffset
    const gradientAt = brought(kernel, gradient, gradientOffset + done, count)
    const bytes = vectors(count)
    if (!decoupled) kernel.decay(weightsAt, gradientAt, bytes, scale, weightDecay)
    if (isSgd) kernel.descend(weightsAt, gradientAt, firstAt + done * 4, bytes, beta1, lr)
    else
      kernel.update(
        weightsAt,
        gradientAt,
        firstAt + done * 4,
        secondAt + done * 4,
        bytes,
        own,
        beta1,
        1 - beta1,
        beta2,
        1 - beta2,
        keep,
        rate,
        correction,
        epsilon,
      )
    weights.set(kernel.weights.subarray(0, count), from)
  }
}

/** The address in the kernel's memory of some numbers of a gradient, which are copied where they lie elsewhere. */
const brought = (kernel: Kernel, gradient: Float32Array, from: number, count: number): number => {
  if (kernelAround(gradient) === kernel) return gradient.byteOffset + from * 4
  kernel.gradient.set(gradient.subarray(from, from + count))
  return kernel.gradient.byteOffset
}

/** Sum of the squares of a gradient, in double precision. */
export const squaredNorm = (gradient: Float32Array): number => {
  const own = kernelAround(gradient) ?? kernel
  const whole = gradient.length - (gradient.length % 4)
  let sum = 0
  for (let from = 0; from < whole; from += CHUNK) {
    const count = Math.min(CHUNK, whole - from)
    sum += own.squares(brought(own, gradient, from, count), vectors(count))
  }
  for (const g of gradient.subarray(whole)) sum += g * g
  return sum
}

/** What every gradient is multiplied by so that their global norm is `clip` at most (Pascanu et al., 2013). */
export const clipScale = (norm: number, clip: number): number => (norm > clip ? clip / (norm + 1e-6) : 1)

/**
 * Sums the gradients of gathered rows by the row of the table they came from, in ascending order of rows and
 * of occurrence: the same result however the gather was executed.
 *
 * @param indices one a gathered row
 * @param gradient [indices.length, width]
 */
export const sumRows = (
  indices: ArrayLike<number | bigint>,
  gradient: Float32Array,
  width: number,
): RowGradient => {
  const order = Int32Array.from({ length: indices.length }, (_, i) => i)
  const of = (i: number): number => Number(indices[i] ?? 0)
  order.sort((a, b) => of(a) - of(b) || a - b)
  const rows: number[] = []
  const sums = new Float32Array(indices.length * width)
  for (const i of order) {
    const row = of(i)
    if (rows.at(-1) !== row) rows.push(row)
    const into = (rows.length - 1) * width
    for (let k = 0; k < width; k++)
      sums[into + k] = (sums[into + k] as number) + (gradient[i * width + k] as number)
  }
  return { rows: Int32Array.from(rows), gradient: sums.subarray(0, rows.length * width) }
}
