import { t } from '../../shared/l10n.ts'
import { toNumbers } from '../onnx/elements.ts'
import type { Node } from '../onnx/model.ts'
import type { GraphBuilder } from './builder.ts'
import { type RuleContext, ruleOf, unsupported } from './rule.ts'
import { rules } from './rules/index.ts'
import { sameDims } from './static-graph.ts'

/** The gradient of rows that were gathered from a table: row `indices[i]` of the table receives `rows[i]`. */
export interface GatheredGradient {
  readonly table: string
  /** Value holding the indices, of any dimensions. */
  readonly indices: string
  /** Value of dimensions [...indices, width]. */
  readonly rows: string
}

export interface Gradients {
  /** Gradient value by the name of what was asked for; a name is missing when the seeds do not depend on it. */
  readonly dense: ReadonlyMap<string, string>
  readonly gathered: readonly GatheredGradient[]
  /** Gradient value by the name of any value on the way. */
  readonly all: ReadonlyMap<string, string>
}

/**
 * Appends the backward pass to a graph (reverse-mode differentiation): the gradients, by the values named in
 * `wanted`, of the sum of each seeded value times its seed.
 *
 * @param nodes the forward nodes, in topological order, all of them in the builder's graph
 * @param seeds value name to the value that holds its cotangent, of the same dimensions
 * @param wanted inputs or constants of the graph
 * @param tables those of `wanted` that are embedding tables: their gradient is given by gathered rows
 */
export const backward = (
  b: GraphBuilder,
  nodes: readonly Node[],
  seeds: ReadonlyMap<string, string>,
  wanted: ReadonlySet<string>,
  tables: ReadonlySet<string> = new Set(),
): Gradients => {
  const onPath = dependents(nodes, wanted, b)
  const gradient = new Map<string, string>(seeds)
  const gathered: GatheredGradient[] = []

  const accumulate = (name: string, part: string): void => {
    const dims = b.dims(name)
    const reduced = b.sumTo(part, dims)
    if (!sameDims(b.dims(reduced), dims))
      throw new Error(`gradient of ${name}: [${b.dims(reduced)}] for [${dims}]`)
    const sum = gradient.get(name)
    gradient.set(name, sum === undefined ? reduced : b.add(sum, reduced))
  }

  for (const node of nodes.toReversed()) {
    if (!node.inputs.some((name) => onPath.has(name))) continue
    const gradients = node.outputs.map((name) => gradient.get(name) ?? null)
    if (gradients.every((g) => g === null)) continue
    const rule = ruleOf(rules, node)
    if (!rule) throw unsupported(node)

    const [table, indices] = node.inputs
    const [rows] = gradients
    if (node.op === 'Gather' && table !== undefined && indices !== undefined && rows && tables.has(table)) {
      gathered.push({ table, indices, rows })
      continue
    }
    const parts = rule.gradient(context(b, node, gradients))
    for (const [i, name] of node.inputs.entries()) {
      const part = parts[i]
      if (part && onPath.has(name)) accumulate(name, part())
    }
  }
  const dense = new Map<string, string>()
  for (const name of wanted) {
    const value = gradient.get(name)
    if (value !== undefined) dense.set(name, value)
  }
  return { dense, gathered, all: gradient }
}

/** The values that depend on what is wanted through float arithmetic: only they need a gradient. */
const dependents = (
  nodes: readonly Node[],
  wanted: ReadonlySet<string>,
  b: GraphBuilder,
): ReadonlySet<string> => {
  const reached = new Set(wanted)
  for (const node of nodes) {
    if (!node.inputs.some((name) => reached.has(name))) continue
    for (const name of node.outputs) {
      const type = b.values.get(name)?.type
      if (type === 'float32' || type === 'float64') reached.add(name)
    }
  }
  return reached
}

const context = (b: GraphBuilder, node: Node, gradients: readonly (string | null)[]): RuleContext => {
  const input = (index: number): string => {
    const name = node.inputs[index]
    if (name === undefined || name === '') throw new Error(`${node.op} ${node.name} has no input ${index}`)
    return name
  }
  return {
    b,
    node,
    gradients,
    input,
    get g() {
      const [g] = gradients
      if (!g) throw unsupported(node, t`another output than its first is used`)
      return g
    },
    get x() {
      return input(0)
    },
    get y() {
      return node.outputs[0] ?? ''
    },
    dims: (index) => b.dims(input(index)),
    constant: (index) => {
      const name = node.inputs[index]
      if (name === undefined || name === '') return null
      const value = b.constants.get(name)
      if (!value) throw unsupported(node, t`its input ${index} is computed from the data`)
      return toNumbers(value)
    },
  }
}
