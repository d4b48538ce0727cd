import { KERNEL_BASE64 } from './adamw-kernel.ts'

// Neither Node's types nor the language's hold this, and those of the browser hold too much.
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array)
  }
  class Instance {
    constructor(module: Module)
    readonly exports: Readonly<Record<string, unknown>>
  }
  class Memory {
    readonly buffer: ArrayBuffer
    /** What lay in the buffer so far is in a new one then. */
    grow(pages: number): number
  }
}

/** Numbers that are brought to the kernel at a time: few enough to stay in the processor's cache. */
export const CHUNK = 16384

const PAGE = 65536
/** Where the arrays begin, behind the room for weights and gradients that are brought. */
const ARRAYS_AT = 2 * PAGE
/** Of a memory, unless one array is longer. */
const MEMORY_BYTES = 2 ** 30

type Update = (
  weights: number,
  gradient: number,
  first: number,
  second: number,
  bytes: number,
  scale: number,
  beta1: number,
  rest1: number,
  beta2: number,
  rest2: number,
  keep: number,
  rate: number,
  correction: number,
  epsilon: number,
) => void

type Decay = (weights: number, gradient: number, bytes: number, scale: number, decay: number) => void
type Descend = (
  weights: number,
  gradient: number,
  first: number,
  bytes: number,
  momentum: number,
  rate: number,
) => void
type Blend = (weights: number, mean: number, bytes: number, share: number) => void
type Squares = (gradient: number, bytes: number) => number

const isUpdate = (value: unknown): value is Update => typeof value === 'function'
const isDecay = (value: unknown): value is Decay => typeof value === 'function'
const isDescend = (value: unknown): value is Descend => typeof value === 'function'
const isBlend = (value: unknown): value is Blend => typeof value === 'function'
const isSquares = (value: unknown): value is Squares => typeof value === 'function'

/** The optimisers' inner loops in WebAssembly (adamw.wat): twice as fast as the same loops in JavaScript. */
export type Kernel = ReturnType<typeof newKernel>

const compiled = new WebAssembly.Module(Buffer.from(KERNEL_BASE64, 'base64'))

/** @param bytes of the arrays that its memory is to hold */
const newKernel = (bytes: number) => {
  const { memory, update, decay, descend, blend, squares } = new WebAssembly.Instance(compiled).exports
  if (!(memory instanceof WebAssembly.Memory)) throw new Error('the kernel lacks its memory')
  if (!isUpdate(update) || !isDecay(decay) || !isDescend(descend) || !isBlend(blend) || !isSquares(squares))
    throw new Error('the kernel lacks an export')
  memory.grow(Math.ceil(bytes / PAGE))
  const { buffer } = memory
  const page = (index: number, length: number) => new Float32Array(buffer, index * PAGE, length)
  return {
    weights: page(0, CHUNK),
    gradient: page(1, CHUNK),
    arrays: (from: number, length: number) => new Float32Array(buffer, ARRAYS_AT + from, length),
    update,
    decay,
    descend,
    blend,
    squares,
  }
}

const kernels = new WeakMap<ArrayBufferLike, Kernel>()

/** A kernel without arrays. */
export const kernel = newKernel(0)

/** Arrays of zeros that the kernel works on in place. */
export const kernelArrays = (lengths: readonly number[]): readonly Float32Array[] => {
  const arrays: Float32Array[] = []
  while (arrays.length < lengths.length) {
    let bytes = 0
    let end = arrays.length
    do bytes += vectors(lengths[end++] ?? 0)
    while (end < lengths.length && bytes + vectors(lengths[end] ?? 0) <= MEMORY_BYTES)
    const own = newKernel(bytes)
    kernels.set(own.weights.buffer, own)
    let from = 0
    for (const length of lengths.slice(arrays.length, end)) {
      arrays.push(own.arrays(from, length))
      from += vectors(length)
    }
  }
  return arrays
}

/** The kernel in whose memory an array is; null where it is in none. */
export const kernelAround = (array: Float32Array): Kernel | null => kernels.get(array.buffer) ?? null

/** The same, of an array that is known to be in one. */
export const kernelOf = (array: Float32Array): Kernel => {
  const found = kernelAround(array)
  if (!found) throw new Error('the array is in no memory of a kernel')
  return found
}

/** Bytes of the vectors that hold so many numbers. */
export const vectors = (numbers: number): number => Math.ceil(numbers / 4) * 16
