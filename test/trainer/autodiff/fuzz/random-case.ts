import type { Random } from '../../../../src/data/random.ts'
import { ruleGroups } from '../../../../src/trainer/autodiff/rules/index.ts'
import { type CaseInput, ints, type Range, type RuleCase, tableName } from '../cases/case.ts'
import { ruleCases } from '../rule-cases.ts'

/** Draws what a node may look like. */
interface Draw {
  /** A whole number from `from` to `to`. */
  int(from: number, to: number): number
  chance(probability: number): boolean
  pick<T>(values: readonly [T, ...T[]]): T
  list(length: number, from: number, to: number): number[]
}

const drawFrom = (random: Random): Draw => ({
  int: (from, to) => from + random.below(to - from + 1),
  chance: (probability) => random.next() < probability,
  pick: (values) => values[random.below(values.length)] ?? values[0],
  list: (length, from, to) => Array.from({ length }, () => from + random.below(to - from + 1)),
})

const of = (dims: readonly number[], range: Range = 'any'): CaseInput => ({ kind: 'variable', dims, range })
const whole = (dims: readonly number[], values: readonly number[]): CaseInput => ({
  kind: 'fed',
  type: 'int64',
  dims,
  values,
})
const count = (dims: readonly number[]): number => dims.reduce((product, n) => product * n, 1)

type Sketch = Pick<RuleCase, 'inputs' | 'attributes' | 'opset'>
type Generator = (draw: Draw) => Sketch

/** The range that an operator's fixed cases ask of their inputs. */
const rangeOf = (op: string): Range => {
  const input = ruleCases.find((ruleCase) => tableName(ruleCase) === op)?.inputs[0]
  return input?.kind === 'variable' ? input.range : 'any'
}

/** Not so many that those that must be apart have no room. */
const dimsOf = (draw: Draw, least = 1): number[] => draw.list(draw.int(least, 4), 1, 3)

const unary =
  (op: string): Generator =>
  (draw) => ({ inputs: [of(dimsOf(draw, 0), rangeOf(op))] })

/** Dimensions that are broadcast to the given ones. */
const narrowed = (draw: Draw, dims: readonly number[]): number[] =>
  dims.slice(draw.chance(0.3) ? draw.int(0, dims.length) : 0).map((n) => (draw.chance(0.2) ? 1 : n))

const broadcast =
  (first: Range, second: Range, most = 2): Generator =>
  (draw) => {
    const dims = dimsOf(draw)
    const sides = Array.from({ length: most === 2 ? 2 : draw.int(1, most) }, () => narrowed(draw, dims))
    return { inputs: sides.map((side, i) => of(side, i === 0 ? first : second)) }
  }

const reduction =
  (op: string): Generator =>
  (draw) => {
    const dims = dimsOf(draw)
    const axes = dims.flatMap((_, i) => (draw.chance(0.5) ? [draw.chance(0.5) ? i : i - dims.length] : []))
    return {
      inputs: [of(dims, rangeOf(op)), ...(axes.length > 0 ? [ints(...axes)] : [])],
      attributes: { keepdims: draw.int(0, 1) },
    }
  }

const alongAxis: Generator = (draw) => {
  const dims = dimsOf(draw)
  return { inputs: [of(dims)], attributes: { axis: draw.int(-dims.length, dims.length - 1) } }
}

/** A window over one to three axes, and lengths that it fits. */
const windowOf = (draw: Draw, dilated = true) => {
  const rank = draw.int(1, 3)
  const kernel = draw.list(rank, 1, 3)
  const strides = draw.list(rank, 1, 3)
  const dilations = dilated ? draw.list(rank, 1, 2) : kernel.map(() => 1)
  const spans = kernel.map((k, i) => (dilations[i] ?? 1) * (k - 1) + 1)
  const pads = [...kernel, ...kernel].map((k) => draw.int(0, k - 1))
  const lengths = spans.map((span) => span + draw.int(0, 3))
  return { rank, kernel, strides, dilations, pads, lengths }
}

const convolution: Generator = (draw) => {
  const { kernel, strides, dilations, pads, lengths } = windowOf(draw)
  const [group, inputs, outputs] = [draw.int(1, 2), draw.pick([1, 2, 16]), draw.int(1, 2)]
  return {
    inputs: [
      of([draw.int(1, 2), group * inputs, ...lengths]),
      of([group * outputs, inputs, ...kernel]),
      ...(draw.chance(0.5) ? [of([group * outputs])] : []),
    ],
    attributes: { kernel_shape: kernel, strides, dilations, pads, group },
  }
}

const transposedConvolution: Generator = (draw) => {
  const { rank, kernel, strides, dilations, lengths } = windowOf(draw)
  const [group, inputs, outputs] = [draw.int(1, 2), draw.int(1, 2), draw.pick([1, 2, 16])]
  return {
    inputs: [
      of([draw.int(1, 2), group * inputs, ...lengths.map((n) => Math.min(n, 3))]),
      of([group * inputs, outputs, ...kernel]),
      ...(draw.chance(0.5) ? [of([group * outputs])] : []),
    ],
    attributes: {
      kernel_shape: kernel,
      strides,
      dilations,
      group,
      output_padding: strides.map((stride) => draw.int(0, stride - 1)),
      pads: Array.from({ length: 2 * rank }, (_, i) => draw.int(0, ((kernel[i % rank] ?? 1) - 1) >> 1)),
    },
  }
}

const pool =
  (range: Range, extra: Generator = () => ({ inputs: [] })): Generator =>
  (draw) => {
    const { kernel, strides, pads, lengths } = windowOf(draw, false)
    return {
      inputs: [of([draw.int(1, 2), 1, ...lengths], range)],
      attributes: { kernel_shape: kernel, strides, pads, ceil_mode: 0, ...extra(draw).attributes },
    }
  }

const product: Generator = (draw) => {
  const [rows, inner, columns] = [draw.int(1, 4), draw.int(1, 4), draw.int(1, 4)]
  const batch = draw.list(draw.int(0, 2), 1, 2)
  return {
    inputs: [of([...narrowed(draw, batch), rows, inner]), of([...narrowed(draw, batch), inner, columns])],
  }
}

const gemm: Generator = (draw) => {
  const [rows, inner, columns] = [draw.int(1, 4), draw.int(1, 4), draw.int(1, 4)]
  const [transA, transB] = [draw.int(0, 1), draw.int(0, 1)]
  return {
    inputs: [
      of(transA ? [inner, rows] : [rows, inner]),
      of(transB ? [columns, inner] : [inner, columns]),
      ...(draw.chance(0.5) ? [of(narrowed(draw, [rows, columns]))] : []),
    ],
    attributes: { transA, transB, alpha: { kind: 'float', value: 0.7 }, beta: { kind: 'float', value: 1.5 } },
  }
}

const slice: Generator = (draw) => {
  const dims = draw.list(draw.int(1, 3), 2, 6)
  const axes = dims.flatMap((_, i) => (draw.chance(0.7) ? [i] : []))
  const steps = axes.map(() => draw.pick([1, 1, 2, 3, -1, -2]))
  const starts = axes.map((axis) => draw.int(-1, (dims[axis] ?? 1) - 1))
  const ends = axes.map((_, i) => ((steps[i] ?? 1) > 0 ? draw.pick([100, -1]) : -100))
  return { inputs: [of(dims), ints(...starts), ints(...ends), ints(...axes), ints(...steps)] }
}

const pad: Generator = (draw) => {
  const dims = draw.list(draw.int(1, 3), 3, 4)
  const mode = draw.pick(['constant', 'edge', 'reflect'])
  const least = mode === 'constant' ? -1 : 0
  return { inputs: [of(dims), ints(...draw.list(2 * dims.length, least, 2))], attributes: { mode } }
}

const transpose: Generator = (draw) => {
  const dims = dimsOf(draw)
  const perm = dims.map((_, i) => i)
  for (let i = perm.length - 1; i > 0; i--) {
    const k = draw.int(0, i)
    const [a = 0, b = 0] = [perm[i], perm[k]]
    perm[i] = b
    perm[k] = a
  }
  return { inputs: [of(dims)], attributes: { perm } }
}

const concat: Generator = (draw) => {
  const dims = dimsOf(draw)
  const axis = draw.int(0, dims.length - 1)
  const parts = Array.from({ length: draw.int(1, 3) }, () => of(dims.with(axis, draw.int(1, 3))))
  return { inputs: parts, attributes: { axis: draw.chance(0.5) ? axis : axis - dims.length } }
}

const gather: Generator = (draw) => {
  const dims = dimsOf(draw)
  const axis = draw.int(0, dims.length - 1)
  const length = dims[axis] ?? 1
  const picked = draw.list(draw.int(0, 2), 1, 3)
  return {
    inputs: [of(dims), whole(picked, draw.list(count(picked), -length, length - 1))],
    attributes: { axis },
  }
}

const gatherElements: Generator = (draw) => {
  const dims = dimsOf(draw)
  const axis = draw.int(0, dims.length - 1)
  const length = dims[axis] ?? 1
  const picked = dims.with(axis, draw.int(1, 4))
  return {
    inputs: [of(dims), whole(picked, draw.list(count(picked), -length, length - 1))],
    attributes: { axis },
  }
}

const tile: Generator = (draw) => {
  const dims = dimsOf(draw)
  return { inputs: [of(dims), ints(...draw.list(dims.length, 1, 3))] }
}

const expand: Generator = (draw) => {
  const dims = dimsOf(draw)
  return { inputs: [of(narrowed(draw, dims)), ints(...dims)] }
}

const reshape: Generator = (draw) => {
  const dims = dimsOf(draw)
  const halves = dims.length > 1 && draw.chance(0.5) ? [count(dims.slice(0, 1)), -1] : [-1]
  return { inputs: [of(dims), ints(...halves)] }
}

const layerNorm: Generator = (draw) => {
  const dims = draw.list(draw.int(2, 3), 2, 4)
  const axis = draw.int(1, dims.length - 1)
  const inner = dims.slice(axis)
  return {
    inputs: [of(dims), of(inner), ...(draw.chance(0.7) ? [of(inner)] : [])],
    attributes: { axis, epsilon: { kind: 'float', value: 0.1 } },
  }
}

const channelNorm: Generator = (draw) => {
  const dims = [draw.int(1, 2), draw.int(1, 3), ...draw.list(draw.int(1, 2), 2, 4)]
  const each = [dims[1] ?? 1]
  return { inputs: [of(dims), of(each), of(each)], attributes: { epsilon: { kind: 'float', value: 0.1 } } }
}

const cumSum: Generator = (draw) => {
  const dims = dimsOf(draw)
  const axis: CaseInput = {
    kind: 'constant',
    type: 'int64',
    dims: [],
    values: [draw.int(0, dims.length - 1)],
  }
  return { inputs: [of(dims), axis], attributes: { exclusive: draw.int(0, 1), reverse: draw.int(0, 1) } }
}

const resize: Generator = (draw) => {
  const dims = [1, draw.int(1, 2), draw.int(2, 5), draw.int(2, 5)]
  return {
    inputs: [of(dims), null, null, ints(1, dims[1] ?? 1, draw.int(1, 7), draw.int(1, 7))],
    attributes: {
      mode: draw.pick(['nearest', 'linear', 'cubic']),
      coordinate_transformation_mode: draw.pick([
        'half_pixel',
        'asymmetric',
        'align_corners',
        'pytorch_half_pixel',
      ]),
    },
  }
}

const named = (names: string, generator: (op: string) => Generator): Readonly<Record<string, Generator>> =>
  Object.fromEntries(names.split(' ').map((name) => [name, generator(name)]))

/** Operators whose nodes are drawn at random; those of the others are the fixed cases. */
const GENERATORS: Readonly<Record<string, Generator>> = {
  ...Object.fromEntries(
    ['On elements', 'Activations'].flatMap((group) =>
      Object.entries(ruleGroups[group] ?? {}).flatMap(([op, { inputs }]) => {
        const first = ruleCases.find((ruleCase) => tableName(ruleCase) === op)
        const isPlain = inputs === 'x' && first?.opset === undefined && !/softmax|cast/i.test(op)
        return isPlain ? [[op, unary(op)] as const] : []
      }),
    ),
  ),
  ...named('Add Sub Mul', () => broadcast('any', 'any')),
  Div: broadcast('any', 'away from zero'),
  Pow: broadcast('positive', 'any'),
  ...named('Sum Mean', () => broadcast('any', 'any', 3)),
  ...named('Max Min', () => broadcast('distinct', 'distinct')),
  ...named('Softmax LogSoftmax', () => alongAxis),
  ...named(
    'ReduceSum ReduceMean ReduceSumSquare ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceProd ReduceMax ReduceMin',
    reduction,
  ),
  Conv: convolution,
  ConvTranspose: transposedConvolution,
  MaxPool: pool('wide and distinct'),
  AveragePool: pool('any', (draw) => ({ inputs: [], attributes: { count_include_pad: draw.int(0, 1) } })),
  LpPool: pool('positive', (draw) => ({ inputs: [], attributes: { p: draw.int(1, 3) } })),
  MatMul: product,
  Gemm: gemm,
  Slice: slice,
  Pad: pad,
  Transpose: transpose,
  Concat: concat,
  Gather: gather,
  GatherElements: gatherElements,
  Tile: tile,
  Expand: expand,
  Reshape: reshape,
  LayerNormalization: layerNorm,
  InstanceNormalization: channelNorm,
  CumSum: cumSum,
  Resize: resize,
}

/** A node of an operator of the table: drawn, or one of its fixed cases. */
export const randomCase = (random: Random, name: string): RuleCase => {
  const draw = drawFrom(random)
  const fixed = ruleCases.filter((ruleCase) => tableName(ruleCase) === name)
  const generator = GENERATORS[name]
  const [first = { op: name, what: '', inputs: [] }] = fixed
  if (!generator || draw.chance(0.2)) return fixed[random.below(fixed.length)] ?? first
  const { op, domain } = first
  return { op, ...(domain === undefined ? {} : { domain }), what: 'drawn', ...generator(draw) }
}
