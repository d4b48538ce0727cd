/**
 * Processor time of the files of an exported model, where other programs use the machine too:
 * node --import tsx scripts/bench/smaller-files.ts FOLDER RUN
 *
 * `finesse export --compress` measures time on the clock. This takes the processor's own time on one thread
 * instead, over 32 test rows of RUN, one at a time and all at once, the files in turn; the median of three rounds.
 */

import { readPredictions } from '../../src/run/predictions.ts'
import { cpuRuntime } from '../../src/trainer/engine/runtime.ts'
import { dtypesIn } from '../../src/trainer/export/dtype.ts'
import { openPredictor } from '../../src/trainer/prediction/predict.ts'

const [folder = '', run = ''] = process.argv.slice(2)
const all = (await readPredictions(run)).map(({ text }) => text)
const texts = Array.from({ length: 32 }, (_, i) => all[Math.floor((i * all.length) / 32)] ?? '')
const ROUNDS = 3

const files = []
for (const dtype of dtypesIn(folder))
  files.push({
    dtype,
    predictor: await openPredictor(folder, { ...cpuRuntime(), threads: 1 }, dtype),
    single: [] as number[],
    batch: [] as number[],
  })
for (let round = 0; round <= ROUNDS; round++)
  for (const { predictor, single, batch } of files) {
    const one = await spent(async () => {
      for (const text of texts) await predictor.predict([text])
    })
    const together = await spent(() => predictor.predict(texts))
    if (round === 0) continue
    single.push(one)
    batch.push(together)
  }
console.log('| file | ms a text, one at a time | 32 at once |\n|---|---|---|')
for (const { dtype, single, batch } of files)
  console.log(`| ${dtype} | ${median(single).toFixed(1)} | ${median(batch).toFixed(1)} |`)

/** Milliseconds of the processor, a text. */
async function spent(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000 / texts.length
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
