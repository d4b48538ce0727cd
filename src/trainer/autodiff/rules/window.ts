import { intAttribute, intsAttribute, stringAttribute } from '../../onnx/attributes.ts'
import type { Node } from '../../onnx/model.ts'

/** How a kernel moves over the axes of space: a number an axis in each. */
export interface Window {
  readonly kernel: readonly number[]
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  /** Zeros before and after each axis of what the window moves over. */
  readonly before: readonly number[]
  readonly after: readonly number[]
}

/**
 * The window that a node's attributes describe, with what comes after an axis as much as the windows need: less
 * than the node says where it ends without them, more where it rounds their number up.
 *
 * @param kernel where the node does not say it
 * @param wide lengths of the axes that the window moves over
 * @param narrow how many places it stops at in each
 */
export const windowOf = (
  node: Node,
  kernel: readonly number[],
  wide: readonly number[],
  narrow: readonly number[],
): Window => {
  const ones = kernel.map(() => 1)
  const strides = intsAttribute(node, 'strides') ?? ones
  const dilations = intsAttribute(node, 'dilations') ?? ones
  const pads = intsAttribute(node, 'pads') ?? []
  const mode = stringAttribute(node, 'auto_pad', 'NOTSET')
  const spans = narrow.map(
    (n, i) => (n - 1) * (strides[i] ?? 1) + (dilations[i] ?? 1) * ((kernel[i] ?? 1) - 1) + 1,
  )
  const before = spans.map((span, i) => {
    if (mode === 'NOTSET' && !node.attributes.has('output_shape')) return pads[i] ?? 0
    const total = Math.max(0, span + outputPadding(node, i) - (wide[i] ?? 0))
    if (mode === 'VALID') return 0
    return mode === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2)
  })
  const after = spans.map((span, i) => span - (before[i] ?? 0) - (wide[i] ?? 0))
  return { kernel, strides, dilations, before, after }
}

const outputPadding = (node: Node, axis: number): number => intsAttribute(node, 'output_padding')?.[axis] ?? 0

export const groupsOf = (node: Node): number => intAttribute(node, 'group', 1)
