/**
 * What looking for near duplicates takes, and what it finds: node --import tsx scripts/bench/leaks.ts [ROWS]
 *
 * Texts are drawn word by word as they follow each other in the samples under media/ (a Markov chain of order 1), 5 to
 * 40 words each; one row in 20 is another row with an edit or two, one in 50 is equal to another. Prints the
 * processor's time of the one thread that works, largest memory of the process, and the share of the near duplicates
 * made, by their true similarity, that were found.
 */
import { readFileSync } from 'node:fs'
import { findNear, SIMILAR } from '../../src/data/near/duplicates.ts'
import { normalised } from '../../src/data/near/normal.ts'
import { createRandom } from '../../src/data/random.ts'

const rows = Number(process.argv[2] ?? 1_000_000)
const random = createRandom(1, 'bench')
const followers = new Map<string, string[]>()
const words: string[] = []
for (const name of ['headlines', 'reviews'])
  for (const line of readFileSync(new URL(`../../media/samples/${name}.csv`, import.meta.url), 'utf8').split(
    '\n',
  )) {
    const own = line.split(' ')
    words.push(...own)
    for (const [i, word] of own.entries()) {
      const after = own[i + 1]
      if (after !== undefined) followers.set(word, [...(followers.get(word) ?? []), after])
    }
  }
const pick = (from: readonly string[]): string => from[random.below(from.length)] ?? ''
const drawn = (): string => {
  const text = [pick(words)]
  const length = 5 + random.below(36)
  while (text.length < length) text.push(pick(followers.get(text.at(-1) ?? '') ?? words))
  return text.join(' ')
}
const edited = (text: string): string => {
  const own = text.split(' ')
  for (let i = 0; i <= random.below(2); i++) own[random.below(own.length)] = pick(words)
  return own.join(' ')
}

const texts: string[] = []
const made: [copy: number, of: number][] = []
for (let row = 0; row < rows; row++) {
  const kind = random.below(100)
  const of = row > 0 ? random.below(row) : 0
  if (row > 0 && kind < 5) made.push([row, of])
  texts.push(row === 0 || kind >= 7 ? drawn() : kind < 5 ? edited(texts[of] ?? '') : (texts[of] ?? ''))
}
const characters = texts.reduce((sum, text) => sum + text.length, 0)

const used = process.cpuUsage()
const began = performance.now()
const work = findNear(texts)
let step = work.next()
while (!step.done) step = work.next()
const { user, system } = process.cpuUsage(used)
const seconds = (performance.now() - began) / 1000

const grams = (text: string): Set<string> => {
  const plain = normalised(text)
  return new Set(Array.from({ length: Math.max(0, plain.length - 2) }, (_, i) => plain.slice(i, i + 3)))
}
const similarity = (one: string, other: string): number => {
  const [a, b] = [grams(one), grams(other)]
  const common = [...a].filter((gram) => b.has(gram)).length
  return common / (a.size + b.size - common)
}
const { groupOf } = step.value
const near = made.filter(([copy, of]) => similarity(texts[copy] ?? '', texts[of] ?? '') >= SIMILAR)
const found = near.filter(([copy, of]) => groupOf[copy] === groupOf[of]).length
console.log(`${rows} rows of ${(characters / rows).toFixed(0)} characters on average`)
console.log(`${((user + system) / 1e6).toFixed(1)} s of the processor, ${seconds.toFixed(1)} s on the clock`)
console.log(`${Math.round(process.resourceUsage().maxRSS / 1024)} MB at most, the texts with them`)
console.log(
  `${found} of ${near.length} near duplicates made were found (${((100 * found) / near.length).toFixed(2)} %)`,
)
