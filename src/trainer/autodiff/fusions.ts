import { attributes, float, floatAttribute, stringAttribute } from '../onnx/attributes.ts'
import { float32Tensor, int64Tensor } from '../onnx/elements.ts'
import type { Attribute, Graph, Node, TensorValue } from '../onnx/model.ts'
import { MICROSOFT } from './rule.ts'

/**
 * Writes the fusions of onnxruntime's optimiser that join a residual connection, a lookup or an activation with
 * what follows as the operators that they stand for: layers are found by their residual connections, tables by
 * their lookups. A fusion of which more is read than inference needs stays, and is refused where it is trained.
 */
export const withoutFusions = (graph: Graph): Graph => {
  if (!graph.nodes.some((node) => node.domain === MICROSOFT && Object.hasOwn(FUSIONS, node.op))) return graph
  const taken = new Set([
    ...graph.initializers.keys(),
    ...graph.inputs.map((input) => input.name),
    ...graph.nodes.flatMap((node) => node.outputs),
  ])
  const read = new Set([
    ...graph.nodes.flatMap((node) => node.inputs),
    ...graph.outputs.map(({ name }) => name),
  ])
  const initializers = new Map(graph.initializers)
  const nodes = graph.nodes.flatMap((node): readonly Node[] => {
    const fusion = node.domain === MICROSOFT && Object.hasOwn(FUSIONS, node.op) ? FUSIONS[node.op] : undefined
    if (!fusion) return [node]
    const made: Node[] = []
    const fresh = (of: string): string => {
      const base = `${node.outputs[0] ?? node.name}.${of}`
      let name = base
      for (let n = 2; taken.has(name); n++) name = `${base}.${n}`
      taken.add(name)
      return name
    }
    const place: Place = {
      node,
      input: (i) => node.inputs[i] ?? '',
      isRead: (i) => read.has(node.outputs[i] || ' '),
      constant: (of, value) => {
        const name = fresh(of)
        initializers.set(name, value)
        return name
      },
      add: (op, inputs, given = {}, output = fresh(op)) => {
        const name = output === node.outputs[0] ? node.name : output
        made.push({ name, op, domain: '', inputs, outputs: [output], attributes: attributes(given) })
        return output
      },
    }
    return fusion(place) ? made : [node]
  })
  return { ...graph, nodes, initializers }
}

interface Place {
  readonly node: Node
  /** '' where it is left out. */
  readonly input: (index: number) => string
  readonly isRead: (output: number) => boolean
  readonly constant: (of: string, value: TensorValue) => string
  /** A node of the default domain; returns its output, a fresh name unless one is given. */
  readonly add: (
    op: string,
    inputs: readonly string[],
    given?: Parameters<typeof attributes>[0],
    output?: string,
  ) => string
}

/** Adds the nodes; false where the fusion is used in a way that they can't say. */
type Fusion = (place: Place) => boolean

/** x + skip [+ bias], normalised; the sum is the fourth output. */
const skipNormalization =
  (op: string, biasAt: number): Fusion =>
  ({ node, input, isRead, add }) => {
    if (isRead(1) || isRead(2)) return false
    const sum = node.outputs[3] || undefined
    const bias = input(biasAt)
    const joined = add('Add', [input(0), input(1)], {}, bias ? undefined : sum)
    const moved = bias ? add('Add', [joined, bias], {}, sum) : joined
    const scales = biasAt === 4 && input(3) ? [input(2), input(3)] : [input(2)]
    add(op, [moved, ...scales], normal(node), node.outputs[0])
    return true
  }

const normal = (node: Node) => ({ axis: -1, epsilon: float(floatAttribute(node, 'epsilon', 1e-12)) })

/** The sum of the rows of words, positions and segments, normalised; the lengths of the rows and the sum beside it. */
const embedding: Fusion = ({ node, input, isRead, constant, add }) => {
  const [ids, segments, words, places, kinds, gamma, beta, mask, positions] = node.inputs
  if (!ids || !words || !places || !gamma || !beta || (isRead(1) && !mask)) return false
  const at = (): string => {
    const one = (value: number): string => constant(`number`, int64Tensor([], [value]))
    const tokens = add('Gather', [add('Shape', [ids]), one(1)])
    return add('Range', [one(0), tokens, one(1)])
  }
  const word = add('Gather', [words, ids])
  const place = add('Gather', [places, positions || at()])
  const sum = node.outputs[2] || undefined
  const both = add('Add', [word, place], {}, kinds && segments ? undefined : sum)
  const all = kinds && segments ? add('Add', [both, add('Gather', [kinds, segments])], {}, sum) : both
  add('LayerNormalization', [all, gamma, beta], normal(node), node.outputs[0])
  if (isRead(1) && mask)
    add('ReduceSum', [input(7), constant('axis', int64Tensor([1], [1]))], { keepdims: 0 }, node.outputs[1])
  return true
}

/** Activations that FusedConv and FusedGemm name, and how their parameters are called. */
const ACTIVATIONS: Readonly<Record<string, readonly string[]>> = {
  Relu: [],
  Sigmoid: [],
  Tanh: [],
  LeakyRelu: ['alpha'],
  HardSigmoid: ['alpha', 'beta'],
  Clip: ['min', 'max'],
}

const parameters = (node: Node): readonly number[] => {
  const listed = node.attributes.get('activation_params')
  if (listed?.kind === 'floats') return listed.value
  return ['activation_alpha', 'activation_beta'].flatMap((name) =>
    node.attributes.has(name) ? [floatAttribute(node, name, 0)] : [],
  )
}

/** A product, a value added to it where there is one, an activation. */
const activated =
  (op: string): Fusion =>
  ({ node, input, constant, add }) => {
    const name = stringAttribute(node, 'activation', '')
    const words = name === '' ? [] : ACTIVATIONS[name]
    if (!words) return false
    const own = [...node.attributes].filter(([key]) => !key.startsWith('activation'))
    const steps = [op, ...(input(3) ? ['Add'] : []), ...(name ? [name] : [])]
    const outputOf = (step: string): string | undefined =>
      steps.at(-1) === step ? node.outputs[0] : undefined
    const factors = node.inputs.slice(0, 3).filter((factor) => factor !== '')
    const product = add(op, factors, Object.fromEntries<Attribute>(own), outputOf(op))
    const sum = input(3) ? add('Add', [product, input(3)], {}, outputOf('Add')) : product
    if (!name) return true
    const given = parameters(node)
    if (name === 'Clip')
      add(
        'Clip',
        [sum, ...given.map((bound, i) => constant(words[i] ?? '', float32Tensor([], [bound])))],
        {},
        node.outputs[0],
      )
    else
      add(
        name,
        [sum],
        Object.fromEntries(given.map((value, i) => [words[i] ?? '', float(value)])),
        node.outputs[0],
      )
    return true
  }

const FUSIONS: Readonly<Record<string, Fusion>> = {
  SkipLayerNormalization: skipNormalization('LayerNormalization', 4),
  SkipSimplifiedLayerNormalization: skipNormalization('SimplifiedLayerNormalization', 3),
  EmbedLayerNormalization: embedding,
  FusedConv: activated('Conv'),
  FusedGemm: activated('Gemm'),
}
