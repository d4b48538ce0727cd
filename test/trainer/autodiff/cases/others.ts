import {
  any,
  type CaseInput,
  fed,
  float,
  int,
  ints,
  MICROSOFT,
  nonzero,
  type RuleCase,
  scattered,
  still,
} from './case.ts'

const stillPositive = (...dims: number[]): CaseInput => ({ kind: 'still', dims, range: 'positive' })
const cosines = (...dims: number[]): CaseInput => ({ kind: 'still', dims, range: 'within one' })

const products: RuleCase[] = [
  { op: 'MatMul', what: 'two vectors', inputs: [any(3), any(3)] },
  { op: 'MatMul', what: 'a vector and a batch', inputs: [any(3), any(2, 3, 4)] },
  { op: 'MatMul', what: 'a batch and a vector', inputs: [any(2, 2, 3), any(3)] },
  {
    op: 'TransposeMatMul',
    what: 'transA',
    domain: MICROSOFT,
    inputs: [any(4, 3), any(4, 2)],
    attributes: { transA: 1, alpha: float(0.5) },
  },
  ...[
    ['ij,jk->ik', [2, 3], [3, 4]],
    ['bhid,bhjd->bhij', [2, 2, 3, 2], [2, 2, 4, 2]],
    ['ij->i', [2, 3]],
    ['ij,j', [2, 3], [3]],
    ['i,j->ij', [2], [3]],
    ['ij,ij->', [2, 3], [2, 3]],
    ['ij->ji', [2, 3]],
    ['bi,ij,bj->b', [2, 3], [3, 4], [2, 4]],
    ['...id,...jd->...ij', [2, 2, 3, 2], [2, 2, 4, 2]],
    ['...i,ij->...j', [2, 3, 4], [4, 2]],
    ['ijk,k->i', [2, 3, 4], [4]],
  ].map(
    ([equation = '', ...factors]): RuleCase => ({
      op: 'Einsum',
      what: String(equation),
      inputs: factors.map((dims) => any(...(typeof dims === 'string' ? [] : dims))),
      attributes: { equation: String(equation) },
    }),
  ),
]

const normalisations: RuleCase[] = [
  ...[
    [3, 2],
    [2, 3, 4],
    [2, 2, 3, 3],
  ].map(
    (dims): RuleCase => ({
      op: 'BatchNormalization',
      what: `rank ${dims.length}`,
      inputs: [
        any(...dims),
        any(dims[1] ?? 1),
        any(dims[1] ?? 1),
        still(dims[1] ?? 1),
        stillPositive(dims[1] ?? 1),
      ],
      attributes: { epsilon: float(0.01) },
    }),
  ),
  ...[
    [2, 3, 5],
    [2, 2, 3, 3],
  ].map(
    (dims): RuleCase => ({
      op: 'InstanceNormalization',
      what: `rank ${dims.length}`,
      inputs: [any(...dims), any(dims[1] ?? 1), any(dims[1] ?? 1)],
    }),
  ),
  {
    op: 'GroupNormalization',
    what: 'a scale a channel',
    opset: 21,
    inputs: [any(2, 6, 3), any(6), any(6)],
    attributes: { num_groups: 3 },
  },
  {
    op: 'GroupNormalization',
    what: 'one group',
    opset: 21,
    inputs: [any(2, 4, 2, 2), any(4), any(4)],
    attributes: { num_groups: 1, epsilon: float(0.1) },
  },
  {
    op: 'GroupNormalization',
    what: 'a scale a group',
    opset: 18,
    inputs: [any(2, 6, 3), any(3), any(3)],
    attributes: { num_groups: 3 },
  },
  { op: 'RMSNormalization', what: 'last axis', opset: 23, inputs: [any(2, 3, 4), any(4)] },
  {
    op: 'RMSNormalization',
    what: 'last two',
    opset: 23,
    inputs: [any(2, 3, 4), any(3, 4)],
    attributes: { axis: -2, epsilon: float(0.1) },
  },
  { op: 'MeanVarianceNormalization', what: 'axes by default', inputs: [any(2, 2, 3, 2)] },
  {
    op: 'MeanVarianceNormalization',
    what: 'listed axes',
    inputs: [any(2, 3, 4)],
    attributes: { axes: [1, 2] },
  },
  { op: 'LpNormalization', what: 'last axis by default', inputs: [any(2, 3, 4)] },
  { op: 'LpNormalization', what: 'p 1, first axis', inputs: [nonzero(3, 4)], attributes: { axis: 0, p: 1 } },
  {
    op: 'LRN',
    what: 'odd',
    inputs: [any(2, 5, 2, 2)],
    attributes: { size: 3, alpha: float(0.5), beta: float(0.6), bias: float(2) },
  },
]

const picks: RuleCase[] = [
  { op: 'GatherND', what: 'elements', inputs: [any(3, 4), fed('int64', [3, 2], [0, 1, 2, -1, 0, 1])] },
  { op: 'GatherND', what: 'rows', inputs: [any(3, 4), fed('int64', [2, 2, 1], [0, 2, 2, -3])] },
  {
    op: 'GatherND',
    what: 'by batch',
    inputs: [any(2, 3, 2), fed('int64', [2, 1], [2, 0])],
    attributes: { batch_dims: 1 },
  },
  {
    op: 'GatherND',
    what: 'several by batch',
    inputs: [any(2, 3, 2), fed('int64', [2, 2, 1], [2, 0, 1, 1])],
    attributes: { batch_dims: 1 },
  },
  {
    op: 'ScatterElements',
    what: 'replaced',
    inputs: [any(3, 4), fed('int64', [2, 2], [0, 3, 1, -4]), any(2, 2)],
    attributes: { axis: 1 },
  },
  {
    op: 'ScatterElements',
    what: 'added',
    inputs: [any(3, 4), fed('int64', [2, 4], [0, 1, 2, 0, 0, 1, 1, 2]), any(2, 4)],
    attributes: { reduction: 'add' },
  },
  {
    op: 'ScatterND',
    what: 'elements replaced',
    inputs: [any(3, 4), fed('int64', [2, 2], [0, 1, 2, -1]), any(2)],
  },
  { op: 'ScatterND', what: 'rows replaced', inputs: [any(3, 4), fed('int64', [2, 1], [2, 0]), any(2, 4)] },
  {
    op: 'ScatterND',
    what: 'added',
    inputs: [any(4, 2), fed('int64', [3, 1], [1, 0, 3]), any(3, 2)],
    attributes: { reduction: 'add' },
  },
  { op: 'TopK', what: 'largest', inputs: [scattered(3, 5), ints(2)], outputs: [true, false] },
  {
    op: 'TopK',
    what: 'smallest, first axis',
    inputs: [scattered(4, 3), ints(2)],
    outputs: [true, false],
    attributes: { axis: 0, largest: 0 },
  },
  {
    op: 'Compress',
    what: 'an axis',
    inputs: [any(3, 4), { kind: 'constant', type: 'bool', dims: [4], values: [1, 0, 1, 1] }],
    attributes: { axis: 1 },
  },
  {
    op: 'Compress',
    what: 'elements',
    inputs: [any(2, 3), { kind: 'constant', type: 'bool', dims: [6], values: [0, 1, 1, 0, 0, 1] }],
  },
  ...[0, 1].flatMap((exclusive) =>
    [0, 1].map(
      (reverse): RuleCase => ({
        op: 'CumSum',
        what: `exclusive ${exclusive}, reverse ${reverse}`,
        inputs: [any(2, 4), int(1)],
        attributes: { exclusive, reverse },
      }),
    ),
  ),
  { op: 'ReverseSequence', what: 'time first', inputs: [any(4, 2, 2), fed('int64', [2], [3, 1])] },
  {
    op: 'ReverseSequence',
    what: 'batch first',
    inputs: [any(2, 4), fed('int64', [2], [4, 2])],
    attributes: { batch_axis: 0, time_axis: 1 },
  },
]

const rotary: RuleCase[] = [
  {
    op: 'RotaryEmbedding',
    what: 'heads apart',
    domain: MICROSOFT,
    inputs: [any(2, 2, 3, 4), fed('int64', [2, 3], [0, 1, 2, 1, 2, 3]), cosines(5, 2), cosines(5, 2)],
  },
  {
    op: 'RotaryEmbedding',
    what: 'interleaved',
    domain: MICROSOFT,
    inputs: [any(1, 2, 3, 4), fed('int64', [1], [1]), cosines(5, 2), cosines(5, 2)],
    attributes: { interleaved: 1 },
  },
  {
    op: 'RotaryEmbedding',
    what: 'three dimensions',
    domain: MICROSOFT,
    inputs: [any(2, 3, 8), fed('int64', [2, 3], [0, 1, 2, 1, 2, 3]), cosines(5, 2), cosines(5, 2)],
    attributes: { num_heads: 2 },
  },
  {
    op: 'RotaryEmbedding',
    what: 'with positions',
    opset: 23,
    inputs: [any(2, 2, 3, 4), cosines(5, 2), cosines(5, 2), fed('int64', [2, 3], [0, 1, 2, 1, 2, 3])],
  },
  {
    op: 'RotaryEmbedding',
    what: 'a part of each head',
    opset: 23,
    inputs: [any(1, 2, 3, 6), cosines(1, 3, 2), cosines(1, 3, 2)],
    attributes: { rotary_embedding_dim: 4 },
  },
]

const heads = { num_heads: 2 }
const multiHead = (
  what: string,
  inputs: RuleCase['inputs'],
  attributes: RuleCase['attributes'] = {},
): RuleCase => ({
  op: 'MultiHeadAttention',
  what,
  domain: MICROSOFT,
  inputs,
  attributes: { ...heads, ...attributes },
})
const projected = (
  what: string,
  inputs: RuleCase['inputs'],
  attributes: RuleCase['attributes'] = {},
): RuleCase => ({
  op: 'Attention',
  what,
  domain: MICROSOFT,
  inputs: [any(2, 3, 5), any(5, 12), any(12), ...inputs],
  attributes: { ...heads, ...attributes },
})
const standard = (
  what: string,
  inputs: RuleCase['inputs'],
  attributes: RuleCase['attributes'] = {},
): RuleCase => ({
  op: 'Attention',
  what,
  opset: 23,
  inputs,
  attributes,
})
const closing = fed('int32', [2, 3], [1, 1, 0, 1, 1, 1])

const attention: RuleCase[] = [
  projected('plain', []),
  projected('a mask', [closing]),
  projected('a length a row', [fed('int32', [2], [2, 3])]),
  projected('a mask for each token', [
    fed('int32', [2, 3, 3], [1, 0, 0, 1, 1, 0, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 0, 1]),
  ]),
  projected('causal, with a bias and a scale', [null, null, any(2, 2, 3, 3)], {
    unidirectional: 1,
    scale: float(0.3),
  }),
  {
    ...projected('values of another width', []),
    inputs: [any(2, 3, 5), any(5, 14), any(14)],
    attributes: { num_heads: 2, qkv_hidden_sizes: [4, 4, 6] },
  },
  multiHead('plain', [any(2, 3, 4), any(2, 4, 4), any(2, 4, 4)]),
  multiHead('a bias and a mask', [any(2, 3, 4), any(2, 3, 4), any(2, 3, 4), any(12), closing], {
    scale: float(0.4),
  }),
  multiHead('values of another width', [any(2, 3, 4), any(2, 4, 4), any(2, 4, 6)]),
  multiHead('keys in heads', [any(2, 3, 4), any(2, 2, 4, 2), any(2, 2, 4, 2)]),
  multiHead(
    'causal, with a bias of the scores',
    [any(2, 3, 4), any(2, 3, 4), any(2, 3, 4), null, null, any(1, 2, 3, 3)],
    { unidirectional: 1 },
  ),
  standard('four dimensions', [any(2, 2, 3, 4), any(2, 2, 5, 4), any(2, 2, 5, 3)]),
  standard('shared keys, causal', [any(1, 4, 3, 2), any(1, 2, 3, 2), any(1, 2, 3, 2)], { is_causal: 1 }),
  standard('three dimensions, a bias', [any(2, 3, 8), any(2, 3, 4), any(2, 3, 4), any(3, 3)], {
    q_num_heads: 4,
    kv_num_heads: 2,
    scale: float(0.5),
  }),
  standard('a mask', [
    any(1, 2, 3, 2),
    any(1, 2, 3, 2),
    any(1, 2, 3, 2),
    fed('bool', [3, 3], [1, 0, 1, 1, 1, 0, 0, 1, 1]),
  ]),
]

export const otherCases: readonly RuleCase[] = [
  ...products,
  ...normalisations,
  ...picks,
  ...rotary,
  ...attention,
]
