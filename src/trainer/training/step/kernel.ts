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
  }
}

/** Numbers that the kernel works on at a time: few enough to stay in the processor's cache between the copies. */
export const CHUNK = 16384

type Update = (
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

type Decay = (bytes: number, scale: number, decay: number) => void
type Descend = (bytes: number, momentum: number, rate: number) => void
type Squares = (bytes: number) => number

const isUpdate = (value: unknown): value is Update => typeof value === 'function'
const isDecay = (value: unknown): value is Decay => typeof value === 'function'
const isDescend = (value: unknown): value is Descend => typeof value === 'function'
const isSquares = (value: unknown): value is Squares => typeof value === 'function'

/** The optimisers' inner loop in WebAssembly (adamw.wat): twice as fast as the same loop in JavaScript. */
const load = () => {
  const module = new WebAssembly.Module(Buffer.from(KERNEL_BASE64, 'base64'))
  const { memory, update, decay, descend, squares } = new WebAssembly.Instance(module).exports
  if (!(memory instanceof WebAssembly.Memory)) throw new Error('the kernel lacks its memory')
  if (!isUpdate(update) || !isDecay(decay) || !isDescend(descend) || !isSquares(squares))
    throw new Error('the kernel lacks an export')
  const array = (index: number) => new Float32Array(memory.buffer, index * CHUNK * 4, CHUNK)
  const [weights, gradient, first, second] = [array(0), array(1), array(2), array(3)]
  return { weights, gradient, first, second, update, decay, descend, squares }
}

export const kernel = load()
