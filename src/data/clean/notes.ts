import type { LeftOut } from './rows.ts'
import type { TextStep } from './steps.ts'

/** What cleaning changed, in a sentence; none where it changed nothing. */
export const changesNote = (changes: ReadonlyMap<TextStep, number>): readonly string[] => {
  const counts = [...changes].map(([step, count], i) => `${step} in ${count}${i === 0 ? rowWord(count) : ''}`)
  return counts.length > 0 ? [`Cleaned: ${counts.join(', ')}.`] : []
}

export const leftOutNote = (train: LeftOut, valid: LeftOut): readonly string[] => {
  const parts = [said(train, 'training'), said(valid, 'validation')].flat()
  return parts.length > 0 ? [`Left out by cleaning: ${parts.join(', ')}.`] : []
}

const said = ({ empty, duplicates }: LeftOut, part: string): readonly string[] => [
  ...(empty > 0 ? [`${empty}${rowWord(empty)} of ${part} without a text then`] : []),
  ...(duplicates > 0 ? [`${duplicates} duplicate${duplicates === 1 ? '' : 's'} of ${part}`] : []),
]

const rowWord = (count: number): string => (count === 1 ? ' row' : ' rows')
