import { t } from '../../shared/l10n.ts'
import { float32Tensor, int64Tensor, toNumbers } from './elements.ts'
import type { Attribute, Node, TensorValue } from './model.ts'

/** What an upgrade of one node may ask and add. */
export interface Place {
  /** Adds a constant; the word says what it is of the node. Returns its name. */
  readonly constant: (of: string, tensor: TensorValue) => string
  /** A fresh name for a value between two nodes. */
  readonly value: (of: string) => string
  readonly isUsed: (name: string) => boolean
  readonly rank: (name: string) => number | null
  readonly known: (name: string) => TensorValue | undefined
  /** Whether a float32 constant beside other values needs no cast: no other floating-point type is in the model. */
  readonly onlyFloat32: boolean
}

/** The node in the newer version's words, or why that can't be said. */
export type Raise = (node: Node, place: Place) => readonly Node[] | { readonly refused: string }

interface Step {
  /** The opset in which the operator changed. */
  readonly at: number
  readonly raise: Raise
}

const int = (node: Node, name: string, otherwise: number): number => {
  const attribute = node.attributes.get(name)
  return attribute?.kind === 'int' ? attribute.value : otherwise
}
const ints = (node: Node, name: string): readonly number[] | null => {
  const attribute = node.attributes.get(name)
  return attribute?.kind === 'ints' ? attribute.value : null
}
const float = (node: Node, name: string): number | null => {
  const attribute = node.attributes.get(name)
  return attribute?.kind === 'float' ? attribute.value : null
}

const without = (node: Node, ...names: string[]): ReadonlyMap<string, Attribute> =>
  new Map([...node.attributes].filter(([name]) => !names.includes(name)))

const withAttribute = (node: Node, name: string, attribute: Attribute): Node =>
  node.attributes.has(name) ? node : { ...node, attributes: new Map([...node.attributes, [name, attribute]]) }

const helper = (
  op: string,
  inputs: string[],
  output: string,
  attributes: [string, Attribute][] = [],
): Node => ({
  // Values often share their node's name, and a runtime refuses two nodes of one name.
  name: '',
  op,
  domain: '',
  inputs,
  outputs: [output],
  attributes: new Map(attributes),
})

const vector = (values: readonly number[]): TensorValue => int64Tensor([values.length], values)

/** Trailing optional inputs that are left out are not listed. */
function trimmed(inputs: readonly string[]): string[] {
  const list = [...inputs]
  while (list.at(-1) === '') list.pop()
  return list
}

/** A scalar beside `like`, in its type: the nodes that make it and its name. */
function scalarLike(value: number, of: string, like: string, place: Place): { nodes: Node[]; name: string } {
  const constant = place.constant(of, float32Tensor([], [value]))
  if (place.onlyFloat32) return { nodes: [], name: constant }
  const name = place.value(`${of}_like`)
  return { nodes: [helper('CastLike', [constant, like], name)], name }
}

const axesToInput: Raise = (node, place) => {
  const axes = ints(node, 'axes')
  const [data = ''] = node.inputs
  const inputs = axes && axes.length > 0 ? [data, place.constant('axes', vector(axes))] : [data]
  return [{ ...node, inputs, attributes: without(node, 'axes') }]
}

/**
 * Before 13 the input is seen as a matrix, [axes before, axes from `axis` on], and a row of it is normalised.
 * That is the last axis alone where `axis` is the last one; else the matrix is made.
 */
const normaliseRows: Raise = (node, place) => {
  const axis = int(node, 'axis', 1)
  const [data = ''] = node.inputs
  const last: [string, Attribute] = ['axis', { kind: 'int', value: -1 }]
  const rank = place.rank(data)
  if (axis === -1 || (rank !== null && axis === rank - 1))
    return [{ ...node, attributes: new Map([...without(node, 'axis'), last]) }]
  const [output = ''] = node.outputs
  const [rows, result, shape] = [place.value('rows'), place.value('normalised'), place.value('shape')]
  return [
    helper('Flatten', [data], rows, [['axis', { kind: 'int', value: axis }]]),
    { ...node, inputs: [rows], outputs: [result], attributes: new Map([...without(node, 'axis'), last]) },
    helper('Shape', [data], shape),
    helper('Reshape', [result, shape], output),
  ]
}

const clipBounds: Raise = (node, place) => {
  const [data = ''] = node.inputs
  const nodes: Node[] = []
  const bound = (name: string): string => {
    const value = float(node, name)
    if (value === null) return ''
    const made = scalarLike(value, name, data, place)
    nodes.push(...made.nodes)
    return made.name
  }
  const inputs = trimmed([data, bound('min'), bound('max')])
  return [...nodes, { ...node, inputs, attributes: without(node, 'min', 'max') }]
}

const padInputs: Raise = (node, place) => {
  const [data = ''] = node.inputs
  const pads = place.constant('pads', vector(ints(node, 'pads') ?? []))
  const value = float(node, 'value') ?? 0
  const made = value === 0 ? { nodes: [], name: '' } : scalarLike(value, 'value', data, place)
  const inputs = trimmed([data, pads, made.name])
  return [...made.nodes, { ...node, inputs, attributes: without(node, 'pads', 'value') }]
}

const sliceInputs: Raise = (node, place) => {
  const [data = ''] = node.inputs
  const starts = ints(node, 'starts') ?? []
  const axes = ints(node, 'axes') ?? starts.map((_, axis) => axis)
  const inputs = [
    data,
    place.constant('starts', vector(starts)),
    place.constant('ends', vector(ints(node, 'ends') ?? [])),
    place.constant('axes', vector(axes)),
  ]
  return [{ ...node, inputs, attributes: without(node, 'starts', 'ends', 'axes') }]
}

const splitToInput: Raise = (node, place) => {
  const split = ints(node, 'split')
  const [data = ''] = node.inputs
  const inputs = split ? [data, place.constant('split', vector(split))] : [data]
  return [{ ...node, inputs, attributes: without(node, 'split') }]
}

const countOutputs: Raise = (node) =>
  node.inputs[1] ? [node] : [withAttribute(node, 'num_outputs', { kind: 'int', value: node.outputs.length })]

const topCount: Raise = (node, place) => {
  const [data = ''] = node.inputs
  return [
    {
      ...node,
      inputs: [data, place.constant('k', vector([int(node, 'k', 1)]))],
      attributes: without(node, 'k'),
    },
  ]
}

/** Outside of training it hands its input on. The mask had no settled meaning then. */
const dropoutIdentity: Raise = (node, place) => {
  const [output = '', mask = ''] = node.outputs
  if (mask !== '' && place.isUsed(mask))
    return { refused: t`its mask is read, as in a graph exported for training` }
  return [
    { ...node, op: 'Identity', inputs: node.inputs.slice(0, 1), outputs: [output], attributes: new Map() },
  ]
}

const batchSpatial: Raise = (node) =>
  int(node, 'spatial', 1) === 1
    ? [{ ...node, attributes: without(node, 'spatial') }]
    : { refused: t`it normalises each position on its own (spatial 0), which no newer version can` }

const batchOutputs: Raise = (node, place) =>
  node.outputs.slice(1).some((name) => name !== '' && place.isUsed(name))
    ? { refused: t`its statistics are read, as in a graph exported for training` }
    : [{ ...node, outputs: node.outputs.slice(0, 1) }]

const scalesToInput: Raise = (node, place) => {
  const attribute = node.attributes.get('scales')
  const scales = attribute?.kind === 'floats' ? attribute.value : []
  const inputs = [node.inputs[0] ?? '', place.constant('scales', float32Tensor([scales.length], scales))]
  return [{ ...node, inputs, attributes: without(node, 'scales') }]
}

/** Version 10 reads the pixel at x / scale: rounded down when enlarging, up when shrinking. */
const resizeModes: Raise = (node, place) => {
  const [data = '', scales = ''] = node.inputs
  const known = place.known(scales)
  const values = known ? toNumbers(known) : null
  const nearest = node.attributes.get('mode')
  const isNearest = nearest === undefined || (nearest.kind === 'string' && nearest.value === 'nearest')
  const shrinks = values?.some((scale) => scale < 1) ?? false
  if (isNearest && (values === null || (shrinks && values.some((scale) => scale > 1))))
    return { refused: t`its scales are not constant, or some enlarge while others shrink` }
  const attributes = new Map<string, Attribute>([
    ...node.attributes,
    ['coordinate_transformation_mode', { kind: 'string', value: 'asymmetric' }],
  ])
  if (isNearest) attributes.set('nearest_mode', { kind: 'string', value: shrinks ? 'ceil' : 'floor' })
  return [{ ...node, inputs: [data, '', scales], attributes }]
}

/** An empty tensor stood for an input left out. */
const resizeOptional: Raise = (node, place) => {
  const inputs = node.inputs.map((name, i) => (i > 0 && place.known(name)?.dims[0] === 0 ? '' : name))
  return [{ ...node, inputs: trimmed(inputs) }]
}

const renamed =
  (op: string): Raise =>
  (node) => [{ ...node, op }]

const refuseBatches: Raise = () => ({
  refused: t`the Scan of opset 8 works on batches, which no newer version does`,
})

const reduces =
  'ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSumSquare'

/**
 * Every operator of the default domain whose signature, defaults or meaning changed between opset 7 and 18,
 * with how a node is brought over each change. What is not listed only gained element types or optional parts
 * whose default is the old behaviour.
 */
export const STEPS: Readonly<Record<string, readonly Step[]>> = {
  BatchNormalization: [
    { at: 9, raise: batchSpatial },
    { at: 14, raise: batchOutputs },
  ],
  Clip: [{ at: 11, raise: clipBounds }],
  Dropout: [{ at: 12, raise: dropoutIdentity }],
  Hardmax: [{ at: 13, raise: normaliseRows }],
  LogSoftmax: [{ at: 13, raise: normaliseRows }],
  Pad: [{ at: 11, raise: padInputs }],
  ReduceSum: [{ at: 13, raise: axesToInput }],
  ...Object.fromEntries(reduces.split(' ').map((op) => [op, [{ at: 18, raise: axesToInput }]])),
  Resize: [
    { at: 11, raise: resizeModes },
    { at: 13, raise: resizeOptional },
  ],
  RoiAlign: [
    {
      at: 16,
      raise: (node) => [
        withAttribute(node, 'coordinate_transformation_mode', { kind: 'string', value: 'output_half_pixel' }),
      ],
    },
  ],
  Scan: [{ at: 9, raise: refuseBatches }],
  Scatter: [{ at: 11, raise: renamed('ScatterElements') }],
  Slice: [{ at: 10, raise: sliceInputs }],
  Softmax: [{ at: 13, raise: normaliseRows }],
  Split: [
    { at: 13, raise: splitToInput },
    { at: 18, raise: countOutputs },
  ],
  Squeeze: [{ at: 13, raise: axesToInput }],
  TopK: [{ at: 10, raise: topCount }],
  Unsqueeze: [{ at: 13, raise: axesToInput }],
  Upsample: [
    { at: 9, raise: scalesToInput },
    { at: 10, raise: renamed('Resize') },
  ],
}
