import type { Scale } from '../../data/numbers.ts'
import type { Pooling } from '../../shared/config.ts'
import type { Graph, TensorValue } from '../onnx/model.ts'
import { writeModel } from '../onnx/write.ts'
import { appendHead, type Head } from '../tasks/head.ts'
import { appendPooling } from '../tasks/pooling.ts'
import { appendScaledHead } from '../tasks/regression.ts'
import type { TextModel } from '../text/text-model.ts'

/**
 * The fine-tuned model as ONNX bytes: the original graph up to its last hidden state, with its dynamic
 * dimensions, the trained weights in place, and the head appended. First output: logits [rows, labels]; of numbers
 * [rows, 1], in their own unit.
 *
 * @param trained by the name of the initialiser
 * @param scale of the numbers that were learnt; null for labels
 */
export const exportGraph = (
  model: TextModel,
  pooling: Pooling,
  head: Head,
  trained: ReadonlyMap<string, Float32Array>,
  scale: Scale | null = null,
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
  const pooled = appendPooling(graph, model.trunk.hidden, model.trunk.width, pooling)
  return writeModel({
    irVersion: 8,
    opsets: model.opsets,
    producer: 'finesse',
    graph: scale === null ? appendHead(pooled, head) : appendScaledHead(pooled, head, scale),
  })
}
