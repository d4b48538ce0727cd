import type { Device } from '../../shared/device.ts'
import type { StaticGraph } from '../autodiff/static-graph.ts'
import { attributes, float, floatAttribute, intAttribute } from '../onnx/attributes.ts'
import type { DataTypeName, Node, TensorValue } from '../onnx/model.ts'
import { elements } from './tensor.ts'

/** The graph in operators that the device's provider has kernels for. */
export const forDevice = (graph: StaticGraph, device: Device | 'tfjs'): StaticGraph =>
  device === 'webgpu' || device === 'coreml' ? withPlainProducts(graph) : graph

/**
 * Writes each FusedMatMul of floats with the standard operators: as Gemm on the flattened rows where the second
 * factor is one matrix, else as Transpose, MatMul and Mul. The WebGPU provider has no kernel for it (nor CoreML's), and so would
 * fetch half of the products of a training graph to the processor and send their results back.
 */
export const withPlainProducts = (graph: StaticGraph): StaticGraph => {
  const values = new Map(graph.values)
  const constants = new Map(graph.constants)
  const nodes: Node[] = []
  const dims = (name: string): readonly number[] => values.get(name)?.dims ?? []
  const add = (
    op: string,
    inputs: readonly string[],
    output: string,
    outputDims: readonly number[],
    given: Parameters<typeof attributes>[0] = {},
  ): string => {
    nodes.push({ name: output, op, domain: '', inputs, outputs: [output], attributes: attributes(given) })
    values.set(output, { type: 'float32', dims: outputDims })
    return output
  }
  const constant = (name: string, type: DataTypeName, shape: readonly number[], data: ArrayBufferView) => {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    const value: TensorValue = { type, dims: shape, data: bytes }
    constants.set(name, value)
    values.set(name, { type, dims: shape })
    return name
  }
  const reshape = (x: string, output: string, shape: readonly number[]): string =>
    add(
      'Reshape',
      [x, constant(`${output}~dims`, 'int64', [shape.length], BigInt64Array.from(shape, BigInt))],
      output,
      shape,
      { allowzero: 1 },
    )
  const transpose = (x: string, output: string): string => {
    const axes = dims(x).map((_, axis) => axis)
    const perm = [...axes.slice(0, -2), ...axes.slice(-2).reverse()]
    const shape = perm.map((axis) => dims(x)[axis] ?? 1)
    return add('Transpose', [x], output, shape, { perm })
  }

  for (const node of graph.nodes) {
    const product = fusedProduct(node, values.get(node.outputs[0] ?? '')?.type)
    if (!product || dims(product.a).length < 2 || dims(product.b).length < 2) {
      nodes.push(node)
      continue
    }
    const { a, b, y, transA, transB, alpha } = product
    const shape = dims(y)
    if (dims(b).length === 2 && (!transA || dims(a).length === 2)) {
      const options = { transA: Number(transA), transB: Number(transB), alpha: float(alpha) }
      const width = dims(a).at(-1) ?? 1
      if (dims(a).length === 2) {
        add('Gemm', [a, b], y, shape, options)
        continue
      }
      const rows = reshape(a, `${y}~rows`, [elements(dims(a).slice(0, -1)), width])
      const flat = [dims(rows)[0] ?? 1, shape.at(-1) ?? 1]
      reshape(add('Gemm', [rows, b], `${y}~flat`, flat, options), y, shape)
      continue
    }
    const factors = [transA ? transpose(a, `${y}~a`) : a, transB ? transpose(b, `${y}~b`) : b]
    if (alpha === 1) add('MatMul', factors, y, shape)
    else {
      const scale = constant(`~alpha.${alpha}`, 'float32', [], new Float32Array([alpha]))
      add('Mul', [add('MatMul', factors, `${y}~product`, shape), scale], y, shape)
    }
  }
  return { ...graph, nodes, values, constants }
}

/** What a FusedMatMul of floats computes; null for any other node. */
const fusedProduct = (node: Node, type: DataTypeName | undefined) => {
  const [a, b] = node.inputs
  const [y] = node.outputs
  if (node.op !== 'FusedMatMul' || type !== 'float32') return null
  if (a === undefined || b === undefined || y === undefined) return null
  if (intAttribute(node, 'transBatchA', 0) === 1 || intAttribute(node, 'transBatchB', 0) === 1) return null
  return {
    a,
    b,
    y,
    transA: intAttribute(node, 'transA', 0) === 1,
    transB: intAttribute(node, 'transB', 0) === 1,
    alpha: floatAttribute(node, 'alpha', 1),
  }
}
