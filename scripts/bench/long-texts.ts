/**
 * What `--long` gives on long texts: node --import tsx scripts/bench/long-texts.ts [SHARED]
 *
 * No set of ../shared has long texts, so documents are built: each has a label, and is made of 8 to 20 sentences
 * of sst2-sentences, of which six in ten carry its label. Training, validation and test documents are made of
 * the sentences of train.csv, dev.csv and test.csv. Every part of a document says as much as any other, which is
 * the case in which reading more helps most. A linear head on the embedded model, as `--strategy head` trains it.
 */
import { join } from 'node:path'
import * as v from 'valibot'
import { chooseColumns } from '../../src/data/columns.ts'
import { type Example, readExamples } from '../../src/data/examples.ts'
import { createRandom } from '../../src/data/random.ts'
import { openTable } from '../../src/data/table.ts'
import { LONG, type Long, RunOptions } from '../../src/shared/config.ts'
import { cpuRuntime } from '../../src/trainer/engine/runtime.ts'
import { headLogits, trainProbe } from '../../src/trainer/evaluation/probe.ts'
import { locateModel } from '../../src/trainer/text/locate.ts'
import { openTextModel } from '../../src/trainer/text/text-model.ts'
import { computeFeatures } from '../../src/trainer/training/before/features.ts'
import { cutOf, readTexts } from '../../src/trainer/training/long-texts.ts'
import { featureNetwork } from '../../src/trainer/training/step/network.ts'

const [shared = '../shared'] = process.argv.slice(2)
const SIZES = { train: 600, dev: 200, test: 600 } as const
const FEWEST = 8
const MOST = 20
const OWN = 60
const LIMIT = 128
const LABELS = ['negative', 'positive'] as const

const parts = [await documents('train'), await documents('dev'), await documents('test')]
const [train = [], dev = [], test = []] = parts
const rows = parts.flat()
const runtime = cpuRuntime()
const model = await openTextModel(runtime, await locateModel('embedded'))
console.log('| `--long` | accuracy on the test documents | tokens not read | inputs a text | reading, s |')
console.log('|---|---|---|---|---|')
for (const long of LONG) console.log(await measured(long))

async function documents(part: keyof typeof SIZES): Promise<readonly { text: string; target: number }[]> {
  const table = await openTable(join(shared, 'datasets', 'sst2-sentences', `${part}.csv`))
  const { examples } = await readExamples(table, await chooseColumns(table, { text: null, label: null }))
  const of = LABELS.map((label) => examples.filter((example) => example.label === label))
  const random = createRandom(1, `long texts ${part}`)
  return Array.from({ length: SIZES[part] }, (_, i) => {
    const target = i % 2
    const sentences = Array.from({ length: FEWEST + random.below(MOST - FEWEST + 1) }, () =>
      drawn(of[random.below(100) < OWN ? target : 1 - target] ?? [], random.below),
    )
    return { text: sentences.join(' '), target }
  })
}

function drawn(examples: readonly Example[], below: (n: number) => number): string {
  return examples[below(examples.length)]?.text ?? ''
}

async function measured(long: Long): Promise<string> {
  const texts = rows.map(({ text }) => text)
  const { encoded, windows } = readTexts(texts, model.tokenizer, LIMIT, v.parse(RunOptions, { long }))
  const started = performance.now()
  const { features } = await computeFeatures(
    runtime,
    featureNetwork(model, 'mean', windows !== null),
    model.trunk.width,
    { encoded, windows, padId: model.tokenizer.padId, cache: null },
    null,
    () => undefined,
    new AbortController().signal,
  )
  const seconds = (performance.now() - started) / 1000
  const slice = (from: number, of: readonly { target: number }[]) => ({
    features: features.subarray(from * model.trunk.width, (from + of.length) * model.trunk.width),
    targets: Int32Array.from(of, ({ target }) => target),
  })
  const probe = await trainProbe(
    runtime,
    slice(0, train),
    slice(train.length, dev),
    [...LABELS],
    async () => undefined,
  )
  const tested = slice(train.length + dev.length, test)
  const logits = headLogits(probe.best, tested.features)
  const right = test.filter(
    ({ target }, i) => ((logits[2 * i + 1] ?? 0) > (logits[2 * i] ?? 0) ? 1 : 0) === target,
  )
  const cut = long === 'windows' ? 0 : cutOf(encoded).share
  return `| ${long} | ${((100 * right.length) / test.length).toFixed(1)} % | ${(100 * cut).toFixed(0)} % | ${(encoded.length / texts.length).toFixed(1)} | ${seconds.toFixed(0)} |`
}
