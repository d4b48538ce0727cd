import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import {
  ATTRIBUTE,
  ATTRIBUTE_TYPE,
  DIMENSION,
  FUNCTION,
  GRAPH,
  MODEL,
  NODE,
  OPSET_ID,
  SHAPE,
  TENSOR_TYPE,
  TYPE,
  VALUE,
} from './fields.ts'
import type { Attribute, Dimension, Graph, Model, Node, TensorValue, ValueInfo } from './model.ts'
import { orderGraph } from './order.ts'
import { readTensor, typeName } from './read-tensor.ts'
import { renameNode } from './rename.ts'
import {
  Damaged,
  decodeText,
  float,
  floats,
  int,
  ints,
  type Message,
  many,
  one,
  parseMessage,
  text,
  texts,
} from './wire.ts'

/** Deeper nesting of subgraphs and functions than any exporter writes; keeps a made-up file from exhausting the stack. */
const MAX_DEPTH = 64
/** Functions that call functions can multiply without end in a small file: its nodes stay in proportion to its bytes. */
const MAX_NODES = 1_000_000
const nodeLimit = (bytes: number): number => Math.min(MAX_NODES, 100_000 + Math.floor(bytes / 16))

interface Reading {
  readonly file: string
  readonly folder: string | null
  readonly functions: ReadonlyMap<string, Message>
  readonly opsets: ReadonlyMap<string, number>
  /** Attributes of the function call whose body is read; references stand for these. */
  readonly bound: ReadonlyMap<string, Attribute>
  readonly depth: number
  /** Shared by the whole file. */
  readonly total: { nodes: number; calls: number; readonly limit: number }
}

const functionKey = (domain: string, name: string, overload: string): string =>
  `${normalDomain(domain)}\n${name}\n${overload}`

/** The default domain has two spellings. */
const normalDomain = (domain: string): string => (domain === 'ai.onnx' ? '' : domain)

function readOpsets(messages: readonly Uint8Array[]): Map<string, number> {
  return new Map(
    messages.map((bytes) => {
      const opset = parseMessage(bytes)
      return [normalDomain(text(opset, OPSET_ID.domain)), int(opset, OPSET_ID.version) ?? 0]
    }),
  )
}

/** By the field that is filled, for writers of 2017 that left the type out. */
function guessType(message: Message): number {
  const kinds = ['float', 'int', 'string', 'tensor', 'graph', 'floats', 'ints', 'strings'] as const
  const kind = kinds.find((name) => message.has(ATTRIBUTE[name]))
  return kind ? ATTRIBUTE_TYPE[kind] : 0
}

function required<T>(value: T | null, what: string): T {
  if (value === null) throw new Damaged(t`${what} is empty`)
  return value
}

function readAttribute(message: Message, bytes: Uint8Array, reading: Reading): Attribute {
  const name = t`attribute ${text(message, ATTRIBUTE.name)}`
  const type = int(message, ATTRIBUTE.type) ?? guessType(message)
  switch (type) {
    case ATTRIBUTE_TYPE.float:
      return { kind: 'float', value: float(message, ATTRIBUTE.float) ?? 0 }
    case ATTRIBUTE_TYPE.int:
      return { kind: 'int', value: int(message, ATTRIBUTE.int) ?? 0 }
    case ATTRIBUTE_TYPE.string: {
      const value = decodeText(one(message, ATTRIBUTE.string) ?? new Uint8Array(0))
      return value === null ? { kind: 'opaque', type, bytes } : { kind: 'string', value }
    }
    case ATTRIBUTE_TYPE.tensor:
      return {
        kind: 'tensor',
        value: readTensor(required(one(message, ATTRIBUTE.tensor), name), reading.folder, reading.file).value,
      }
    case ATTRIBUTE_TYPE.graph:
      return {
        kind: 'graph',
        value: readGraph(required(one(message, ATTRIBUTE.graph), name), deeper(reading)),
      }
    case ATTRIBUTE_TYPE.floats:
      return { kind: 'floats', value: floats(message, ATTRIBUTE.floats) }
    case ATTRIBUTE_TYPE.ints:
      return { kind: 'ints', value: ints(message, ATTRIBUTE.ints) }
    case ATTRIBUTE_TYPE.strings: {
      const values: string[] = []
      for (const item of many(message, ATTRIBUTE.strings)) {
        const value = decodeText(item)
        if (value === null) return { kind: 'opaque', type, bytes }
        values.push(value)
      }
      return { kind: 'strings', value: values }
    }
    default:
      return { kind: 'opaque', type, bytes }
  }
}

function deeper(reading: Reading): Reading {
  if (reading.depth >= MAX_DEPTH) throw new Damaged(t`graphs and functions are nested too deeply`)
  return { ...reading, depth: reading.depth + 1 }
}

function readAttributes(messages: readonly Uint8Array[], reading: Reading): Map<string, Attribute> {
  const attributes = new Map<string, Attribute>()
  for (const bytes of messages) {
    const message = parseMessage(bytes)
    const name = text(message, ATTRIBUTE.name)
    const reference = text(message, ATTRIBUTE.reference)
    const attribute = reference === '' ? readAttribute(message, bytes, reading) : reading.bound.get(reference)
    if (attribute) attributes.set(name, attribute)
  }
  return attributes
}

function readNodes(messages: readonly Uint8Array[], reading: Reading): Node[] {
  return messages.flatMap((bytes) => {
    const message = parseMessage(bytes)
    const op = text(message, NODE.op)
    const domain = normalDomain(text(message, NODE.domain))
    const node: Node = {
      name: text(message, NODE.name),
      op,
      domain,
      inputs: texts(message, NODE.input),
      outputs: texts(message, NODE.output),
      attributes: readAttributes(many(message, NODE.attribute), reading),
    }
    reading.total.nodes++
    const { nodes, limit } = reading.total
    if (nodes > limit) throw new Damaged(t`the graph has more than ${limit} nodes`)
    const body = reading.functions.get(functionKey(domain, op, text(message, NODE.overload)))
    return body ? inline(node, body, reading) : [node]
  })
}

/** The function's body in place of the call: its own values renamed, its attributes bound to the call's. */
function inline(call: Node, body: Message, reading: Reading): Node[] {
  for (const [domain, version] of readOpsets(many(body, FUNCTION.opset)))
    if ((reading.opsets.get(domain) ?? version) !== version)
      throw new UserError(
        t`${reading.file}: function ${call.op} is written for version ${version} of the operators, the model for ${reading.opsets.get(domain) ?? ''}; export the model again with its functions inlined`,
      )
  const bound = readAttributes(many(body, FUNCTION.defaults), { ...deeper(reading), bound: new Map() })
  for (const [name, attribute] of call.attributes) bound.set(name, attribute)
  reading.total.calls++
  const prefix = `${call.name || call.op}/${reading.total.calls}/`
  const names = new Map<string, string>()
  for (const [i, name] of texts(body, FUNCTION.input).entries()) names.set(name, call.inputs[i] ?? '')
  const passed: Node[] = []
  for (const [i, name] of texts(body, FUNCTION.output).entries()) {
    const output = call.outputs[i] ?? ''
    if (output === '') continue
    const source = names.get(name)
    // An output that is an input of the function, or another output of it, is copied.
    if (source === undefined) names.set(name, output)
    else
      passed.push({
        name: '',
        op: 'Identity',
        domain: '',
        inputs: [source],
        outputs: [output],
        attributes: new Map(),
      })
  }
  const rename = (name: string): string => (name === '' ? '' : (names.get(name) ?? prefix + name))
  const nodes = readNodes(many(body, FUNCTION.node), { ...deeper(reading), bound })
  return [
    ...nodes.map((node) => ({ ...renameNode(node, rename), name: node.name && prefix + node.name })),
    ...passed,
  ]
}

function readDimension(bytes: Uint8Array): Dimension {
  const message = parseMessage(bytes)
  const length = int(message, DIMENSION.length)
  // Some exporters write 0 or -1 where they mean unknown; only a negative length can't be one.
  if (length !== null) return length < 0 ? null : length
  return text(message, DIMENSION.name) || null
}

function readValueInfo(bytes: Uint8Array): ValueInfo {
  const message = parseMessage(bytes)
  const name = text(message, VALUE.name)
  const type = one(message, VALUE.type)
  const tensor = type && one(parseMessage(type), TYPE.tensor)
  if (!tensor) return { name, type: null, dims: null }
  const info = parseMessage(tensor)
  const shape = one(info, TENSOR_TYPE.shape)
  return {
    name,
    type: typeName(int(info, TENSOR_TYPE.element) ?? 0),
    dims: shape && many(parseMessage(shape), SHAPE.dimension).map(readDimension),
  }
}

function readGraph(bytes: Uint8Array, reading: Reading): Graph {
  const message = parseMessage(bytes)
  const [sparse] = many(message, GRAPH.sparse)
  if (sparse) {
    const values = one(parseMessage(sparse), 1)
    const name = values ? text(parseMessage(values), 8) : ''
    throw new UserError(
      name === ''
        ? t`${reading.file}: a tensor without a name is stored sparse, which Finesse does not read; export the model with dense tensors`
        : t`${reading.file}: tensor ${name} is stored sparse, which Finesse does not read; export the model with dense tensors`,
    )
  }
  const initializers = new Map<string, TensorValue>()
  for (const tensor of many(message, GRAPH.initializer)) {
    const { name, value } = readTensor(tensor, reading.folder, reading.file)
    initializers.set(name, value)
  }
  return {
    name: text(message, GRAPH.name),
    nodes: readNodes(many(message, GRAPH.node), reading),
    initializers,
    inputs: many(message, GRAPH.input)
      .map(readValueInfo)
      .filter((input) => !initializers.has(input.name)),
    outputs: many(message, GRAPH.output).map(readValueInfo),
  }
}

const POINTER = 'version https://git-lfs'

function decodeModel(bytes: Uint8Array, folder: string | null, file: string): Model {
  if (bytes.length === 0) throw new Damaged(t`it is empty`)
  if (decodeText(bytes.subarray(0, POINTER.length)) === POINTER)
    throw new UserError(
      t`${file} is only a pointer to the model (Git LFS); fetch the file itself with git lfs pull`,
    )
  const message = parseMessage(bytes)
  const graph = required(one(message, MODEL.graph), t`the graph`)
  const opsets = readOpsets(many(message, MODEL.opset))
  if (opsets.size === 0) throw new Damaged(t`the version of its operators is missing`)
  const functions = new Map<string, Message>()
  for (const item of many(message, MODEL.function)) {
    const body = parseMessage(item)
    const key = functionKey(
      text(body, FUNCTION.domain),
      text(body, FUNCTION.name),
      text(body, FUNCTION.overload),
    )
    functions.set(key, body)
    for (const [domain, version] of readOpsets(many(body, FUNCTION.opset)))
      if (!opsets.has(domain)) opsets.set(domain, version)
  }
  const reading: Reading = {
    file,
    folder,
    functions,
    opsets,
    bound: new Map(),
    depth: 0,
    total: { nodes: 0, calls: 0, limit: nodeLimit(bytes.length) },
  }
  return {
    irVersion: int(message, MODEL.irVersion) ?? 0,
    opsets,
    graph: orderGraph(readGraph(graph, reading), new Set(), file),
    producer: text(message, MODEL.producer),
  }
}

/**
 * Reads an ONNX file's bytes. Local functions are inlined, nodes brought into topological order; large tensors
 * stay views into `bytes`.
 *
 * @param folder where external tensors lie; null where there is none
 * @param file the name used in messages
 * @throws UserError for bytes that are damaged or that hold what Finesse does not read
 */
export function readModel(bytes: Uint8Array, folder: string | null, file: string): Model {
  // A Buffer's views would be Buffers, whose slice() and JSON are not those of a Uint8Array.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    return decodeModel(plain, folder, file)
  } catch (error) {
    if (!(error instanceof Damaged)) throw error
    throw new UserError(t`${file} is not a complete ONNX file: ${error.message}; download it again`)
  }
}
