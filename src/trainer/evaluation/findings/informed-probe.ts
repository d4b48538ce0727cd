import { sum } from '../sum.ts'
import { atLeast } from './binomial-tail.ts'
import type { Examined } from './examined.ts'

const CERTAIN = 0.01

/**
 * Whether the untouched model tells the labels at all: its probe is more often right on rows it was not trained on than
 * always saying the most frequent label, beyond chance. Of texts that it can't read it does not.
 */
export const isProbeInformed = ({ train, valid, test, held }: Examined): boolean => {
  const most = train.indexOf(Math.max(...train))
  const share = sum([valid, test].map(({ classes }) => classes[most]?.support ?? 0)) / held.length
  const right = held.filter(({ isRight }) => isRight).length
  if (right <= share * held.length) return false
  return share === 0 || atLeast(right, held.length, share) < CERTAIN
}
