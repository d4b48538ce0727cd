/**
 * An ONNX model as plain data. The reader makes it, rewrites derive new ones from it, the writer turns it
 * into bytes. Large tensors are views into the bytes they were read from.
 */

/** Numbers as in ONNX's TensorProto.DataType. */
export const DataType = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
} as const
export type DataTypeName = keyof typeof DataType

/** A constant: little-endian elements in `data`, row-major. Strings are held apart, in `strings`. */
export interface TensorValue {
  readonly type: DataTypeName
  readonly dims: readonly number[]
  readonly data: Uint8Array
  readonly strings?: readonly Uint8Array[]
}

export type Attribute =
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'tensor'; readonly value: TensorValue }
  | { readonly kind: 'graph'; readonly value: Graph }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'strings'; readonly value: readonly string[] }
  | { readonly kind: 'opaque'; readonly type: number; readonly bytes: Uint8Array }

/** An empty string among the inputs or outputs is an optional one left out. */
export interface Node {
  readonly name: string
  /** Operator, e.g. `MatMul`. */
  readonly op: string
  /** '' is the default domain. */
  readonly domain: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: ReadonlyMap<string, Attribute>
}

/** A dimension is a length, a name shared between values, or unknown. */
export type Dimension = number | string | null

export interface ValueInfo {
  readonly name: string
  readonly type: DataTypeName | null
  /** null: the rank is unknown. */
  readonly dims: readonly Dimension[] | null
}

export interface Graph {
  readonly name: string
  /** In topological order. */
  readonly nodes: readonly Node[]
  readonly initializers: ReadonlyMap<string, TensorValue>
  /** Without those inputs that are also initialisers. */
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
}

export interface Model {
  readonly irVersion: number
  /** Domain ('' is the default one) to version. */
  readonly opsets: ReadonlyMap<string, number>
  readonly graph: Graph
  readonly producer: string
}

/** The opset to which every model is raised; rules and patterns are written for it. */
export const OPSET = 18
/**
 * The newest opset read. Between OPSET and this one no operator that Finesse has a rule for changed its meaning but
 * GroupNormalization, whose rule goes by the length of its scale.
 */
export const NEWEST_OPSET = 24
