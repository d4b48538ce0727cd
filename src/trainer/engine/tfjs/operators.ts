import type { Node } from '../../onnx/model.ts'
import { convolution } from './convolution.ts'
import { elementwise } from './elementwise.ts'
import { indexing } from './indexing.ts'
import { linear } from './linear.ts'
import { normalisation } from './normalisation.ts'
import { notHere, type Operator, type Operators } from './operator.ts'
import { reductions } from './reduction.ts'
import { shape } from './shape.ts'

/** Every operator that the second engine computes, with the meaning of the opset that models are raised to. */
export const operators: Operators = {
  ...elementwise,
  ...linear,
  ...convolution,
  ...normalisation,
  ...reductions,
  ...shape,
  ...indexing,
}

/** @throws UserError for an operator that is not in the table */
export const operatorOf = (node: Node): Operator => {
  const name = node.domain === '' || node.domain === 'ai.onnx' ? node.op : `${node.domain}.${node.op}`
  const operator = Object.hasOwn(operators, name) ? operators[name] : undefined
  if (!operator) throw notHere(node)
  return operator
}
