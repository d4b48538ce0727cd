import type * as tfjs from '@tensorflow/tfjs-core'
import { UserError } from '../../../shared/error.ts'
import { t } from '../../../shared/l10n.ts'
import { describeNode } from '../../onnx/describe.ts'
import type { Node } from '../../onnx/model.ts'

/** TensorFlow.js as it was loaded: the union package, the one for Node, or its core with a backend. */
export type TensorFlow = typeof tfjs
export type TfTensor = tfjs.Tensor

/** What an operator sees of the node that it computes. */
export interface Call {
  readonly tf: TensorFlow
  readonly node: Node
  /** An input that was given. */
  input(index: number): TfTensor
  /** An input that may be left out. */
  optional(index: number): TfTensor | null
  /** The elements of an input that says how to compute, such as axes; null where it is left out. */
  numbers(index: number): readonly number[] | null
}

/** Computes a node's outputs from its inputs; the one output alone, or all of them in order. */
export type Operator = (call: Call) => TfTensor | readonly TfTensor[]

/** By operator; those that are not of the default domain as `domain.operator`. */
export type Operators = Readonly<Record<string, Operator>>

/** The operator of a node, or a use of it, is one that this engine does not have. */
export const notHere = (node: Node, use?: string): UserError =>
  new UserError(
    use === undefined
      ? t`${describeNode(node)} can not be computed on TensorFlow.js. Use the engine onnxruntime, which has it.`
      : t`${describeNode(node)} can not be computed on TensorFlow.js: ${use}. Use the engine onnxruntime, which has it.`,
  )
