import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { SettledOptions } from '../../../src/shared/config.ts'
import type { CardFacts } from '../../../src/trainer/export/model-card.ts'
import type { TensorValue, ValueInfo } from '../../../src/trainer/onnx/model.ts'
import { writeModel } from '../../../src/trainer/onnx/write.ts'
import type { Encoded } from '../../../src/trainer/text/tokenizer.ts'
import { makeModel } from '../onnx/build.ts'

const HIDDEN = 4

/** A weight that depends on its place alone. */
const weight = (i: number): number => Math.fround(Math.sin(1 + i * 1.7))

const float = (dims: number[], at = 0): TensorValue => ({
  type: 'float32',
  dims,
  data: new Uint8Array(
    Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => weight(at + i)).buffer,
  ),
})
const ints = (...values: bigint[]): TensorValue => ({
  type: 'int64',
  dims: [values.length],
  data: new Uint8Array(BigInt64Array.from(values).buffer),
})
const tokens = (name: string): ValueInfo => ({ name, type: 'int64', dims: ['rows', 'tokens'] })

/** The masked mean of a table's rows, times a matrix: [rows, tokens] to `logits` [rows, labels]. */
export function tinyOnnx(vocabulary: number, labels: number): Uint8Array {
  return writeModel(
    makeModel({
      opset: 18,
      inputs: [tokens('input_ids'), tokens('attention_mask')],
      outputs: [{ name: 'logits', type: 'float32', dims: ['rows', labels] }],
      initializers: {
        table: float([vocabulary, HIDDEN]),
        head: float([HIDDEN, labels], 7),
        last: ints(2n),
        second: ints(1n),
      },
      nodes: [
        { op: 'Gather', inputs: ['table', 'input_ids'], outputs: ['hidden'] },
        { op: 'Cast', inputs: ['attention_mask'], outputs: ['mask'], attributes: { to: 1 } },
        { op: 'Unsqueeze', inputs: ['mask', 'last'], outputs: ['wide'] },
        { op: 'Mul', inputs: ['hidden', 'wide'], outputs: ['kept'] },
        { op: 'ReduceSum', inputs: ['kept', 'second'], outputs: ['sum'], attributes: { keepdims: 0 } },
        { op: 'ReduceSum', inputs: ['mask', 'second'], outputs: ['count'], attributes: { keepdims: 1 } },
        { op: 'Div', inputs: ['sum', 'count'], outputs: ['mean'] },
        { op: 'MatMul', inputs: ['mean', 'head'], outputs: ['logits'] },
      ],
    }),
  )
}

/** What `tinyOnnx` followed by softmax gives. */
export function tinyProbabilities({ ids }: Encoded, labels: number): number[] {
  const logits = Array<number>(labels).fill(0)
  for (const id of ids)
    for (let h = 0; h < HIDDEN; h++)
      for (let l = 0; l < labels; l++)
        logits[l] = (logits[l] ?? 0) + (weight(id * HIDDEN + h) * weight(7 + h * labels + l)) / ids.length
  const exponents = logits.map((x) => Math.exp(x - Math.max(...logits)))
  const sum = exponents.reduce((a, b) => a + b, 0)
  return exponents.map((x) => x / sum)
}

const scores = { accuracy: 0.9, f1_macro: 0.8, f1_weighted: 0.85, auc: null, log_loss: 0.3 }

export const facts: CardFacts = {
  rows: { train: 70, valid: 15, test: 15 },
  options: {
    ...v.parse(SettledOptions, {}),
    task: 'classify',
    metric: 'accuracy',
    strategy: 'last:3',
    embeddings: 'frozen',
    pooling: 'mean',
    epochs: 3,
    batch: 16,
    lr: 1e-4,
    warmup_steps: 1,
    max_length: 12,
    device: 'cpu',
  },
  test: { ...scores, classes: [], confusion: [] },
  before: { majority: scores, ngram: scores, probe: scores },
}

export function writeFiles(folder: string, files: Readonly<Record<string, unknown>>): void {
  mkdirSync(folder, { recursive: true })
  for (const [name, value] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(value))
}
