/** A host tensor as it crosses the border to a runtime: row-major, one typed array an element type. */
export type Tensor =
  | { readonly type: 'float32'; readonly dims: readonly number[]; readonly data: Float32Array }
  | { readonly type: 'float16'; readonly dims: readonly number[]; readonly data: Uint16Array }
  | { readonly type: 'float64'; readonly dims: readonly number[]; readonly data: Float64Array }
  | { readonly type: 'int64'; readonly dims: readonly number[]; readonly data: BigInt64Array }
  | { readonly type: 'int32'; readonly dims: readonly number[]; readonly data: Int32Array }
  | { readonly type: 'bool' | 'uint8'; readonly dims: readonly number[]; readonly data: Uint8Array }
  | { readonly type: 'int8'; readonly dims: readonly number[]; readonly data: Int8Array }

export type FloatTensor = Extract<Tensor, { readonly type: 'float32' }>

/** Texts, which a graph may read and no graph that is trained holds. */
export interface StringTensor {
  readonly type: 'string'
  readonly dims: readonly number[]
  readonly data: readonly string[]
}

export const elements = (dims: readonly number[]): number => dims.reduce((product, n) => product * n, 1)
