import type { TestPrediction } from '../evaluation.ts'
import type { Slice } from '../trust.ts'
import { scriptOf } from './script.ts'
import { lengthOf, wordsOf } from './words.ts'

/** What slices are made by; a line of `predictions.jsonl` has it. */
export type SliceRow = Pick<TestPrediction, 'text' | 'text_pair' | 'columns' | 'cut'>

/** All that a person wrote in a row. */
export const writtenIn = ({ text, text_pair }: Pick<SliceRow, 'text' | 'text_pair'>): string =>
  text_pair === undefined ? text : `${text}\n${text_pair}`

/** Whether a row is of the slice. */
export const isOfSlice = ({
  kind,
  column,
  value,
}: Pick<Slice, 'kind' | 'column' | 'value'>): ((row: SliceRow) => boolean) => {
  switch (kind) {
    case 'length': {
      const [from = 0, to = from] = value.split('-').map(Number)
      return (row) => {
        const length = lengthOf(writtenIn(row))
        return length >= from && length <= to
      }
    }
    case 'language':
      return (row) => scriptOf(writtenIn(row)) === value
    case 'column':
      return (row) => row.columns?.[column ?? ''] === value
    case 'word':
      return (row) => wordsOf(writtenIn(row)).includes(value)
    case 'cut':
      return (row) => row.cut === true
  }
}
