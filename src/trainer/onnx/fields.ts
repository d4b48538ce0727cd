/** Field numbers of ONNX's messages (onnx.proto), as far as Finesse reads or writes them. */
export const MODEL = { irVersion: 1, producer: 2, graph: 7, opset: 8, function: 25 } as const
export const OPSET_ID = { domain: 1, version: 2 } as const
export const GRAPH = { node: 1, name: 2, initializer: 5, input: 11, output: 12, sparse: 15 } as const
export const NODE = { input: 1, output: 2, name: 3, op: 4, attribute: 5, domain: 7, overload: 8 } as const
export const ATTRIBUTE = {
  name: 1,
  float: 2,
  int: 3,
  string: 4,
  tensor: 5,
  graph: 6,
  floats: 7,
  ints: 8,
  strings: 9,
  type: 20,
  reference: 21,
} as const
/** AttributeProto.AttributeType of the kinds held as data. */
export const ATTRIBUTE_TYPE = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
} as const
export const TENSOR = {
  dims: 1,
  type: 2,
  floats: 4,
  int32s: 5,
  strings: 6,
  int64s: 7,
  name: 8,
  raw: 9,
  doubles: 10,
  uint64s: 11,
  external: 13,
  location: 14,
} as const
export const ENTRY = { key: 1, value: 2 } as const
export const VALUE = { name: 1, type: 2 } as const
export const TYPE = { tensor: 1 } as const
export const TENSOR_TYPE = { element: 1, shape: 2 } as const
export const SHAPE = { dimension: 1 } as const
export const DIMENSION = { length: 1, name: 2 } as const
export const FUNCTION = {
  name: 1,
  input: 4,
  output: 5,
  node: 7,
  opset: 9,
  domain: 10,
  defaults: 11,
  overload: 13,
} as const
