import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { createRandom } from '../../../src/data/random.ts'
import { temporaryFolder } from '../../run/sample.ts'

/** What each word adds to the stars of a text. */
const WORDS: readonly (readonly [string, number])[] = [
  ['wonderful', 9],
  ['excellent', 8],
  ['charming', 6],
  ['pleasant', 4],
  ['decent', 1],
  ['plain', -1],
  ['dull', -4],
  ['boring', -6],
  ['terrible', -8],
  ['awful', -9],
]
const THINGS = ['film', 'story', 'music', 'cast', 'ending', 'dialogue', 'picture', 'pace']

/** Texts whose number follows from their words: 50 and what the words add, so between 20 and 80. */
export function numberRows(count: number, seed = 7): string {
  const random = createRandom(seed, 'numbers')
  const pick = <T>(all: readonly T[]): T => {
    const one = all[Math.floor(random.next() * all.length)]
    if (one === undefined) throw new Error('nothing to pick')
    return one
  }
  const rows = Array.from({ length: count }, () => {
    const words = Array.from({ length: 3 }, () => pick(WORDS))
    const text = words.map(([word]) => `the ${pick(THINGS)} was ${word}`).join(' and ')
    return `${text},${words.reduce((sum, [, adds]) => sum + adds, 50)}`
  })
  return `review,stars\n${rows.join('\n')}\n`
}

/** Its path; the rows lie in a folder that goes when the test ends. */
export function numbersFile(t: TestContext, rows = 150): string {
  const file = join(temporaryFolder(t), 'stars.csv')
  writeFileSync(file, numberRows(rows))
  return file
}
