import {
  any,
  binary,
  distinct,
  END,
  fed,
  float,
  int,
  ints,
  MICROSOFT,
  nonzero,
  positive,
  type RuleCase,
  scalar,
  unary,
} from './cases/case.ts'
import { elementCases } from './cases/elements.ts'
import { otherCases } from './cases/others.ts'
import { spaceCases } from './cases/space.ts'

const reductions = (op: string, input: typeof any = any): RuleCase[] => [
  { op, what: 'last axis kept', inputs: [input(2, 3, 4), ints(-1)], attributes: { keepdims: 1 } },
  { op, what: 'first axis dropped', inputs: [input(2, 3, 4), ints(0)], attributes: { keepdims: 0 } },
  {
    op,
    what: 'several axes out of order, dropped',
    inputs: [input(2, 3, 4), ints(-1, 0)],
    attributes: { keepdims: 0 },
  },
  { op, what: 'several axes kept by default', inputs: [input(2, 3, 4), ints(1, 2)] },
  { op, what: 'all axes, none listed', inputs: [input(2, 3)], attributes: { keepdims: 0 } },
  {
    op,
    what: 'nothing, by noop_with_empty_axes',
    inputs: [input(2, 3)],
    attributes: { noop_with_empty_axes: 1 },
  },
]

const products: RuleCase[] = [
  { op: 'MatMul', what: 'matrices', inputs: [any(2, 3), any(3, 4)] },
  { op: 'MatMul', what: 'weight under a batch of 3 dimensions', inputs: [any(2, 3, 4), any(4, 5)] },
  { op: 'MatMul', what: 'weight under a batch of 4 dimensions', inputs: [any(2, 2, 3, 4), any(4, 2)] },
  { op: 'MatMul', what: 'batched', inputs: [any(2, 3, 4), any(2, 4, 2)] },
  { op: 'MatMul', what: 'a matrix before a batch', inputs: [any(3, 4), any(2, 4, 2)] },
  { op: 'MatMul', what: 'batch dimensions broadcast both ways', inputs: [any(2, 1, 3, 4), any(3, 4, 2)] },
  ...[
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ].flatMap(([transA = 0, transB = 0]): RuleCase[] => {
    const a = transA ? [4, 3] : [3, 4]
    const b = transB ? [5, 4] : [4, 5]
    const what = `transA ${transA}, transB ${transB}`
    return [
      {
        op: 'Gemm',
        what,
        inputs: [any(...a), any(...b), any(5)],
        attributes: { transA, transB, alpha: float(0.5), beta: float(2) },
      },
      {
        op: 'FusedMatMul',
        what: `batched, ${what}`,
        domain: MICROSOFT,
        inputs: [any(2, ...a), any(2, ...b)],
        attributes: { transA, transB, alpha: float(0.5) },
      },
      {
        op: 'FusedMatMul',
        what: `weight under a batch, ${what}`,
        domain: MICROSOFT,
        inputs: [any(2, 2, ...a), any(...b)],
        attributes: { transA, transB, alpha: float(0.5) },
      },
    ]
  }),
  { op: 'Gemm', what: 'no C', inputs: [any(2, 3), any(3, 4)] },
  { op: 'Gemm', what: 'C a column', inputs: [any(2, 3), any(3, 4), any(2, 1)] },
]

const slices: RuleCase[] = [
  { op: 'Slice', what: 'to the end', inputs: [any(4, 5), ints(1), ints(END), ints(1)] },
  { op: 'Slice', what: 'axes and steps by default', inputs: [any(4, 5), ints(1, 0), ints(3, 2)] },
  {
    op: 'Slice',
    what: 'several axes, negative',
    inputs: [any(4, 5, 2), ints(-3, 1), ints(-1, 4), ints(-3, -2)],
  },
  { op: 'Slice', what: 'every second', inputs: [any(5, 3), ints(0), ints(END), ints(0), ints(2)] },
  { op: 'Slice', what: 'all backwards', inputs: [any(2, 5), ints(-1), ints(-END), ints(1), ints(-1)] },
  { op: 'Slice', what: 'backwards by two', inputs: [any(2, 6), ints(4), ints(0), ints(-1), ints(-2)] },
  { op: 'Slice', what: 'bounds beyond the axis', inputs: [any(3, 4), ints(-9), ints(9), ints(1)] },
]

const normalisations: RuleCase[] = [
  { op: 'LayerNormalization', what: 'last axis', inputs: [any(2, 3, 4), any(4), any(4)] },
  { op: 'LayerNormalization', what: 'no bias', inputs: [any(2, 3, 4), any(4)], attributes: { axis: -1 } },
  {
    op: 'LayerNormalization',
    what: 'last two axes, another epsilon',
    inputs: [any(2, 3, 4), any(3, 4), any(3, 4)],
    attributes: { axis: -2, epsilon: float(0.1) },
  },
  {
    op: 'LayerNormalization',
    what: 'axis counted from the front',
    inputs: [any(2, 3, 4), any(4), any(4)],
    attributes: { axis: 2 },
  },
  { op: 'SimplifiedLayerNormalization', what: 'last axis', inputs: [any(2, 3, 4), any(4)] },
  {
    op: 'SimplifiedLayerNormalization',
    what: 'another epsilon',
    inputs: [any(3, 4), any(4)],
    attributes: { axis: -1, epsilon: float(0.1) },
  },
]

const activations: RuleCase[] = [
  unary('Relu', nonzero),
  unary('LeakyRelu', nonzero),
  { op: 'LeakyRelu', what: 'alpha', inputs: [nonzero(2, 3)], attributes: { alpha: float(0.3) } },
  unary('Elu', nonzero),
  { op: 'Elu', what: 'alpha', inputs: [nonzero(2, 3)], attributes: { alpha: float(0.5) } },
  unary('Softplus'),
  unary('Sigmoid'),
  unary('Tanh'),
  unary('Erf'),
  { op: 'Gelu', what: 'of the runtime', domain: MICROSOFT, inputs: [any(2, 3, 4)] },
  { op: 'Gelu', what: 'exact', opset: 20, inputs: [any(2, 3, 4)] },
  { op: 'Gelu', what: 'by tanh', opset: 20, inputs: [any(2, 3, 4)], attributes: { approximate: 'tanh' } },
  ...['Softmax', 'LogSoftmax'].flatMap((op): RuleCase[] => [
    { op, what: 'last axis by default', inputs: [any(2, 3, 4)] },
    { op, what: 'middle axis', inputs: [any(2, 3, 4)], attributes: { axis: 1 } },
    { op, what: 'negative axis', inputs: [any(2, 3, 4)], attributes: { axis: -3 } },
  ]),
]

const elementwise: RuleCase[] = [
  ...binary('Add'),
  ...binary('Sub'),
  ...binary('Mul'),
  ...binary('Div', any, nonzero),
  ...binary('Pow', positive, any),
  { op: 'Pow', what: 'the square', inputs: [any(2, 3), scalar(2)] },
  { op: 'Pow', what: 'the square, whole', inputs: [any(2, 3), int(2)] },
  { op: 'Pow', what: 'the cube', inputs: [any(2, 3), scalar(3)] },
  { op: 'Pow', what: 'the cube, whole', inputs: [any(2, 3), int(3)] },
  { op: 'Pow', what: 'the root', inputs: [positive(2, 3), scalar(0.5)] },
  unary('Neg'),
  unary('Reciprocal', nonzero),
  unary('Sqrt', positive),
  unary('Exp'),
  unary('Log', positive),
  unary('Abs', nonzero),
  ...['Max', 'Min'].flatMap((op): RuleCase[] => [
    { op, what: 'of one', inputs: [any(2, 3)] },
    { op, what: 'of two, broadcast', inputs: [distinct(2, 1, 4), distinct(3, 1)] },
    { op, what: 'of three', inputs: [distinct(2, 3), distinct(3), distinct(2, 1)] },
  ]),
  { op: 'Clip', what: 'both bounds', inputs: [distinct(3, 4), scalar(-0.5), scalar(0.7)] },
  { op: 'Clip', what: 'from below', inputs: [nonzero(3, 4), scalar(0)] },
  { op: 'Clip', what: 'from above', inputs: [nonzero(3, 4), null, scalar(0)] },
  { op: 'Clip', what: 'no bound', inputs: [any(3, 4)] },
  { op: 'Where', what: 'plain', inputs: [fed('bool', [2, 3], [1, 0, 0, 1, 1, 0]), any(2, 3), any(2, 3)] },
  { op: 'Where', what: 'values broadcast', inputs: [fed('bool', [2, 1], [1, 0]), any(3), any()] },
  { op: 'Where', what: 'condition broadcast', inputs: [fed('bool', [3], [1, 0, 1]), any(2, 3), any(2, 1)] },
  { op: 'Cast', what: 'to the same type', inputs: [any(2, 3)], attributes: { to: 1 } },
  unary('Identity'),
  unary('Dropout'),
]

const moves: RuleCase[] = [
  { op: 'Reshape', what: 'with 0 and -1', inputs: [any(2, 3, 4), ints(0, -1)] },
  { op: 'Reshape', what: 'to a scalar', inputs: [any(1, 1), ints()] },
  { op: 'Flatten', what: 'axis 2', inputs: [any(2, 3, 4)], attributes: { axis: 2 } },
  { op: 'Squeeze', what: 'one axis', inputs: [any(2, 1, 3, 1), ints(-1)] },
  { op: 'Squeeze', what: 'every axis of length 1', inputs: [any(2, 1, 3, 1)] },
  { op: 'Unsqueeze', what: 'two axes', inputs: [any(2, 3), ints(0, -1)] },
  { op: 'Expand', what: 'new and stretched axes', inputs: [any(3, 1), ints(2, 1, 4)] },
  { op: 'Expand', what: 'from a scalar', inputs: [any(), ints(2, 3)] },
  { op: 'Transpose', what: 'reversed by default', inputs: [any(2, 3, 4)] },
  { op: 'Transpose', what: 'a cycle', inputs: [any(2, 3, 4)], attributes: { perm: [2, 0, 1] } },
  {
    op: 'Concat',
    what: 'three along a negative axis',
    inputs: [any(2, 1), any(2, 3), any(2, 2)],
    attributes: { axis: -1 },
  },
  { op: 'Concat', what: 'along the first', inputs: [any(1, 2), any(2, 2)], attributes: { axis: 0 } },
  {
    op: 'Split',
    what: 'a part unused',
    inputs: [any(2, 6), ints(1, 2, 3)],
    attributes: { axis: -1 },
    outputs: [true, false, true],
  },
  {
    op: 'Split',
    what: 'in equal parts',
    inputs: [any(4, 3)],
    attributes: { num_outputs: 2 },
    outputs: [false, true],
  },
  ...slices,
  { op: 'Pad', what: 'all axes', inputs: [any(2, 3), ints(1, 0, 2, 1)] },
  { op: 'Pad', what: 'a value, listed axes', inputs: [any(2, 3), ints(2, 1), scalar(0.5), ints(-1)] },
  { op: 'Pad', what: 'negative, which cuts', inputs: [any(3, 5), ints(0, -1, 1, -2)] },
  { op: 'Tile', what: 'two axes', inputs: [any(2, 3), ints(3, 2)] },
  { op: 'Trilu', what: 'upper by default', inputs: [any(2, 3, 3)] },
  { op: 'Trilu', what: 'lower with an offset', inputs: [any(3, 4), int(1)], attributes: { upper: 0 } },
]

const picks: RuleCase[] = [
  {
    op: 'Gather',
    what: 'axis 0, repeated rows',
    inputs: [any(4, 3), fed('int64', [2, 3], [0, 2, 2, 2, -1, 0])],
  },
  {
    op: 'Gather',
    what: 'axis 1',
    inputs: [any(2, 4, 3), fed('int64', [3], [1, 1, 3])],
    attributes: { axis: 1 },
  },
  {
    op: 'Gather',
    what: 'one index, negative axis',
    inputs: [any(2, 3), fed('int64', [], [2])],
    attributes: { axis: -1 },
  },
  { op: 'Gather', what: 'fixed indices', inputs: [any(4, 2), ints(3, 1, 1)] },
  {
    op: 'GatherElements',
    what: 'axis 1, repeated',
    inputs: [any(2, 4), fed('int64', [2, 3], [0, 0, 3, 1, -1, 1])],
    attributes: { axis: 1 },
  },
  {
    op: 'GatherElements',
    what: 'fewer rows than the table',
    inputs: [any(3, 4), fed('int64', [3, 2], [0, 3, 2, 2, 1, 0])],
    attributes: { axis: -1 },
  },
]

/** One or more for every operator of the table, each small enough to read. */
export const ruleCases: readonly RuleCase[] = [
  ...elementwise,
  ...activations,
  ...products,
  ...reductions('ReduceSum'),
  ...reductions('ReduceMean'),
  ...reductions('ReduceSumSquare'),
  ...reductions('ReduceL2', nonzero),
  ...reductions('ReduceMax', distinct),
  ...reductions('ReduceMin', distinct),
  ...reductions('ReduceL1', nonzero),
  ...reductions('ReduceLogSum', positive),
  ...reductions('ReduceLogSumExp'),
  ...reductions('ReduceProd', nonzero),
  ...elementCases,
  ...spaceCases,
  ...otherCases,
  ...moves,
  ...picks,
  ...normalisations,
]
