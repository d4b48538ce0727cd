import { UserError } from '../../shared/error.ts'
import type { Node } from '../onnx/model.ts'
import { describeRefusal } from '../onnx/refuse.ts'
import type { GraphBuilder } from './builder.ts'

/** What a rule sees of the node it differentiates. */
export interface RuleContext {
  readonly b: GraphBuilder
  readonly node: Node
  /** Gradient of the loss by the node's first output, of that output's dimensions. */
  readonly g: string
  /** Gradient by each output; null where the loss does not depend on it. */
  readonly gradients: readonly (string | null)[]
  /** The node's inputs and its first output. */
  readonly x: string
  readonly y: string
  input(index: number): string
  /** Dimensions of an input. */
  dims(index: number): readonly number[]
  /** The value of an input that is a constant, such as axes; null when the input is left out. */
  constant(index: number): readonly number[] | null
}

/**
 * The gradient by each input, made when it is asked for; null for an input that has none (indices, shapes,
 * conditions). Where an input was broadcast, the rule gives the gradient of the broadcast dimensions: the
 * accumulator sums it once.
 */
export type Rule = (context: RuleContext) => readonly ((() => string) | null)[]

export type Rules = Readonly<Record<string, Rule>>

/**
 * The error for an operator, or a use of one, that has no rule.
 *
 * @param use as in 'it transposes the batch'
 */
export const unsupported = (node: Node, use?: string): UserError => new UserError(describeRefusal(node, use))
