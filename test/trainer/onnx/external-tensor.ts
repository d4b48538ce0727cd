import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { ENTRY, GRAPH, MODEL, TENSOR } from '../../../src/trainer/onnx/fields.ts'
import { DataType } from '../../../src/trainer/onnx/model.ts'
import { one, parseMessage } from '../../../src/trainer/onnx/wire.ts'

/** Floats in a file beside the model's. */
export interface External {
  readonly name: string
  readonly dims: readonly number[]
  readonly location: string
  readonly offset: number
}

const EXTERNAL = 1

const tensorProto = ({ name, dims, location, offset }: External): Uint8Array => {
  const writer = new BinaryWriter()
  for (const n of dims) writer.tag(TENSOR.dims, WireType.Varint).int64(n)
  writer.tag(TENSOR.type, WireType.Varint).int32(DataType.float32)
  writer.tag(TENSOR.name, WireType.LengthDelimited).string(name)
  for (const [key, value] of [
    ['location', location],
    ['offset', String(offset)],
  ] as const) {
    writer.tag(TENSOR.external, WireType.LengthDelimited).fork()
    writer.tag(ENTRY.key, WireType.LengthDelimited).string(key)
    writer.tag(ENTRY.value, WireType.LengthDelimited).string(value)
    writer.join()
  }
  return writer.tag(TENSOR.location, WireType.Varint).int32(EXTERNAL).finish()
}

/** The bytes of a model with further initialisers, whose numbers lie elsewhere. Of a field that stands twice the last counts. */
export function withExternal(model: Uint8Array, tensors: readonly External[]): Uint8Array {
  const graph = new BinaryWriter().raw(one(parseMessage(model), MODEL.graph) ?? new Uint8Array(0))
  for (const external of tensors)
    graph.tag(GRAPH.initializer, WireType.LengthDelimited).bytes(tensorProto(external))
  return new BinaryWriter()
    .raw(model)
    .tag(MODEL.graph, WireType.LengthDelimited)
    .bytes(graph.finish())
    .finish()
}
