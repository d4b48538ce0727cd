import { attributes, float } from '../onnx/attributes.ts'
import { elementCount } from '../onnx/elements.ts'
import { DataType, type DataTypeName, type Node, type TensorValue } from '../onnx/model.ts'
import { broadcast, normalAxes, type StaticGraph, type StaticValue, sameDims } from './static-graph.ts'

/** More than any axis has. */
const MANY = 2 ** 40

type AttributeValues = Parameters<typeof attributes>[0]

/**
 * Appends nodes to a static graph and keeps the type and dimensions of what they give, so that whoever
 * writes a rule never has to. It lives while one graph is derived.
 */
export class GraphBuilder {
  readonly values: Map<string, StaticValue>
  readonly constants: Map<string, TensorValue>
  private readonly nodes: Node[]
  private readonly inputs: string[]
  private readonly constantNames = new Map<string, string>()
  private count = 0

  constructor(graph: StaticGraph) {
    this.nodes = [...graph.nodes]
    this.values = new Map(graph.values)
    this.constants = new Map(graph.constants)
    this.inputs = [...graph.inputs]
  }

  graph(outputs: readonly string[]): StaticGraph {
    return { nodes: this.nodes, values: this.values, constants: this.constants, inputs: this.inputs, outputs }
  }

  value(name: string): StaticValue {
    const value = this.values.get(name)
    if (!value) throw new Error(`no value ${name} in the graph`)
    return value
  }

  dims(name: string): readonly number[] {
    return this.value(name).dims
  }

  input(name: string, type: DataTypeName, dims: readonly number[]): string {
    this.values.set(name, { type, dims })
    this.inputs.push(name)
    return name
  }

  /** A node of any operator, with the dimensions of its outputs; returns the names of these. */
  node(
    op: string,
    inputs: readonly string[],
    outputs: readonly StaticValue[],
    attributeValues: AttributeValues = {},
    domain = '',
  ): string[] {
    const names = outputs.map(() => this.fresh(op))
    this.nodes.push({
      name: names[0] ?? op,
      op,
      domain,
      inputs,
      outputs: names,
      attributes: attributes(attributeValues),
    })
    for (const [i, name] of names.entries()) {
      const output = outputs[i]
      if (output) this.values.set(name, output)
    }
    return names
  }

  /** A node as it stands; its values are known. */
  append(node: Node): void {
    this.nodes.push(node)
  }

  /** The same node on other inputs of the same dimensions; returns the names of its outputs, '' where one is left out. */
  copy(node: Node, inputs: readonly string[]): readonly string[] {
    const outputs = node.outputs.map((name) => {
      if (name === '') return ''
      const copy = this.fresh(node.op)
      this.values.set(copy, this.value(name))
      return copy
    })
    this.nodes.push({ ...node, name: outputs[0] ?? node.name, inputs, outputs })
    return outputs
  }

  /** Makes a node of the forward graph give an optional output as well, and returns the output's name. */
  extraOutput(node: Node, index: number, value: StaticValue): string {
    const at = this.nodes.findIndex((other) => other.outputs[0] === node.outputs[0])
    const current = this.nodes[at]
    if (!current) throw new Error(`node ${node.name} is not in the graph`)
    const existing = current.outputs[index]
    if (existing) return existing
    const name = this.fresh(node.op)
    const outputs = Array.from({ length: Math.max(current.outputs.length, index + 1) }, (_, i) =>
      i === index ? name : (current.outputs[i] ?? ''),
    )
    this.nodes[at] = { ...current, outputs }
    this.values.set(name, value)
    return name
  }

  // Constants, each distinct one once.

  scalar(value: number): string {
    return this.constant(`f${value}`, 'float32', [], new Float32Array([value]))
  }

  ints(values: readonly number[]): string {
    return this.constant(`i${values}`, 'int64', [values.length], BigInt64Array.from(values, BigInt))
  }

  floats(dims: readonly number[], values: readonly number[]): string {
    return this.constant(`f${dims}:${values}`, 'float32', dims, Float32Array.from(values))
  }

  zeros(dims: readonly number[]): string {
    return this.one('ConstantOfShape', [this.ints(dims)], { type: 'float32', dims })
  }

  // Elementwise, with NumPy's broadcasting.

  add = (a: string, b: string): string => this.binary('Add', a, b)
  sub = (a: string, b: string): string => this.binary('Sub', a, b)
  mul = (a: string, b: string): string => this.binary('Mul', a, b)
  div = (a: string, b: string): string => this.binary('Div', a, b)
  pow = (a: string, b: string): string => this.binary('Pow', a, b)
  greater = (a: string, b: string): string => this.binary('Greater', a, b, 'bool')
  greaterOrEqual = (a: string, b: string): string => this.binary('GreaterOrEqual', a, b, 'bool')
  equal = (a: string, b: string): string => this.binary('Equal', a, b, 'bool')
  and = (a: string, b: string): string => this.binary('And', a, b, 'bool')
  neg = (x: string): string => this.unary('Neg', x)
  exp = (x: string): string => this.unary('Exp', x)
  log = (x: string): string => this.unary('Log', x)
  sqrt = (x: string): string => this.unary('Sqrt', x)
  erf = (x: string): string => this.unary('Erf', x)
  sigmoid = (x: string): string => this.unary('Sigmoid', x)
  sign = (x: string): string => this.unary('Sign', x)
  not = (x: string): string => this.unary('Not', x)
  unary = (op: string, x: string): string => this.one(op, [x], this.value(x))

  binary(op: string, a: string, b: string, type: DataTypeName = this.value(a).type): string {
    return this.one(op, [a, b], { type, dims: broadcast(this.dims(a), this.dims(b)) })
  }

  where(condition: string, a: string, b: string): string {
    const dims = broadcast(broadcast(this.dims(condition), this.dims(a)), this.dims(b))
    return this.one('Where', [condition, a, b], { type: this.value(a).type, dims })
  }

  cast(x: string, type: DataTypeName): string {
    if (this.value(x).type === type) return x
    return this.one('Cast', [x], { type, dims: this.dims(x) }, { to: DataType[type] })
  }

  // Products.

  /** Batched product of the last two dimensions, either factor transposed, times `alpha`. */
  matmul(a: string, b: string, options: { transA?: boolean; transB?: boolean; alpha?: number } = {}): string {
    const { transA = false, transB = false, alpha = 1 } = options
    const da = this.dims(a)
    const db = this.dims(b)
    const rows = da.at(transA ? -1 : -2)
    const columns = db.at(transB ? -2 : -1)
    if (rows === undefined || columns === undefined) throw new Error(`matmul of [${da}] and [${db}]`)
    const dims = [...broadcast(da.slice(0, -2), db.slice(0, -2)), rows, columns]
    const value: StaticValue = { type: this.value(a).type, dims }
    if (!transA && !transB && alpha === 1) return this.one('MatMul', [a, b], value)
    return this.one(
      'FusedMatMul',
      [a, b],
      value,
      { transA: Number(transA), transB: Number(transB), alpha: float(alpha) },
      'com.microsoft',
    )
  }

  /** Product of two matrices, either one transposed. */
  gemm(a: string, b: string, options: { transA?: boolean; transB?: boolean; alpha?: number } = {}): string {
    const { transA = false, transB = false, alpha = 1 } = options
    const rows = this.dims(a)[transA ? 1 : 0]
    const columns = this.dims(b)[transB ? 0 : 1]
    if (rows === undefined || columns === undefined)
      throw new Error(`gemm of [${this.dims(a)}] and [${this.dims(b)}]`)
    return this.one(
      'Gemm',
      [a, b],
      { type: this.value(a).type, dims: [rows, columns] },
      { transA: Number(transA), transB: Number(transB), alpha: float(alpha) },
    )
  }

  // Shapes.

  reshape(x: string, dims: readonly number[]): string {
    if (sameDims(this.dims(x), dims)) return x
    // A length of 0 in Reshape's shape means 'as before' unless allowzero is set.
    return this.one('Reshape', [x, this.ints(dims)], { type: this.value(x).type, dims }, { allowzero: 1 })
  }

  transpose(x: string, perm: readonly number[]): string {
    const dims = this.dims(x)
    return this.one(
      'Transpose',
      [x],
      { type: this.value(x).type, dims: perm.map((axis) => dims[axis] ?? 1) },
      { perm },
    )
  }

  expand(x: string, dims: readonly number[]): string {
    if (sameDims(this.dims(x), dims)) return x
    return this.one('Expand', [x, this.ints(dims)], { type: this.value(x).type, dims })
  }

  concat(parts: readonly string[], axis: number): string {
    const [first] = parts
    if (first === undefined) throw new Error('nothing to concatenate')
    if (parts.length === 1) return first
    const dims = this.dims(first).map((n, i) =>
      i === axis ? parts.reduce((sum, part) => sum + (this.dims(part)[axis] ?? 0), 0) : n,
    )
    return this.one('Concat', parts, { type: this.value(first).type, dims }, { axis })
  }

  /** Elements [start, end) of one axis. */
  slice(x: string, axis: number, start: number, end: number): string {
    const dims = this.dims(x).map((n, i) => (i === axis ? end - start : n))
    return this.one('Slice', [x, this.ints([start]), this.ints([end]), this.ints([axis])], {
      type: this.value(x).type,
      dims,
    })
  }

  /** The same axes in reverse order of their elements. */
  reverse(x: string, axes: readonly number[]): string {
    const every = (value: number): string => this.ints(axes.map(() => value))
    return this.one('Slice', [x, every(-1), every(-MANY), this.ints(axes), every(-1)], this.value(x))
  }

  /** Zeros around x, as many before and after as each axis says. */
  pad(x: string, before: readonly number[], after: readonly number[]): string {
    if ([...before, ...after].every((n) => n === 0)) return x
    const dims = this.dims(x).map((n, i) => n + (before[i] ?? 0) + (after[i] ?? 0))
    return this.one('Pad', [x, this.ints([...before, ...after])], { type: this.value(x).type, dims })
  }

  // Reductions.

  sum = (x: string, axes: readonly number[], keep = true): string => this.reduce('ReduceSum', x, axes, keep)
  mean = (x: string, axes: readonly number[], keep = true): string => this.reduce('ReduceMean', x, axes, keep)

  reduce(op: string, x: string, axes: readonly number[], keep: boolean): string {
    const dims = this.dims(x)
    const normal = normalAxes(axes, dims.length)
    const reduced = keep
      ? dims.map((n, i) => (normal.includes(i) ? 1 : n))
      : dims.filter((_, i) => !normal.includes(i))
    return this.one(
      op,
      [x, this.ints(normal)],
      { type: this.value(x).type, dims: reduced },
      { keepdims: Number(keep) },
    )
  }

  /** Sums x over the axes along which a value of `dims` was broadcast to get x's dimensions. */
  sumTo(x: string, dims: readonly number[]): string {
    const from = this.dims(x)
    if (sameDims(from, dims)) return x
    const lead = from.length - dims.length
    const axes = from.flatMap((n, i) => (i < lead || (dims[i - lead] === 1 && n !== 1) ? [i] : []))
    if (axes.length > 0 && axes.length === lead) return this.sumOfRows(x, dims)
    return this.reshape(axes.length > 0 ? this.sum(x, axes) : x, dims)
  }

  /** Sums over the leading axes, as a product with ones: a reduction takes longer. */
  private sumOfRows(x: string, dims: readonly number[]): string {
    const width = elementCount(dims)
    const rows = elementCount(this.dims(x)) / width
    const ones = this.expand(this.scalar(1), [1, rows])
    return this.reshape(this.matmul(ones, this.reshape(x, [rows, width])), dims)
  }

  /** One node with one output. */
  one(
    op: string,
    inputs: readonly string[],
    output: StaticValue,
    attributeValues?: AttributeValues,
    domain?: string,
  ): string {
    const [name] = this.node(op, inputs, [output], attributeValues, domain)
    if (name === undefined) throw new Error(`${op} has no output`)
    return name
  }

  private constant(
    key: string,
    type: DataTypeName,
    dims: readonly number[],
    data: Float32Array | BigInt64Array,
  ): string {
    const known = this.constantNames.get(key)
    if (known !== undefined) return known
    const name = this.fresh('constant')
    this.constants.set(name, {
      type,
      dims,
      data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    })
    this.values.set(name, { type, dims })
    this.constantNames.set(key, name)
    return name
  }

  private fresh(hint: string): string {
    let name: string
    do name = `~${hint}.${this.count++}`
    while (this.values.has(name))
    return name
  }
}
