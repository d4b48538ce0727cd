import { UserError } from '../../shared/error.ts'
import { t } from '../../shared/l10n.ts'
import type { Tensor } from '../engine/tensor.ts'
import type { ValueInfo } from '../onnx/model.ts'
import type { Encoded } from './tokenizer.ts'

/**
 * The feeds that a text model's graph asks for, `[rows, length]` each, padded on the right: the token of row r
 * at position p is at `r * length + p`. A decoder's `past_key_values.*` are `[rows, heads, 0, head size]`,
 * with heads and head size from the declared shape. Rows longer than `length` are a defect of the caller.
 */
export function textFeeds(
  inputs: readonly ValueInfo[],
  rows: readonly Encoded[],
  length: number,
  padId: number,
): Map<string, Tensor> {
  const longest = rows.reduce((most, row) => Math.max(most, row.ids.length), 0)
  if (longest > length) throw new Error(`a row of ${longest} tokens does not fit ${length}`)
  return new Map(inputs.map((input) => [input.name, textFeed(input, rows, length, padId)]))
}

function textFeed(input: ValueInfo, rows: readonly Encoded[], length: number, padId: number): Tensor {
  const filled = (value: number, of: (row: Encoded, position: number) => number): Tensor =>
    integers(input, rows, length, value, of)
  switch (input.name) {
    case 'input_ids':
      return filled(padId, (row, position) => row.ids[position] ?? 0)
    case 'attention_mask':
      return filled(0, () => 1)
    case 'token_type_ids':
      return filled(0, (row, position) => row.types[position] ?? 0)
    case 'position_ids':
      return positions(
        filled(0, (_, position) => position),
        rows,
        length,
      )
    case 'use_cache_branch':
      return { type: 'bool', dims: [1], data: new Uint8Array(1) }
    default:
      if (input.name.startsWith('past_key_values.')) return emptyPast(input, rows.length)
      throw new UserError(
        t`The model asks for the input ${input.name}, which Finesse does not know how to fill from a text. Choose a text model whose inputs are input_ids, attention_mask, token_type_ids or position_ids.`,
      )
  }
}

/** One integer a token, of the type that the graph declares. */
function integers(
  input: ValueInfo,
  rows: readonly Encoded[],
  length: number,
  padding: number,
  of: (row: Encoded, position: number) => number,
): Tensor {
  const dims = [rows.length, length]
  if (input.type === 'int64') {
    const data = new BigInt64Array(rows.length * length).fill(BigInt(padding))
    rows.forEach((row, r) => {
      for (let p = 0; p < row.ids.length; p++) data[r * length + p] = BigInt(of(row, p))
    })
    return { type: 'int64', dims, data }
  }
  if (input.type === 'int32') {
    const data = new Int32Array(rows.length * length).fill(padding)
    rows.forEach((row, r) => {
      for (let p = 0; p < row.ids.length; p++) data[r * length + p] = of(row, p)
    })
    return { type: 'int32', dims, data }
  }
  throw new UserError(
    t`The model's input ${input.name} is of type ${input.type ?? 'unknown'}; int64 or int32 was expected. Choose another export of the model.`,
  )
}

/** Padding repeats the last position, as a running sum over the mask does. */
function positions(tensor: Tensor, rows: readonly Encoded[], length: number): Tensor {
  rows.forEach((row, r) => {
    const last = Math.max(0, row.ids.length - 1)
    const [from, to] = [r * length + row.ids.length, (r + 1) * length]
    if (tensor.type === 'int64') tensor.data.fill(BigInt(last), from, to)
    else if (tensor.type === 'int32') tensor.data.fill(last, from, to)
  })
  return tensor
}

/** A decoder's memory of earlier tokens, holding none. */
function emptyPast(input: ValueInfo, rows: number): Tensor {
  const [heads, size] = [input.dims?.[1], input.dims?.[3]]
  if (input.dims?.length !== 4 || typeof heads !== 'number' || typeof size !== 'number') {
    throw new UserError(
      t`The model's input ${input.name} is declared as [${input.dims?.join(', ') ?? '?'}]; [batch, heads, past, head size] with known heads and head size was expected. Choose an export without past_key_values.`,
    )
  }
  const dims = [rows, heads, 0, size]
  if (input.type === 'float16') return { type: 'float16', dims, data: new Uint16Array(0) }
  if (input.type === 'float32') return { type: 'float32', dims, data: new Float32Array(0) }
  throw new UserError(
    t`The model's input ${input.name} is of type ${input.type ?? 'unknown'}; float32 or float16 was expected. Choose another export of the model.`,
  )
}
