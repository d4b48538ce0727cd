import type { Pooling } from '../../shared/config.ts'
import type { Graph, TensorValue } from '../onnx/model.ts'
import { writeModel } from '../onnx/write.ts'
import { appendHead, type Head } from '../tasks/head.ts'
import { appendPooling } from '../tasks/pooling.ts'
import type { TextModel } from '../text/text-model.ts'

/**
 * The fine-tuned model as ONNX bytes: the original graph up to its last hidden state, with its dynamic
 * dimensions, the trained weights in place, and the head appended. First output: logits [rows, labels].
 *
 * @param trained by the name of the initialiser
 */
export const exportGraph = (
  model: TextModel,
  pooling: Pooling,
  head: Head,
  trained: ReadonlyMap<string, Float32Array>,
): Uint8Array => {
  const initializers = new Map<string, TensorValue>()
  for (const [name, value] of model.graph.initializers) {
    const data = trained.get(name)
    initializers.set(
      name,
      data ? { ...value, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) } : value,
    )
  }
  const graph: Graph = { ...model.graph, initializers }
  return writeModel({
    irVersion: 8,
    opsets: model.opsets,
    producer: 'finesse',
    graph: appendHead(appendPooling(graph, model.trunk.hidden, model.trunk.width, pooling), head),
  })
}
