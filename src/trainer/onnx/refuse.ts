import { describeNode } from './describe.ts'
import type { Node } from './model.ts'
import { subgraphs } from './order.ts'

const QUANTISED =
  /^(QLinear|DynamicQuantize|Quantize|Dequantize|MatMulInteger|ConvInteger|QAttention|QGemm|QOrdered|QEmbed|MatMulNBits|MatMulBnb4|MatMulFpQ4|GatherBlockQuantized)/
const CONTROL_FLOW = new Set(['If', 'Loop', 'Scan', 'SequenceMap'])

/** Whether the operator computes with weights of a few bits, which have no gradient. */
export const isQuantised = (node: Node): boolean => QUANTISED.test(node.op)

/** Whether the node decides at run time what is computed. */
export const isControlFlow = (node: Node): boolean => CONTROL_FLOW.has(node.op) || subgraphs(node).length > 0

/** Why a gradient can't pass a node, in one line that names it and says what to choose instead. */
export function describeRefusal(node: Node): string {
  const name = describeNode(node)
  if (isQuantised(node))
    return `${name} computes with quantised weights, which can't be trained; choose the fp32 or fp16 file of this model`
  if (isControlFlow(node))
    return `${name} decides at run time what is computed, which can't be trained; choose a file exported without it (for a merged decoder, the unmerged one)`
  return `${name} has no gradient rule in Finesse; choose --strategy head, or a model without it`
}
