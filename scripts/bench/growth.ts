/**
 * How time and memory of a whole `finesse train` grow with rows, length, trained layers and labels, one of them at a
 * time:
 *
 *   npm run bench -- growth [--shared FOLDER]
 *
 * all-MiniLM-L6-v2, one epoch, texts of random words of banking77's train.csv, each cut at the length, and labels at
 * random: what comes of it is of no use, and takes what any such file takes. Standard output is a table for
 * docs/performance.md.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readExamples } from '../../src/data/examples.ts'
import { createRandom } from '../../src/data/random.ts'
import { openTable } from '../../src/data/table.ts'
import { measure } from './measure.mjs'

const { values } = parseArgs({ options: { shared: { type: 'string', default: '../shared' } } })
const model = join(values.shared, 'models', 'all-MiniLM-L6-v2')
const table = await openTable(join(values.shared, 'datasets', 'banking77', 'train.csv'))
const { examples } = await readExamples(table, { text: 'text', label: 'label' })
const words = examples.flatMap(({ text }) => text.split(/\s+/))

interface Size {
  readonly rows: number
  /** Tokens of every row. */
  readonly length: number
  /** Trained, from the top; the model has six. */
  readonly layers: number
  readonly labels: number
}
const ONE: Size = { rows: 1000, length: 16, layers: 1, labels: 8 }
const SIZES: readonly (readonly [name: keyof Size, sizes: readonly number[]])[] = [
  ['rows', [1000, 2000, 4000, 8000]],
  ['length', [16, 32, 64, 128]],
  ['layers', [1, 2, 4, 6]],
  ['labels', [8, 16, 32, 64]],
]

const folder = mkdtempSync(join(tmpdir(), 'finesse-growth-'))
try {
  console.log('| what | size | time, s | processor time, s | peak memory, MB |\n|---|---:|---:|---:|---:|')
  for (const [name, sizes] of SIZES)
    for (const size of sizes) {
      const { seconds, cpu_seconds, peak_rss_mb } = await train({ ...ONE, [name]: size })
      const figures = [seconds, cpu_seconds, peak_rss_mb].map((x) => x.toFixed(0))
      console.log(`| ${name} | ${size.toLocaleString('en-US')} | ${figures.join(' | ')} |`)
    }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function train({ rows, length, layers, labels }: Size): ReturnType<typeof measure> {
  const random = createRandom(1, 'growth')
  const word = (): string => (words[random.below(words.length)] ?? '').replaceAll('"', '')
  const lines = Array.from({ length: rows }, () => {
    const text = Array.from({ length }, word).join(' ')
    return `"${text}",label ${random.below(labels)}`
  })
  const file = join(folder, 'train.csv')
  writeFileSync(file, `text,label\n${lines.join('\n')}\n`)
  return measure(
    process.execPath,
    [
      ...['dist/cli.js', 'train', file, '--model', model, '--out', join(folder, 'runs'), '--json'],
      ...['--max-length', String(length), '--strategy', `last:${layers}`, '--epochs', '1'],
    ],
    {},
  )
}
