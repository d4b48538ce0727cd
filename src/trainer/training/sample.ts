import type { createRandom } from '../../data/random.ts'
import type { Encoded } from '../text/tokenizer.ts'
import type { Inputs } from './inputs.ts'
import { windowsOf } from './step/rows.ts'

/**
 * The same training on a few of its rows, for one epoch.
 *
 * @param most training rows, and `others` of each other part, where there are as many
 */
export function sampleOf(
  inputs: Inputs,
  { below }: ReturnType<typeof createRandom>,
  most: number,
  others: number,
): Inputs {
  const { data, options } = inputs
  const drawn = (rows: readonly number[], count: number): number[] => {
    const left = [...rows]
    return Array.from({ length: Math.min(count, rows.length) }, () => {
      const [row] = left.splice(below(left.length), 1)
      return row ?? 0
    })
  }
  const parts = [
    drawn(data.parts.train, most),
    drawn(data.parts.valid, others),
    drawn(data.parts.test, others),
  ] as const
  const rows = parts.flat()
  let next = 0
  const [train, valid, test] = parts.map((part) => part.map(() => next++))
  return {
    ...inputs,
    ...readOf(inputs, rows),
    data: {
      ...data,
      examples: rows.flatMap((row) => data.examples[row] ?? []),
      targets: Int32Array.from(rows, (row) => data.targets[row] ?? 0),
      numbers: data.numbers && {
        ...data.numbers,
        values: Float64Array.from(rows, (row) => data.numbers?.values[row] ?? 0),
      },
      parts: { train: train ?? [], valid: valid ?? [], test: test ?? [] },
      added: 0,
    },
    options: { ...options, epochs: 1, batch: Math.min(options.batch, parts[0].length) },
  }
}

/** What is read of some rows. */
function readOf(
  { encoded, windows, model }: Inputs,
  rows: readonly number[],
): Pick<Inputs, 'encoded' | 'windows'> {
  const source = { encoded, windows, padId: model.tokenizer.padId, cache: null }
  const read: Encoded[] = []
  const starts: number[] = []
  for (const row of rows) {
    starts.push(read.length)
    for (const at of windowsOf(source, row)) {
      const one = encoded[at]
      if (one) read.push(one)
    }
  }
  return { encoded: read, windows: windows && Int32Array.from([...starts, read.length]) }
}
