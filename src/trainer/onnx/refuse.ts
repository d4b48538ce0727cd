import { t } from '../../shared/l10n.ts'
import { describeNode } from './describe.ts'
import type { Node } from './model.ts'
import { subgraphs } from './order.ts'

const QUANTISED =
  /^(QLinear|DynamicQuantize|Quantize|Dequantize|MatMulInteger|ConvInteger|QAttention|QGemm|QOrdered|QEmbed|MatMulNBits|MatMulBnb4|MatMulFpQ4|GatherBlockQuantized)/
const CONTROL_FLOW = new Set(['If', 'Loop', 'Scan', 'SequenceMap'])

/** Whether the operator computes with weights of a few bits, which have no gradient. */
export const isQuantised = (node: Node): boolean => QUANTISED.test(node.op)

/**
 * Why a model with the node is not used at all, or null: quantising by the range of a whole batch, padding
 * included, makes an answer depend on the texts beside it, so nothing that is measured would hold again.
 */
export const describeBatchDependence = (node: Node): string | null =>
  node.op.startsWith('DynamicQuantize')
    ? t`${describeNode(node)} quantises by the range of a whole batch, so that an answer depends on the texts beside it; choose the fp32 or fp16 file of this model`
    : null

/** Whether the node decides at run time what is computed. */
export const isControlFlow = (node: Node): boolean => CONTROL_FLOW.has(node.op) || subgraphs(node).length > 0

/**
 * Why a gradient can't pass a node, in one line that names it and says what to choose instead.
 *
 * @param use what of the node has no rule where other uses of its operator have one
 */
export function describeRefusal(node: Node, use?: string): string {
  const name = describeNode(node)
  if (isQuantised(node))
    return t`${name} computes with quantised weights, which can't be trained; choose the fp32 or fp16 file of this model`
  if (isControlFlow(node))
    return t`${name} decides at run time what is computed, which can't be trained; choose a file exported without it (for a merged decoder, the unmerged one)`
  return use === undefined
    ? t`${name} has no gradient rule in Finesse; train the head alone (strategy head), or choose a model without it`
    : t`${name} has no gradient rule where ${use}; train the head alone (strategy head), or choose a model without it`
}
