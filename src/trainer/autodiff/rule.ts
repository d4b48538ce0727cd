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
export type Gradient = (context: RuleContext) => readonly ((() => string) | null)[]

/** An operator's line in the table. */
export interface Rule {
  /** The inputs in order, a word each; in brackets those without a gradient, with dots one that is repeated. */
  readonly inputs: string
  /** The formula, g being the gradient by the output, and its source where it is not in every book. */
  readonly derivative: string
  /** Uses of the operator that have no rule; '' where all have. */
  readonly except: string
  readonly gradient: Gradient
}

export const rule = (inputs: string, derivative: string, gradient: Gradient, except = ''): Rule => ({
  inputs,
  derivative,
  except,
  gradient,
})

/** By operator; those that are not of the default domain as `domain.operator`. */
export type Rules = Readonly<Record<string, Rule>>

export const MICROSOFT = 'com.microsoft'

/** The rule of a node's operator. */
export const ruleOf = (rules: Rules, { op, domain }: Node): Rule | undefined => {
  const name = domain === '' || domain === 'ai.onnx' ? op : `${domain}.${op}`
  return Object.hasOwn(rules, name) ? rules[name] : undefined
}

/**
 * The error for an operator, or a use of one, that has no rule.
 *
 * @param use as in 'it transposes the batch'
 */
export const unsupported = (node: Node, use?: string): UserError => new UserError(describeRefusal(node, use))
