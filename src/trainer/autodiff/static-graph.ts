import type { DataTypeName, Node, TensorValue } from '../onnx/model.ts'

export interface StaticValue {
  readonly type: DataTypeName
  readonly dims: readonly number[]
}

/**
 * A graph whose every value has a known type and known dimensions, and whose shape arithmetic is folded into
 * constants: what rules differentiate and sessions execute. Trainable and other large weights are inputs.
 */
export interface StaticGraph {
  /** In topological order. */
  readonly nodes: readonly Node[]
  readonly values: ReadonlyMap<string, StaticValue>
  readonly constants: ReadonlyMap<string, TensorValue>
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

/** Dimensions of the result of an elementwise operation (NumPy's broadcasting). */
export const broadcast = (a: readonly number[], b: readonly number[]): readonly number[] => {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1
    const y = b[i - rank + b.length] ?? 1
    if (x !== y && x !== 1 && y !== 1) throw new Error(`cannot broadcast [${a}] with [${b}]`)
    return x === 1 ? y : x
  })
}

export const sameDims = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((n, i) => n === b[i])

/** Axes counted from the front; an empty list stands for all. */
export const normalAxes = (axes: readonly number[], rank: number): readonly number[] =>
  axes.length === 0
    ? Array.from({ length: rank }, (_, i) => i)
    : axes.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b)
