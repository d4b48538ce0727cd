import { attributes } from '../../onnx/attributes.ts'
import { canonical } from '../../onnx/canonical.ts'
import { elementCount, toFloat32 } from '../../onnx/elements.ts'
import { LARGEST_HALF, toHalves } from '../../onnx/half.ts'
import { DataType, type Model, type Node, type TensorValue } from '../../onnx/model.ts'

/** Elements of a constant below which nothing is won. */
const SMALLEST = 1024

/**
 * The model with its weights stored as fp16 and raised to float32 before they are used, so that arithmetic stays
 * float32: processors have no kernels in fp16 for most operators, and masks and variances leave its range. A
 * constant with a number that fp16 does not hold stays as it is.
 */
export const toFp16 = (model: Model): Model => {
  const graph = canonical(model.graph)
  const outputs = new Set(graph.outputs.map(({ name }) => name))
  const halved = new Set<string>()
  const initializers = new Map<string, TensorValue>()
  for (const [name, value] of graph.initializers) {
    const half = outputs.has(name) ? null : halfOf(value)
    if (half) halved.add(name)
    initializers.set(name, half ?? value)
  }
  const made: Node[] = []
  const raised = new Set<string>()
  const raise = (name: string): string => {
    if (!halved.has(name)) return name
    if (!raised.has(name)) made.push(castNode(name, floatName(name)))
    raised.add(name)
    return floatName(name)
  }
  for (const node of graph.nodes) {
    const [table = '', ...rest] = node.inputs
    const [result = ''] = node.outputs
    // Of a table the rows that are looked up are raised alone.
    if (node.op === 'Gather' && node.domain === '' && halved.has(table))
      made.push(
        { ...node, inputs: [table, ...rest], outputs: [`${result}.half`] },
        castNode(`${result}.half`, result),
      )
    else made.push({ ...node, inputs: node.inputs.map(raise) })
  }
  return { ...model, graph: { ...graph, nodes: made, initializers } }
}

const floatName = (name: string): string => `${name}.float`

const castNode = (from: string, to: string): Node => ({
  name: to,
  op: 'Cast',
  domain: '',
  inputs: [from],
  outputs: [to],
  attributes: attributes({ to: DataType.float32 }),
})

const halfOf = (value: TensorValue): TensorValue | null => {
  if (value.type !== 'float32' || elementCount(value.dims) < SMALLEST) return null
  const values = toFloat32(value)
  if (!values.every((number) => Math.abs(number) <= LARGEST_HALF)) return null
  const halves = toHalves(values)
  return { type: 'float16', dims: value.dims, data: new Uint8Array(halves.buffer) }
}
