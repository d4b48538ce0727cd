import { float32Tensor, int64Tensor } from '../../../src/trainer/onnx/elements.ts'
import type { Model, TensorValue } from '../../../src/trainer/onnx/model.ts'
import { makeModel, type NodeSketch } from '../onnx/build.ts'
import { numbers } from '../onnx/run.ts'

export const WIDTH = 8
/** More than the test tokenizer has. */
export const VOCABULARY = 600

/** Appends nodes one after another; values are named by the node that makes them. */
export interface Build {
  readonly nodes: NodeSketch[]
  node(
    name: string,
    op: string,
    inputs: readonly string[],
    attributes?: NodeSketch['attributes'],
    domain?: string,
  ): string
  /** A weight of random elements. */
  weight(name: string, ...dims: number[]): string
  ints(name: string, ...values: number[]): string
  /** Unsigned bytes, as of a quantised weight. */
  bytes(name: string, ...dims: number[]): string
  /** A true condition. */
  flag(name: string): string
}

/** `y` of LayerNormalization with weights of its own. */
export const layerNorm = (b: Build, name: string, x: string): string =>
  b.node(name, 'LayerNormalization', [x, b.weight(`${name}.scale`, WIDTH), b.weight(`${name}.bias`, WIDTH)], {
    axis: -1,
  })

export const dense = (b: Build, name: string, x: string, from: number, to: number): string =>
  b.node(`${name}.sum`, 'Add', [
    b.node(`${name}.product`, 'MatMul', [x, b.weight(`${name}.weight`, from, to)]),
    b.weight(`${name}.bias`, to),
  ])

/** Attention of one head, without a mask. */
export const attention = (b: Build, name: string, x: string): string => {
  const query = dense(b, `${name}.query`, x, WIDTH, WIDTH)
  const key = b.node(`${name}.keys`, 'Transpose', [dense(b, `${name}.key`, x, WIDTH, WIDTH)], {
    perm: [0, 2, 1],
  })
  const value = dense(b, `${name}.value`, x, WIDTH, WIDTH)
  const share = b.node(`${name}.share`, 'Softmax', [b.node(`${name}.scores`, 'MatMul', [query, key])], {
    axis: -1,
  })
  return dense(b, `${name}.output`, b.node(`${name}.read`, 'MatMul', [share, value]), WIDTH, WIDTH)
}

export const feedForward = (b: Build, name: string, x: string): string => {
  const inner = b.node(
    `${name}.gelu`,
    'Gelu',
    [dense(b, `${name}.in`, x, WIDTH, 2 * WIDTH)],
    {},
    'com.microsoft',
  )
  return dense(b, `${name}.out`, inner, 2 * WIDTH, WIDTH)
}

/** As BERT: each residual sum is normalised. */
export const postNormLayer = (b: Build, name: string, x: string): string => {
  const middle = layerNorm(
    b,
    `${name}.norm1`,
    b.node(`${name}.sum1`, 'Add', [x, attention(b, `${name}.attention`, x)]),
  )
  return layerNorm(
    b,
    `${name}.norm2`,
    b.node(`${name}.sum2`, 'Add', [middle, feedForward(b, `${name}.mlp`, middle)]),
  )
}

/** As GPT: what enters each branch is normalised, and the sum is not. */
export const preNormLayer = (b: Build, name: string, x: string): string => {
  const middle = b.node(`${name}.sum1`, 'Add', [
    x,
    attention(b, `${name}.attention`, layerNorm(b, `${name}.norm1`, x)),
  ])
  return b.node(`${name}.sum2`, 'Add', [
    middle,
    feedForward(b, `${name}.mlp`, layerNorm(b, `${name}.norm2`, middle)),
  ])
}

/** Embeddings of tokens and positions. */
export const embeddings = (b: Build): string => {
  const tokens = b.node('embeddings.tokens', 'Gather', [
    b.weight('embeddings.weight', VOCABULARY, WIDTH),
    'input_ids',
  ])
  const length = b.node('length', 'Gather', [b.node('shape', 'Shape', ['input_ids']), b.ints('one', 1)])
  const positions = b.node('positions', 'Slice', [
    b.weight('positions.weight', 64, WIDTH),
    b.ints('zero', 0),
    length,
    b.ints('axis', 0),
  ])
  return b.node('embeddings', 'Add', [tokens, positions])
}

/** A text model whose nodes `build` makes, which returns its output. */
export const textModel = (build: (b: Build) => string): Model => {
  const nodes: NodeSketch[] = []
  const initializers: Record<string, TensorValue> = {}
  const b: Build = {
    nodes,
    node: (name, op, inputs, attributes = {}, domain = '') => {
      nodes.push({ name, op, inputs, outputs: [name], attributes, domain })
      return name
    },
    weight: (name, ...dims) => {
      const count = dims.reduce((product, n) => product * n, 1)
      initializers[name] = float32Tensor(dims, numbers(count, nodes.length + 1))
      return name
    },
    ints: (name, ...values) => {
      initializers[name] = int64Tensor([values.length], values)
      return name
    },
    bytes: (name, ...dims) => {
      const count = dims.reduce((product, n) => product * n, 1)
      const data = Uint8Array.from(numbers(count, nodes.length + 1), (value) => 128 + Math.round(100 * value))
      initializers[name] = { type: 'uint8', dims, data }
      return name
    },
    flag: (name) => {
      initializers[name] = { type: 'bool', dims: [], data: Uint8Array.of(1) }
      return name
    },
  }
  const output = build(b)
  return makeModel({
    opset: 18,
    domains: { 'com.microsoft': 1 },
    nodes,
    initializers,
    inputs: ['input_ids', 'attention_mask'].map((name) => ({
      name,
      type: 'int64',
      dims: ['batch', 'sequence'],
    })),
    outputs: [{ name: output, type: 'float32', dims: null }],
  })
}
