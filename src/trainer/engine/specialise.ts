import type { StaticGraph, StaticValue } from '../autodiff/static-graph.ts'
import { attributes } from '../onnx/attributes.ts'
import type { DataTypeName, Graph, Model, Node, TensorValue, ValueInfo } from '../onnx/model.ts'
import { openSession, output, type Runtime } from './runtime.ts'
import type { Tensor } from './tensor.ts'
import { outputType } from './types.ts'
import type { WeightedGraph } from './weights.ts'

const RANDOM = /^(Random|Bernoulli|Multinomial|Dropout)/

/**
 * Fixes a graph to the dimensions of `feeds`. Shapes are read off by executing the graph once with the shape
 * of every value as an output, and what depends on constants and shapes alone is replaced by its value: so
 * there is no shape inference to write for any operator.
 */
export const specialise = async (
  runtime: Runtime,
  model: WeightedGraph,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<StaticGraph> => {
  const { graph, weights } = model
  const types = typesOf(graph, weights, feeds)
  const folded = foldable(graph)

  const kept = graph.nodes.filter((node) => !folded.has(node))
  const frontier = new Set(kept.flatMap((node) => node.inputs))
  for (const info of graph.outputs) frontier.add(info.name)
  const wantedValues = [...folded].flatMap((node) => node.outputs).filter((name) => frontier.has(name))
  const wantedShapes = kept.flatMap((node) => node.outputs).filter((name) => name !== '')

  const shapeOf = (name: string): string => `~shape.${name}`
  const shapeNodes = wantedShapes.map(
    (name): Node => ({
      name: shapeOf(name),
      op: 'Shape',
      domain: '',
      inputs: [name],
      outputs: [shapeOf(name)],
      attributes: attributes({}),
    }),
  )
  const outputs = [...wantedValues, ...wantedShapes.map(shapeOf)]
  const session = await openSession(
    { ...runtime, device: 'cpu' },
    {
      irVersion: 8,
      opsets: model.opsets,
      producer: 'finesse',
      graph: {
        ...graph,
        nodes: [...graph.nodes, ...shapeNodes],
        initializers: graph.initializers,
        inputs: [
          ...graph.inputs.map((info) => ({ ...info, dims: feeds[info.name]?.dims ?? info.dims })),
          ...weightInputs(weights),
        ],
        outputs: outputs.map((name) => ({ name, type: types.get(name) ?? 'int64', dims: null })),
      },
    },
    'basic',
  )
  const results = await session.run({ ...Object.fromEntries(weights), ...feeds }, outputs)
  await session.release()

  const values = new Map<string, StaticValue>()
  const constants = new Map<string, TensorValue>()
  const addConstant = (name: string, value: TensorValue): void => {
    constants.set(name, value)
    values.set(name, { type: value.type, dims: value.dims })
  }
  for (const [name, value] of graph.initializers) if (frontier.has(name)) addConstant(name, value)
  for (const [name, tensor] of weights) values.set(name, { type: tensor.type, dims: tensor.dims })
  for (const info of graph.inputs) {
    const fed = feeds[info.name]
    if (fed) values.set(info.name, { type: fed.type, dims: fed.dims })
  }
  for (const name of wantedShapes) {
    const shape = output(results, shapeOf(name))
    if (shape.type !== 'int64') throw new Error('a shape is not int64')
    values.set(name, { type: types.get(name) ?? 'float32', dims: Array.from(shape.data, Number) })
  }
  for (const name of wantedValues) addConstant(name, toConstant(output(results, name)))
  const used = new Set(kept.flatMap((node) => node.inputs))
  return {
    nodes: kept,
    values,
    constants,
    inputs: [...graph.inputs.map((info) => info.name), ...weights.keys()].filter((name) => used.has(name)),
    outputs: graph.outputs.map((info) => info.name),
  }
}

/** The static graph as a model that a session executes. */
export const toModel = (graph: StaticGraph, opsets: Model['opsets']): Model => {
  const info = (name: string): ValueInfo => {
    const value = graph.values.get(name)
    if (!value) throw new Error(`no value ${name}`)
    return { name, type: value.type, dims: value.dims }
  }
  const used = new Set(graph.nodes.flatMap((node) => node.inputs))
  return {
    irVersion: 8,
    opsets: new Map([...opsets, ['com.microsoft', 1]]),
    producer: 'finesse',
    graph: {
      name: 'finesse',
      nodes: graph.nodes,
      initializers: new Map([...graph.constants].filter(([name]) => used.has(name))),
      inputs: graph.inputs.map(info),
      outputs: graph.outputs.map(info),
    },
  }
}

/** Nodes that depend on constants and on the shapes of values alone. */
const foldable = (graph: Graph): ReadonlySet<Node> => {
  const known = new Set<string>()
  const isKnown = (name: string): boolean => name === '' || known.has(name)
  const folded = new Set<Node>()
  for (const name of graph.initializers.keys()) known.add(name)
  for (const node of graph.nodes) {
    if (RANDOM.test(node.op)) continue
    if (node.op === 'Shape' || node.op === 'Size' || node.inputs.every(isKnown)) {
      folded.add(node)
      for (const name of node.outputs) known.add(name)
    }
  }
  return folded
}

const weightInputs = (weights: ReadonlyMap<string, Tensor>): readonly ValueInfo[] =>
  [...weights].map(([name, tensor]) => ({ name, type: tensor.type, dims: tensor.dims }))

const typesOf = (
  graph: Graph,
  weights: ReadonlyMap<string, Tensor>,
  feeds: Readonly<Record<string, Tensor>>,
): ReadonlyMap<string, DataTypeName> => {
  const types = new Map<string, DataTypeName>()
  for (const [name, value] of graph.initializers) types.set(name, value.type)
  for (const [name, tensor] of weights) types.set(name, tensor.type)
  for (const info of graph.inputs) types.set(info.name, feeds[info.name]?.type ?? info.type ?? 'float32')
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => types.get(name) ?? 'float32')
    for (const [i, name] of node.outputs.entries()) types.set(name, outputType(node, i, inputs))
  }
  return types
}

const toConstant = (tensor: Tensor): TensorValue => ({
  type: tensor.type,
  dims: tensor.dims,
  data: new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength),
})
