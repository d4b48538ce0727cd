import { ELEMENT_BYTES, elementCount } from '../onnx/elements.ts'
import type { StaticGraph } from './static-graph.ts'

/** Nodes whose output is their input under other dimensions: onnxruntime copies nothing. */
const VIEWS = new Set(['Reshape', 'Squeeze', 'Unsqueeze', 'Flatten', 'Identity'])

/**
 * The most bytes that the values of a graph take at once where its nodes are executed in order, and each value is
 * freed when it was read for the last time. Inputs and constants are not counted; outputs stay to the end.
 */
export const liveBytes = ({ nodes, values, outputs }: StaticGraph): number => {
  /** Value to the one whose memory it is. */
  const owners = new Map<string, string>()
  const ownerOf = (name: string): string => owners.get(name) ?? name
  const lastRead = new Map<string, number>()
  for (const [at, node] of nodes.entries()) {
    const [viewed, output] = [node.inputs[0], node.outputs[0]]
    if (VIEWS.has(node.op) && viewed !== undefined && output !== undefined)
      owners.set(output, ownerOf(viewed))
    for (const name of node.inputs) lastRead.set(ownerOf(name), at)
  }
  for (const name of outputs) lastRead.set(ownerOf(name), Number.POSITIVE_INFINITY)
  const held = new Map<string, number>()
  const freedAt = new Map<number, string[]>()
  let [now, most] = [0, 0]
  for (const [at, node] of nodes.entries()) {
    for (const name of node.outputs) {
      const read = lastRead.get(name)
      const value = values.get(name)
      if (read === undefined || owners.has(name) || !value) continue
      const bytes = elementCount(value.dims) * ELEMENT_BYTES[value.type]
      held.set(name, bytes)
      now += bytes
      freedAt.set(read, [...(freedAt.get(read) ?? []), name])
    }
    most = Math.max(most, now)
    for (const name of freedAt.get(at) ?? []) now -= held.get(name) ?? 0
  }
  return most
}
