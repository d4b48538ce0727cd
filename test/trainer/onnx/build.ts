import type { Attribute, Model, Node, TensorValue, ValueInfo } from '../../../src/trainer/onnx/model.ts'

/** A node in short: names instead of optional fields, plain values instead of attributes where they are clear. */
export interface NodeSketch {
  readonly op: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly name?: string
  readonly domain?: string
  /** A number is an `int`; use an attribute for a `float`. An array of numbers is `ints`. */
  readonly attributes?: Readonly<Record<string, number | string | readonly number[] | Attribute>>
}

export interface ModelSketch {
  readonly opset: number
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  readonly nodes: readonly NodeSketch[]
  readonly initializers?: Readonly<Record<string, TensorValue>>
  readonly irVersion?: number
  readonly domains?: Readonly<Record<string, number>>
}

function toAttribute(value: number | string | readonly number[] | Attribute): Attribute {
  if (typeof value === 'number') return { kind: 'int', value }
  if (typeof value === 'string') return { kind: 'string', value }
  return 'kind' in value ? value : { kind: 'ints', value }
}

export const floatAttribute = (value: number): Attribute => ({ kind: 'float', value })

export function makeNode(sketch: NodeSketch): Node {
  return {
    name: sketch.name ?? '',
    op: sketch.op,
    domain: sketch.domain ?? '',
    inputs: sketch.inputs,
    outputs: sketch.outputs,
    attributes: new Map(
      Object.entries(sketch.attributes ?? {}).map(([name, value]) => [name, toAttribute(value)]),
    ),
  }
}

/** A small model for a test. */
export function makeModel(sketch: ModelSketch): Model {
  return {
    irVersion: sketch.irVersion ?? (sketch.opset >= 19 ? 10 : 8),
    opsets: new Map([['', sketch.opset], ...Object.entries(sketch.domains ?? {})]),
    producer: 'test',
    graph: {
      name: 'test',
      nodes: sketch.nodes.map(makeNode),
      initializers: new Map(Object.entries(sketch.initializers ?? {})),
      inputs: sketch.inputs,
      outputs: sketch.outputs,
    },
  }
}
