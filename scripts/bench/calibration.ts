// node --import tsx scripts/bench/calibration.ts [--sets sst2-sentences,trec6,banking77,waimai_10k] [--models ngram,embedded] [--seeds 1]
//   [--shared ../shared]
// What a temperature does to the expected calibration error, and how many validation rows it needs: the tables of
// docs/evaluation/calibration.md. Of each set's train.csv alone, which is divided into training, validation and test.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import * as v from 'valibot'
import { readExamples } from '../../src/data/examples.ts'
import { createRandom } from '../../src/data/random.ts'
import { openTable } from '../../src/data/table.ts'
import { readChecked } from '../../src/run/folder.ts'
import { RunOptions } from '../../src/shared/config.ts'
import { RunEvaluation } from '../../src/shared/evaluation.ts'
import { answersOf } from '../../src/trainer/evaluation/calibration/calibrate.ts'
import { reliability } from '../../src/trainer/evaluation/calibration/reliability.ts'
import { fitTemperature } from '../../src/trainer/evaluation/calibration/temperature.ts'
import { evaluate } from '../../src/trainer/evaluation/metrics.ts'
import { trainNgram } from '../../src/trainer/evaluation/ngram.ts'
import { softmaxRows } from '../../src/trainer/evaluation/softmax.ts'
import { train } from '../../src/trainer/training/train.ts'

const { values } = parseArgs({
  options: {
    sets: { type: 'string', default: 'sst2-sentences,trec6,banking77,waimai_10k' },
    models: { type: 'string', default: 'ngram,embedded' },
    seeds: { type: 'string', default: '1' },
    shared: { type: 'string', default: '../shared' },
  },
})
const sets = values.sets.split(',')
const seeds = values.seeds.split(',').map(Number)
const fileOf = (set: string): string => join(values.shared, 'datasets', set, 'train.csv')
const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, value) => sum + value, 0) / numbers.length
const percent = (share: number, digits = 1): string => (100 * share).toFixed(digits)

/** The embedded encoder reads English alone. */
const modelsOf = (set: string): readonly string[] =>
  values.models.split(',').filter((model) => model === 'ngram' || set !== 'waimai_10k')

async function evaluated(set: string, model: string, seed: number): Promise<RunEvaluation> {
  const out = mkdtempSync(join(tmpdir(), 'finesse-calibration-'))
  try {
    const options = v.parse(RunOptions, { model, seed })
    const { run } = await train(
      { files: [fileOf(set)], options, out, name: null },
      () => undefined,
      new AbortController().signal,
    )
    return readChecked(join(run, 'evaluation.json'), RunEvaluation, 'no evaluation')
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}

console.log(
  '| set | model | accuracy | 95 % interval | temperature | ECE before | ECE after | unsure below | covered | right of these |',
)
console.log('|---|---|---|---|---|---|---|---|---|---|')
for (const set of sets)
  for (const model of modelsOf(set)) {
    const all: RunEvaluation[] = []
    for (const seed of seeds) all.push(await evaluated(set, model, seed))
    const of = (one: (evaluation: RunEvaluation) => number | null | undefined): number =>
      mean(all.flatMap((evaluation) => one(evaluation) ?? []))
    const interval = ([0, 1] as const).map((end) =>
      percent(of(({ intervals }) => intervals?.accuracy?.[end])),
    )
    console.log(
      `| ${[
        set,
        model,
        percent(of(({ test }) => test.accuracy)),
        interval.join(' to '),
        of(({ calibration }) => calibration?.temperature).toFixed(2),
        percent(of(({ calibration }) => calibration?.ece_before)),
        percent(of(({ calibration }) => calibration?.ece_after)),
        of(({ calibration }) => calibration?.unsure.threshold).toFixed(2),
        percent(of(({ calibration }) => calibration?.unsure.coverage)),
        percent(of(({ calibration }) => calibration?.unsure.accuracy)),
      ].join(' | ')} |`,
    )
  }

const FEW = [20, 50, 100, 200, 500]
const DRAWS = 50

/** The n-gram model of half of the rows; of the other half some fit the temperature, and the rest judge it. */
async function fewRows(set: string): Promise<string> {
  const table = await openTable(fileOf(set))
  const { examples } = await readExamples(table, { text: 'text', label: 'label', pair: null })
  const rows = createRandom(1).shuffle([...examples])
  const labels = [...new Set(rows.map(({ label }) => label))].sort()
  const part = (some: typeof rows) => ({
    texts: some.map(({ text }) => text),
    targets: Int32Array.from(some, ({ label }) => labels.indexOf(label)),
  })
  const half = Math.floor(rows.length / 2)
  const known = part(rows.slice(0, half))
  const other = part(rows.slice(half))
  const model = await trainNgram(known.texts, known.targets, labels.length, 1)
  const logits = model.logits(other.texts)
  const some = (places: readonly number[]) => ({
    targets: Int32Array.from(places, (row) => other.targets[row] ?? 0),
    logits: Float64Array.from(
      places.flatMap((row) => [...logits.subarray(row * labels.length, (row + 1) * labels.length)]),
    ),
  })
  const judged = ({ logits, targets }: ReturnType<typeof some>, temperature: number) => {
    const probabilities = softmaxRows(logits, labels.length, temperature)
    return {
      loss: evaluate(probabilities, targets, labels).log_loss,
      ece: reliability(answersOf(probabilities, targets, labels.length)).ece,
    }
  }
  const random = createRandom(2)
  const cells = FEW.map((count) => {
    const draws = Array.from({ length: DRAWS }, () => {
      const places = random.shuffle(other.texts.map((_, row) => row))
      const fit = some(places.slice(0, count))
      const rest = some(places.slice(count, count + 1000))
      const temperature = fitTemperature(fit.logits, fit.targets, labels.length)
      const [before, after] = [judged(rest, 1), judged(rest, temperature)]
      return { loss: after.loss - before.loss, ece: after.ece - before.ece }
    })
    const worse = draws.filter(({ loss }) => loss > 0).length / DRAWS
    return `${mean(draws.map(({ loss }) => loss)).toFixed(3)} / ${percent(mean(draws.map(({ ece }) => ece)))} / ${percent(worse, 0)} %`
  })
  return `| ${[set, ...cells].join(' | ')} |`
}

console.log(
  `\n| set | ${FEW.map((count) => `${count} rows`).join(' | ')} |\n|---|${FEW.map(() => '---').join('|')}|`,
)
for (const set of sets) console.log(await fewRows(set))
