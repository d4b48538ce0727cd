import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import {
  ATTRIBUTE,
  ATTRIBUTE_TYPE,
  DIMENSION,
  GRAPH,
  MODEL,
  NODE,
  OPSET_ID,
  SHAPE,
  TENSOR,
  TENSOR_TYPE,
  TYPE,
  VALUE,
} from './fields.ts'
import { toInt64 } from './int64.ts'
import {
  type Attribute,
  DataType,
  type Graph,
  type Model,
  type Node,
  type TensorValue,
  type ValueInfo,
} from './model.ts'

/** Protobuf's largest message. */
export const LIMIT = 2 ** 31 - 1

/** Bytes in pieces, so that large tensors are copied once, into the file. */
type Pieces = Uint8Array[]

const lengthOf = (pieces: Pieces): number => pieces.reduce((sum, piece) => sum + piece.length, 0)

const bytesOf = (write: (writer: BinaryWriter) => unknown): Uint8Array => {
  const writer = new BinaryWriter()
  write(writer)
  return writer.finish()
}

function tooLarge(what: string): UserError {
  return new UserError(t`${what} is larger than the 2 GB that an ONNX file can hold; choose a smaller model`)
}

const message = (field: number, pieces: Pieces): Pieces => {
  const length = lengthOf(pieces)
  if (length > LIMIT) throw tooLarge(t`a part of the model`)
  return [bytesOf((writer) => writer.tag(field, WireType.LengthDelimited).uint32(length)), ...pieces]
}

const text = (writer: BinaryWriter, field: number, value: string): void => {
  if (value !== '') writer.tag(field, WireType.LengthDelimited).string(value)
}

const int = (writer: BinaryWriter, field: number, value: number): void => {
  writer.tag(field, WireType.Varint).int64(toInt64(value))
}

function tensorPieces(name: string, tensor: TensorValue): Pieces {
  if (tensor.data.length > LIMIT) throw tooLarge(t`tensor ${name}`)
  const head = bytesOf((writer) => {
    for (const n of tensor.dims) int(writer, TENSOR.dims, n)
    int(writer, TENSOR.type, DataType[tensor.type])
    for (const item of tensor.strings ?? []) writer.tag(TENSOR.strings, WireType.LengthDelimited).bytes(item)
    text(writer, TENSOR.name, name)
  })
  return tensor.type === 'string' ? [head] : [head, ...message(TENSOR.raw, [tensor.data])]
}

function attributePieces(name: string, attribute: Attribute): Pieces {
  if (attribute.kind === 'opaque') return [attribute.bytes]
  const head = bytesOf((writer) => text(writer, ATTRIBUTE.name, name))
  const type = bytesOf((writer) => int(writer, ATTRIBUTE.type, ATTRIBUTE_TYPE[attribute.kind]))
  return [head, ...attributeValue(attribute), type]
}

function attributeValue(attribute: Exclude<Attribute, { kind: 'opaque' }>): Pieces {
  switch (attribute.kind) {
    case 'tensor':
      return message(ATTRIBUTE.tensor, tensorPieces('', attribute.value))
    case 'graph':
      return message(ATTRIBUTE.graph, graphPieces(attribute.value, false))
    case 'float':
      return [bytesOf((writer) => writer.tag(ATTRIBUTE.float, WireType.Bit32).float(attribute.value))]
    case 'int':
      return [bytesOf((writer) => int(writer, ATTRIBUTE.int, attribute.value))]
    case 'string':
      return [
        bytesOf((writer) => writer.tag(ATTRIBUTE.string, WireType.LengthDelimited).string(attribute.value)),
      ]
    case 'floats':
      return attribute.value.map((value) =>
        bytesOf((writer) => writer.tag(ATTRIBUTE.floats, WireType.Bit32).float(value)),
      )
    case 'ints':
      // One writer for all: there may be millions.
      return [
        bytesOf((writer) => {
          for (const value of attribute.value) int(writer, ATTRIBUTE.ints, value)
        }),
      ]
    case 'strings':
      return attribute.value.map((value) =>
        bytesOf((writer) => writer.tag(ATTRIBUTE.strings, WireType.LengthDelimited).string(value)),
      )
  }
}

function nodePieces(node: Node): Pieces {
  const head = bytesOf((writer) => {
    // An empty name is an optional value left out: it must be written.
    for (const name of node.inputs) writer.tag(NODE.input, WireType.LengthDelimited).string(name)
    for (const name of node.outputs) writer.tag(NODE.output, WireType.LengthDelimited).string(name)
    text(writer, NODE.name, node.name)
    text(writer, NODE.op, node.op)
  })
  const attributes = [...node.attributes].flatMap(([name, attribute]) =>
    message(NODE.attribute, attributePieces(name, attribute)),
  )
  return [head, ...attributes, bytesOf((writer) => text(writer, NODE.domain, node.domain))]
}

function valueInfoBytes(value: ValueInfo): Uint8Array {
  return bytesOf((writer) => {
    text(writer, VALUE.name, value.name)
    if (value.type === null) return
    writer.tag(VALUE.type, WireType.LengthDelimited).fork()
    writer.tag(TYPE.tensor, WireType.LengthDelimited).fork()
    int(writer, TENSOR_TYPE.element, DataType[value.type])
    if (value.dims) {
      writer.tag(TENSOR_TYPE.shape, WireType.LengthDelimited).fork()
      for (const dimension of value.dims) {
        writer.tag(SHAPE.dimension, WireType.LengthDelimited).fork()
        if (typeof dimension === 'number') int(writer, DIMENSION.length, dimension)
        else if (dimension !== null) text(writer, DIMENSION.name, dimension)
        writer.join()
      }
      writer.join()
    }
    writer.join().join()
  })
}

/** Before IR version 4 every initialiser had to be an input too. */
function graphPieces(graph: Graph, listInitializers: boolean): Pieces {
  const given: ValueInfo[] = listInitializers
    ? [...graph.initializers].map(([name, { type, dims }]) => ({ name, type, dims }))
    : []
  return [
    ...graph.nodes.flatMap((node) => message(GRAPH.node, nodePieces(node))),
    bytesOf((writer) => text(writer, GRAPH.name, graph.name)),
    ...[...graph.initializers].flatMap(([name, tensor]) =>
      message(GRAPH.initializer, tensorPieces(name, tensor)),
    ),
    ...[...graph.inputs, ...given].flatMap((value) => message(GRAPH.input, [valueInfoBytes(value)])),
    ...graph.outputs.flatMap((value) => message(GRAPH.output, [valueInfoBytes(value)])),
  ]
}

/**
 * The model as an ONNX file: equal models give equal bytes. Every tensor goes into the file itself.
 *
 * @throws UserError where the file would be larger than 2 GB
 */
export function writeModel(model: Model): Uint8Array {
  const pieces: Pieces = [
    bytesOf((writer) => {
      int(writer, MODEL.irVersion, model.irVersion)
      text(writer, MODEL.producer, model.producer)
    }),
    ...message(MODEL.graph, graphPieces(model.graph, model.irVersion < 4)),
    ...[...model.opsets].flatMap(([domain, version]) =>
      message(MODEL.opset, [
        bytesOf((writer) => {
          text(writer, OPSET_ID.domain, domain)
          int(writer, OPSET_ID.version, version)
        }),
      ]),
    ),
  ]
  const length = lengthOf(pieces)
  if (length > LIMIT) throw tooLarge(t`the model`)
  const file = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    file.set(piece, at)
    at += piece.length
  }
  return file
}
