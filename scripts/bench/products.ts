import type { StaticGraph } from '../../src/trainer/autodiff/static-graph.ts'
import { openSession, type Runtime } from '../../src/trainer/engine/runtime.ts'
import { toModel } from '../../src/trainer/engine/specialise.ts'
import type { Tensor } from '../../src/trainer/engine/tensor.ts'
import { attributes } from '../../src/trainer/onnx/attributes.ts'
import { elementCount, int64Tensor } from '../../src/trainer/onnx/elements.ts'
import type { Model, Node, TensorValue } from '../../src/trainer/onnx/model.ts'

/**
 * The matrix products of a graph alone, on values of their own: executes them, and resolves with the milliseconds. Of
 * each result one number is kept, so that nothing large is copied out.
 */
export async function productsOf(
  runtime: Runtime,
  graph: StaticGraph,
  opsets: Model['opsets'],
): Promise<() => Promise<number>> {
  const values = new Map(graph.values)
  const constants = new Map<string, TensorValue>([['~one', int64Tensor([1], [1])]])
  const feeds: Record<string, Tensor> = {}
  const nodes: Node[] = []
  const firsts: string[] = []
  const data = new Map<string, Float32Array>()
  /** A name of its own for each factor, or equal products would be computed once; the numbers are shared. */
  const factor = (name: string, own: string): string => {
    if (name === '') return ''
    const dims = graph.values.get(name)?.dims ?? []
    const size = elementCount(dims)
    const shared =
      data.get(String(dims)) ?? Float32Array.from({ length: size }, (_, i) => Math.sin(1 + i * 1.7))
    data.set(String(dims), shared)
    feeds[own] = { type: 'float32', dims, data: shared }
    values.set(own, { type: 'float32', dims })
    return own
  }
  const node = (
    op: string,
    name: string,
    inputs: readonly string[],
    dims: readonly number[],
    axis?: number,
  ): string => {
    nodes.push({
      name,
      op,
      domain: '',
      inputs,
      outputs: [name],
      attributes: attributes(axis === undefined ? {} : { axis }),
    })
    values.set(name, { type: 'float32', dims })
    return name
  }
  for (const [i, product] of neededOf(graph)
    .filter(({ op }) => /MatMul|Gemm/.test(op))
    .entries()) {
    const dims = graph.values.get(product.outputs[0] ?? '')?.dims ?? []
    const inputs = product.inputs.map((name, j) => factor(name, `~factor.${i}.${j}`))
    const output = `~product.${i}`
    nodes.push({ ...product, name: output, inputs, outputs: [output] })
    values.set(output, { type: 'float32', dims })
    const [from, to] = [`~from.${dims.length}`, `~to.${dims.length}`]
    constants.set(
      from,
      int64Tensor(
        [dims.length],
        dims.map(() => 0),
      ),
    )
    constants.set(
      to,
      int64Tensor(
        [dims.length],
        dims.map(() => 1),
      ),
    )
    const corner = node(
      'Slice',
      `~corner.${i}`,
      [output, from, to],
      dims.map(() => 1),
    )
    firsts.push(node('Reshape', `~first.${i}`, [corner, '~one'], [1]))
  }
  const all = node('Concat', '~all', firsts, [firsts.length], 0)
  for (const [name, { type, dims }] of constants) values.set(name, { type, dims })
  const session = await openSession(
    runtime,
    toModel({ nodes, values, constants, inputs: Object.keys(feeds), outputs: [all] }, opsets),
  )
  return async () => {
    const from = performance.now()
    await session.run(feeds, [all])
    return performance.now() - from
  }
}

/** The nodes that the outputs depend on: a session leaves out the others. */
function neededOf(graph: StaticGraph): readonly Node[] {
  const needed = new Set(graph.outputs)
  const kept: Node[] = []
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((name) => needed.has(name))) continue
    kept.unshift(node)
    for (const name of node.inputs) needed.add(name)
  }
  return kept
}
