// node --import tsx scripts/bench/augmentation.ts [--seeds 1,2,3,4,5] [--rows 200] [--test 2000] [--ways A;B]
// Measures augmentation on trec6 with few labelled rows, and the embedded model. Of train.csv alone: each seed draws
// the labelled rows, of which a tenth is for validation, and the test rows from the rest. Prints a row a training as
// it comes, then the table of docs/augmentation.md.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import * as v from 'valibot'
import { type Example, readExamples } from '../../src/data/examples.ts'
import { createRandom } from '../../src/data/random.ts'
import { openTable } from '../../src/data/table.ts'
import { delimitedRecord } from '../../src/data/write-table.ts'
import { RunOptions } from '../../src/shared/config.ts'
import { train } from '../../src/trainer/training/train.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1,2,3,4,5' },
    rows: { type: 'string', default: '200' },
    test: { type: 'string', default: '2000' },
    ways: { type: 'string' },
  },
})

/** A list as a person would write it who looks at a few dozen questions. */
const SYNONYMS = `big, large, huge
city, town
country, nation, state
film, movie
famous, well-known
first, earliest
name, title
called, named
person, individual
man, guy
woman, lady
kind, type, sort
make, build, create
mean, stand for
begin, start
largest, biggest
smallest, tiniest
fast, quick
company, firm
writer, author
wrote, authored
invented, devised
located, situated
found, discovered
died, passed away
contain, include
animal, creature
car, automobile
picture, image
year, twelvemonth
`

const WAYS: readonly (readonly [name: string, options: Partial<RunOptions>])[] = [
  ['none', {}],
  ['deletion', { augment: 'deletion' }],
  ['swap', { augment: 'swap' }],
  ['duplication', { augment: 'duplication' }],
  ['synonym (30 groups of words)', { augment: 'synonym' }],
  ['typo', { augment: 'typo' }],
  ['case', { augment: 'case' }],
  ['all but synonym', { augment: 'all' }],
  ['deletion, swap, typo: 4 a row', { augment: 'deletion,swap,typo', augment_rows: 4 }],
]

const file = fileURLToPath(new URL('../../../shared/datasets/trec6/train.csv', import.meta.url))
const table = await openTable(file)
const { examples } = await readExamples(table, { text: 'text', label: 'label' })
const folder = mkdtempSync(join(tmpdir(), 'finesse-augmentation-'))
const synonyms = join(folder, 'synonyms.txt')
writeFileSync(synonyms, SYNONYMS)

const rowsFile = (name: string, rows: readonly Example[]): string => {
  const path = join(folder, name)
  const records = [['text', 'label'], ...rows.map(({ text, label }) => [text, label])]
  writeFileSync(path, records.map((cells) => delimitedRecord(cells, ',')).join(''))
  return path
}

const measured = async (seed: number, name: string, options: Partial<RunOptions>): Promise<number> => {
  const shuffled = createRandom(seed, 'augmentation benchmark').shuffle([...examples])
  const labelled = shuffled.slice(0, Number(values.rows))
  const known = new Set(labelled.map(({ label }) => label))
  const texts = new Set(labelled.map(({ text }) => text))
  const others = shuffled
    .slice(labelled.length)
    .filter(({ label, text }) => known.has(label) && !texts.has(text))
  const wanted: Partial<RunOptions> = {
    ...options,
    seed,
    test: rowsFile('test.csv', others.slice(0, Number(values.test))),
    augment_synonyms: options.augment === 'synonym' ? synonyms : null,
  }
  const out = join(folder, 'runs')
  const started = performance.now()
  const ending = await train(
    { files: [rowsFile('labelled.csv', labelled)], options: v.parse(RunOptions, wanted), out, name: 'run' },
    () => undefined,
    new AbortController().signal,
  )
  rmSync(out, { recursive: true })
  if (ending.kind !== 'done') throw new Error('the run was stopped')
  const { test } = ending.done
  if (!('accuracy' in test)) throw new Error('no accuracy')
  const seconds = ((performance.now() - started) / 1000).toFixed(0)
  console.log([seed, name, test.accuracy.toFixed(4), test.f1_macro.toFixed(4), `${seconds} s`].join('\t'))
  return test.accuracy
}

const ways = values.ways ? WAYS.filter(([name]) => values.ways?.split(';').includes(name)) : WAYS
const results = new Map<string, number[]>()
try {
  for (const seed of values.seeds.split(',').map(Number))
    for (const [name, options] of ways) {
      const accuracies = results.get(name) ?? []
      accuracies.push(await measured(seed, name, options))
      results.set(name, accuracies)
    }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, x) => sum + x, 0) / numbers.length
const spread = (numbers: readonly number[]): number =>
  Math.sqrt(numbers.reduce((sum, x) => sum + (x - mean(numbers)) ** 2, 0) / Math.max(1, numbers.length - 1))
const points = (share: number): string => (100 * share).toFixed(1)
const plain = results.get('none') ?? []
console.log(
  '\n| augmentation | accuracy, mean | standard deviation | difference to none, mean | better in |\n|---|---|---|---|---|',
)
for (const [name, accuracies] of results) {
  const differences = accuracies.map((accuracy, i) => accuracy - (plain[i] ?? accuracy))
  const better = differences.filter((difference) => difference > 0).length
  console.log(
    `| ${name} | ${points(mean(accuracies))} | ${points(spread(accuracies))} | ${name === 'none' ? '' : `${points(mean(differences))} ± ${points(spread(differences))}`} | ${name === 'none' ? '' : `${better} of ${accuracies.length}`} |`,
  )
}
