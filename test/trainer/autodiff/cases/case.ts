import type { Attribute, DataTypeName } from '../../../../src/trainer/onnx/model.ts'

export { floatAttribute as float } from '../../onnx/build.ts'

/** Where the random elements of an input may lie. */
export type Range =
  | 'any'
  | 'positive'
  | 'away from zero'
  | 'distinct'
  | 'within one'
  | 'above one'
  | 'about four'
  | 'about ten'
  | 'wide'
  | 'wide and distinct'

/** An input of the node under test: differentiated, fed but without gradient, constant, or left out. */
export type CaseInput =
  | { readonly kind: 'variable'; readonly dims: readonly number[]; readonly range: Range }
  /** Drawn like a variable, and without a gradient. */
  | { readonly kind: 'still'; readonly dims: readonly number[]; readonly range: Range }
  | {
      readonly kind: 'fed'
      readonly type: 'int64' | 'int32' | 'bool'
      readonly dims: readonly number[]
      readonly values: readonly number[]
    }
  | {
      readonly kind: 'constant'
      readonly type: 'int64' | 'float32' | 'bool'
      readonly dims: readonly number[]
      readonly values: readonly number[]
    }
  | null

export interface RuleCase {
  readonly op: string
  /** What sets it apart from the operator's other cases. */
  readonly what: string
  readonly domain?: string
  readonly attributes?: Readonly<Record<string, number | string | readonly number[] | Attribute>>
  readonly inputs: readonly CaseInput[]
  /** Which outputs the loss depends on; the first alone unless said. */
  readonly outputs?: readonly boolean[]
  /** Gelu stands in the default domain from opset 20 on. */
  readonly opset?: number
}

export const any = (...dims: number[]): CaseInput => ({ kind: 'variable', dims, range: 'any' })
export const positive = (...dims: number[]): CaseInput => ({ kind: 'variable', dims, range: 'positive' })
export const nonzero = (...dims: number[]): CaseInput => ({ kind: 'variable', dims, range: 'away from zero' })
/** No two elements of the case nearer than a few steps of the difference: for extremes. */
export const distinct = (...dims: number[]): CaseInput => ({ kind: 'variable', dims, range: 'distinct' })
export const fed = (
  type: Extract<DataTypeName, 'int64' | 'int32' | 'bool'>,
  dims: readonly number[],
  values: readonly number[],
): CaseInput => ({
  kind: 'fed',
  type,
  dims,
  values,
})
export const ints = (...values: number[]): CaseInput => ({
  kind: 'constant',
  type: 'int64',
  dims: [values.length],
  values,
})
export const int = (value: number): CaseInput => ({
  kind: 'constant',
  type: 'int64',
  dims: [],
  values: [value],
})
export const scalar = (value: number): CaseInput => ({
  kind: 'constant',
  type: 'float32',
  dims: [],
  values: [value],
})

export const END = Number.MAX_SAFE_INTEGER
export const MICROSOFT = 'com.microsoft'

/** Both operands, by every way in which one may be broadcast. */
export const binary = (op: string, first: typeof any = any, second: typeof any = first): RuleCase[] => [
  { op, what: 'equal dimensions', inputs: [first(2, 3), second(2, 3)] },
  { op, what: 'the second broadcast', inputs: [first(2, 3, 4), second(4)] },
  { op, what: 'the first broadcast', inputs: [first(3, 1), second(2, 3, 4)] },
  { op, what: 'both broadcast', inputs: [first(2, 1, 4), second(3, 1)] },
  { op, what: 'a scalar', inputs: [first(2, 3), second()] },
]
export const unary = (op: string, input: typeof any = any): RuleCase => ({
  op,
  what: 'plain',
  inputs: [input(2, 3, 4)],
})

/** A value for each axis or channel that the operator reads as a constant. */
export const floats = (dims: readonly number[], ...values: number[]): CaseInput => ({
  kind: 'constant',
  type: 'float32',
  dims,
  values,
})
export const within = (...dims: number[]): CaseInput => ({ kind: 'variable', dims, range: 'within one' })
export const aboveOne = (...dims: number[]): CaseInput => ({ kind: 'variable', dims, range: 'above one' })
/** By the one the other can be divided with nothing near a whole number, where a remainder jumps. */
export const aboutFour = (...dims: number[]): CaseInput => ({ kind: 'variable', dims, range: 'about four' })
export const aboutTen = (...dims: number[]): CaseInput => ({ kind: 'variable', dims, range: 'about ten' })
/** Up to 6 either side, away from where an activation has its kinks. */
export const wide = (...dims: number[]): CaseInput => ({ kind: 'variable', dims, range: 'wide' })
/** As `distinct`, for many elements. */
export const scattered = (...dims: number[]): CaseInput => ({
  kind: 'variable',
  dims,
  range: 'wide and distinct',
})
export const still = (...dims: number[]): CaseInput => ({ kind: 'still', dims, range: 'any' })

/** The operator as the table names it. */
export const tableName = ({ op, domain = '' }: Pick<RuleCase, 'op' | 'domain'>): string =>
  domain === '' ? op : `${domain}.${op}`
