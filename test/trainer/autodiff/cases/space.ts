import { any, END, float, floats, ints, positive, type RuleCase, scattered } from './case.ts'

type Attributes = NonNullable<RuleCase['attributes']>

const convolution = (
  op: string,
  what: string,
  x: readonly number[],
  w: readonly number[],
  attributes: Attributes = {},
  bias = false,
): RuleCase => ({
  op,
  what,
  inputs: [any(...x), any(...w), ...(bias ? [any(op === 'Conv' ? (w[0] ?? 1) : (w[1] ?? 1))] : [])],
  attributes: { ...(attributes.kernel_shape ? {} : { kernel_shape: w.slice(2) }), ...attributes },
})

const conv = convolution.bind(null, 'Conv')
const convTranspose = convolution.bind(null, 'ConvTranspose')

const convolutions: RuleCase[] = [
  conv('one axis, with a bias', [2, 3, 7], [4, 3, 3], {}, true),
  conv('two axes', [2, 2, 5, 6], [3, 2, 3, 2], { pads: [1, 0, 1, 1] }, true),
  conv('three axes', [1, 2, 4, 4, 3], [2, 2, 2, 3, 2], { pads: [1, 1, 0, 0, 1, 1] }),
  conv('strides, some of the image unread', [1, 2, 8, 7], [2, 2, 3, 2], { strides: [3, 2] }),
  conv('strides and uneven padding', [2, 2, 6, 6], [2, 2, 3, 3], { strides: [2, 2], pads: [0, 1, 1, 0] }),
  conv('dilations', [1, 2, 9], [3, 2, 3], { dilations: [2], pads: [2, 1] }),
  conv('dilations and strides', [2, 2, 9, 9], [2, 2, 2, 3], {
    dilations: [3, 2],
    strides: [2, 3],
    pads: [1, 2, 1, 2],
  }),
  conv('padding wider than the kernel', [1, 2, 4], [2, 2, 2], { pads: [3, 2] }),
  conv('groups', [2, 4, 6], [6, 2, 3], { group: 2, pads: [1, 1] }, true),
  conv('groups, strides', [2, 4, 6, 5], [6, 2, 3, 2], { group: 2, strides: [2, 2], pads: [1, 1, 1, 0] }),
  conv('one channel a group', [2, 3, 5, 5], [3, 1, 3, 3], { group: 3, pads: [1, 1, 1, 1] }),
  conv('two outputs a channel', [1, 3, 5], [6, 1, 3], { group: 3 }),
  conv('upper padding by the operator', [1, 2, 6, 5], [2, 2, 3, 2], {
    auto_pad: 'SAME_UPPER',
    strides: [2, 2],
  }),
  conv('lower padding by the operator', [1, 2, 6, 5], [2, 2, 2, 3], {
    auto_pad: 'SAME_LOWER',
    strides: [1, 2],
  }),
  conv('no padding by the operator', [1, 2, 6], [2, 2, 3], { auto_pad: 'VALID', strides: [2] }),
  conv('many channels, one place', [2, 17, 3, 4], [3, 17, 1, 1], {}, true),
  conv('many channels, few places', [2, 16, 4, 5], [2, 16, 3, 2], { pads: [1, 0, 1, 1] }),
  conv('many channels, strides', [1, 16, 7, 6], [2, 16, 2, 3], { strides: [2, 2], pads: [0, 1, 0, 0] }),
  conv('many channels, dilations, some unread', [1, 16, 10], [2, 16, 3], { dilations: [2], strides: [4] }),
  { op: 'Conv', what: 'kernel from the weights', inputs: [any(1, 2, 5), any(2, 2, 2)] },

  convTranspose('one axis, with a bias', [2, 3, 4], [3, 2, 3], {}, true),
  convTranspose(
    'strides and padding',
    [2, 2, 3, 4],
    [2, 3, 3, 2],
    { strides: [2, 3], pads: [1, 0, 1, 1] },
    true,
  ),
  convTranspose('output padding', [1, 2, 3], [2, 2, 3], { strides: [2], output_padding: [1], pads: [1, 1] }),
  convTranspose('dilations', [1, 2, 3, 3], [2, 2, 2, 3], { dilations: [2, 1], strides: [1, 2] }),
  convTranspose('groups', [2, 4, 3], [4, 3, 2], { group: 2, strides: [2] }),
  convTranspose('many channels', [2, 3, 4], [3, 16, 2], { strides: [2] }),
  convTranspose('three axes', [1, 2, 2, 3, 2], [2, 2, 2, 2, 3], { strides: [2, 1, 2] }),
  convTranspose('length by the operator', [1, 2, 3], [2, 2, 3], { strides: [2], output_shape: [6] }),
  convTranspose('upper padding by the operator', [1, 2, 3, 3], [2, 2, 3, 2], {
    strides: [2, 2],
    auto_pad: 'SAME_UPPER',
  }),
]

const pool = (
  op: string,
  what: string,
  dims: readonly number[],
  attributes: Attributes,
  opset = 18,
): RuleCase => ({
  op,
  what,
  opset,
  inputs: [op === 'LpPool' ? positive(...dims) : scattered(...dims)],
  attributes,
})

const pools = (op: string): RuleCase[] => [
  pool(op, 'one axis', [2, 2, 7], { kernel_shape: [3] }),
  pool(op, 'two axes, strides', [2, 1, 5, 4], { kernel_shape: [2, 2], strides: [2, 2] }),
  pool(op, 'three axes', [1, 1, 3, 4, 3], { kernel_shape: [2, 2, 2], strides: [1, 2, 1] }),
  pool(op, 'overlapping, padded', [1, 2, 5, 4], {
    kernel_shape: [3, 3],
    strides: [2, 1],
    pads: [1, 1, 1, 0],
  }),
  pool(op, 'last windows beyond the edge', [1, 2, 6, 5], {
    kernel_shape: [3, 2],
    strides: [2, 2],
    ceil_mode: 1,
  }),
  pool(op, 'upper padding by the operator', [1, 1, 5, 6], {
    kernel_shape: [2, 3],
    strides: [2, 2],
    auto_pad: 'SAME_UPPER',
  }),
]

const pooling: RuleCase[] = [
  ...['MaxPool', 'AveragePool', 'LpPool'].flatMap(pools),
  pool('MaxPool', 'dilations', [1, 2, 7, 5], { kernel_shape: [3, 2], dilations: [2, 3] }),
  pool('LpPool', 'dilations', [1, 2, 7], { kernel_shape: [3], dilations: [2] }),
  pool('LpPool', 'cubes', [1, 2, 5], { kernel_shape: [2], p: 3 }),
  pool('LpPool', 'p 1', [1, 2, 5], { kernel_shape: [2], p: 1 }),
  pool('AveragePool', 'padding counted', [1, 2, 5, 4], {
    kernel_shape: [3, 2],
    pads: [1, 1, 1, 0],
    count_include_pad: 1,
  }),
  pool(
    'AveragePool',
    'padding counted, beyond the edge',
    [1, 1, 6, 6],
    {
      kernel_shape: [3, 3],
      strides: [2, 2],
      pads: [1, 1, 1, 1],
      count_include_pad: 1,
      ceil_mode: 1,
    },
    19,
  ),
  pool('AveragePool', 'dilations', [1, 2, 7], { kernel_shape: [3], dilations: [2], pads: [1, 1] }, 19),
  ...['GlobalAveragePool', 'GlobalMaxPool'].flatMap((op): RuleCase[] => [
    { op, what: 'two axes', inputs: [scattered(2, 2, 3, 3)] },
    { op, what: 'one axis', inputs: [scattered(2, 2, 5)] },
  ]),
  { op: 'GlobalLpPool', what: 'lengths', inputs: [any(2, 2, 3, 3)] },
  { op: 'GlobalLpPool', what: 'cubes', inputs: [any(2, 2, 4)], attributes: { p: 3 } },
]

const resize = (
  what: string,
  dims: readonly number[],
  scales: readonly number[],
  attributes: Attributes,
  opset = 18,
): RuleCase => ({
  op: 'Resize',
  what,
  opset,
  inputs: [any(...dims), null, floats([scales.length], ...scales)],
  attributes,
})

const resizes: RuleCase[] = [
  resize('nearest by default', [1, 2, 3, 4], [1, 1, 2, 2], {}),
  resize('nearest, smaller', [1, 2, 5, 6], [1, 1, 0.6, 0.5], {
    nearest_mode: 'floor',
    coordinate_transformation_mode: 'asymmetric',
  }),
  resize('linear', [1, 2, 3, 4], [1, 1, 2, 1.5], { mode: 'linear' }),
  resize('linear, corners aligned', [1, 1, 3, 4], [1, 1, 2, 2], {
    mode: 'linear',
    coordinate_transformation_mode: 'align_corners',
  }),
  resize('linear, smaller', [1, 1, 6, 7], [1, 1, 0.5, 0.6], {
    mode: 'linear',
    coordinate_transformation_mode: 'pytorch_half_pixel',
  }),
  resize('linear, smoothed', [1, 1, 6, 7], [1, 1, 0.5, 0.6], { mode: 'linear', antialias: 1 }),
  resize('cubic', [1, 1, 4, 4], [1, 1, 2, 1.5], { mode: 'cubic', cubic_coeff_a: float(-0.75) }),
  resize('cubic, the inside alone', [1, 1, 4, 5], [1, 1, 1.5, 2], { mode: 'cubic', exclude_outside: 1 }),
  resize('of a matrix', [3, 4], [2, 1.5], { mode: 'linear' }),
  resize('of three axes', [1, 1, 3, 3, 2], [1, 1, 2, 1.5, 2], { mode: 'linear' }),
  resize('listed axes', [1, 2, 3, 4], [2, 2], { axes: [2, 3] }),
  {
    op: 'Resize',
    what: 'to sizes',
    inputs: [any(1, 2, 3, 5), null, null, ints(1, 2, 5, 4)],
    attributes: { mode: 'linear' },
  },
]

const moves: RuleCase[] = [
  ...['DCR', 'CRD'].map(
    (mode): RuleCase => ({
      op: 'DepthToSpace',
      what: mode,
      inputs: [any(2, 8, 2, 3)],
      attributes: { blocksize: 2, mode },
    }),
  ),
  { op: 'SpaceToDepth', what: 'plain', inputs: [any(2, 2, 4, 6)], attributes: { blocksize: 2 } },
  { op: 'Pad', what: 'edges', inputs: [any(2, 3, 4), ints(0, 1, 2, 0, 2, 1)], attributes: { mode: 'edge' } },
  { op: 'Pad', what: 'reflected', inputs: [any(3, 4), ints(1, 3, 2, 2)], attributes: { mode: 'reflect' } },
  {
    op: 'Pad',
    what: 'wrapped',
    opset: 19,
    inputs: [any(3, 4), ints(1, 2, 2, 3)],
    attributes: { mode: 'wrap' },
  },
  { op: 'Pad', what: 'all but edges cut', inputs: [any(4), ints(-1, 2)] },
  {
    op: 'Slice',
    what: 'every third, not to the end',
    inputs: [any(9, 2), ints(1), ints(8), ints(0), ints(3)],
  },
  { op: 'Slice', what: 'nothing', inputs: [any(4, 2), ints(3), ints(1), ints(0)] },
  {
    op: 'Slice',
    what: 'two axes at once',
    inputs: [any(6, 5), ints(0, -1), ints(END, -END), ints(0, 1), ints(2, -2)],
  },
]

export const spaceCases: readonly RuleCase[] = [...convolutions, ...pooling, ...resizes, ...moves]
