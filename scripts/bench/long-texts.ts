/**
 * What `--long` gives on long texts: node --import tsx scripts/bench/long-texts.ts [SEEDS] [SHARED]
 *
 * No set of ../shared has long texts, so documents are built: each has a label, and is made of 8 to 20 sentences
 * of sst2-sentences, of which six in ten carry its label. Training, validation and test documents are made of
 * the sentences of train.csv, dev.csv and test.csv. Every part of a document says as much as any other, which is
 * the case in which reading more helps most. The embedded model with its defaults. Prints a line a run, then
 * the table.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { chooseColumns } from '../../src/data/columns.ts'
import { readExamples } from '../../src/data/examples.ts'
import { createRandom } from '../../src/data/random.ts'
import { openTable } from '../../src/data/table.ts'
import { LONG, type Long, RunOptions } from '../../src/shared/config.ts'
import { train } from '../../src/trainer/training/train.ts'

const [seeds = '2', shared = '../shared'] = process.argv.slice(2)
const SIZES = { train: 400, dev: 100, test: 400 } as const
const FEWEST = 8
const MOST = 20
const OWN = 0.6

const folder = mkdtempSync(join(tmpdir(), 'finesse-long-'))
try {
  for (const part of ['train', 'dev', 'test'] as const) writeFileSync(fileOf(part), await documents(part))
  const results = new Map<Long, { accuracy: number; seconds: number }[]>()
  for (let seed = 1; seed <= Number(seeds); seed++)
    for (const long of LONG) {
      const result = await measured(long, seed)
      results.set(long, [...(results.get(long) ?? []), result])
      console.log(JSON.stringify({ long, seed, ...result }))
    }
  console.log('| `--long` | accuracy, each seed | mean | training, s |\n|---|---|---|---|')
  for (const [long, runs] of results) {
    const accuracies = runs.map(({ accuracy }) => accuracy)
    console.log(
      `| ${long} | ${accuracies.map(percent).join(', ')} | ${percent(mean(accuracies))} | ${mean(runs.map(({ seconds }) => seconds)).toFixed(0)} |`,
    )
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function fileOf(part: string): string {
  return join(folder, `${part}.csv`)
}

async function documents(part: keyof typeof SIZES): Promise<string> {
  const table = await openTable(join(shared, 'datasets', 'sst2-sentences', `${part}.csv`))
  const { examples } = await readExamples(table, await chooseColumns(table, { text: null, label: null }))
  const random = createRandom(1, `long texts ${part}`)
  const of = grouped(examples)
  const labels = [...of.keys()].sort()
  const rows = Array.from({ length: SIZES[part] }, (_, i) => {
    const label = labels[i % labels.length] ?? ''
    const others = labels.filter((one) => one !== label)
    const sentences = Array.from({ length: FEWEST + random.below(MOST - FEWEST + 1) }, () => {
      const from = random.below(100) < 100 * OWN ? label : (others[random.below(others.length)] ?? '')
      const all = of.get(from) ?? []
      return all[random.below(all.length)]?.text ?? ''
    })
    return `"${sentences.join(' ').replaceAll('"', '""')}",${label}`
  })
  return `text,label\n${rows.join('\n')}\n`
}

function grouped<T extends { label: string }>(items: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) groups.set(item.label, [...(groups.get(item.label) ?? []), item])
  return groups
}

async function measured(long: Long, seed: number): Promise<{ accuracy: number; seconds: number; said: string }> {
  const options = v.parse(RunOptions, { long, seed, valid: fileOf('dev'), test: fileOf('test') })
  let said = ''
  const ending = await train(
    { files: [fileOf('train')], options, out: join(folder, 'runs'), name: null },
    (event) => {
      if ((event.event === 'note' || event.event === 'warning') && /longer than/.test(event.message))
        said = event.message
    },
    new AbortController().signal,
  )
  if (ending.kind !== 'done' || !('accuracy' in ending.done.test)) throw new Error('the run was interrupted')
  return { accuracy: ending.done.test.accuracy, seconds: ending.done.train_seconds, said }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function percent(share: number): string {
  return (100 * share).toFixed(1)
}
