/**
 * How many wrong labels `finesse label-errors` finds: labels of training rows are changed by a seeded generator, each
 * to another one drawn evenly, and the share of changed ones among the first N rows of the ranking is measured, N being
 * as many as were changed.
 *
 *   node --import tsx scripts/bench/label-errors.ts FILE... [--models embedded,FOLDER] [--seeds 1,2,3] [--out FOLDER]
 *
 * A line of JSON for each model's probabilities. With --out these are kept, and cleanlab measured on them by
 * python scripts/bench/label_errors.py FOLDER
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { foldsOf } from '../../src/data/folds.ts'
import { labelOrder } from '../../src/data/labels.ts'
import { createRandom } from '../../src/data/random.ts'
import {
  likeliestOther,
  rankSuspects,
  selfConfidence,
} from '../../src/trainer/label-errors/confident-learning.ts'
import { FOLDS } from '../../src/trainer/label-errors/find.ts'
import { judge, SEED } from '../../src/trainer/label-errors/judge.ts'
import { readRows } from '../../src/trainer/label-errors/read-rows.ts'

const SHARE = 0.05

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    models: { type: 'string', default: 'embedded' },
    seeds: { type: 'string', default: '1' },
    out: { type: 'string' },
  },
})

for (const file of positionals)
  for (const seed of values.seeds.split(',').map(Number))
    for (const model of values.models.split(',')) await measure(file, model, seed)

async function measure(file: string, model: string, seed: number): Promise<void> {
  const { examples } = await readRows([file], { text: null, label: null, pair: null })
  const labels = labelOrder(examples.examples.map(({ label }) => label))
  const truth = Int32Array.from(examples.examples, ({ label }) => labels.indexOf(label))
  const given = flipped(truth, labels.length, seed)
  const rows = examples.examples.map((row, i) => ({ ...row, label: labels[given[i] ?? 0] ?? '' }))
  const wrong = new Set([...given.keys()].filter((row) => given[row] !== truth[row]))
  const began = { clock: performance.now(), processor: process.cpuUsage() }
  const fold = foldsOf({ ...examples, examples: rows }, FOLDS, SEED)
  const judgements = await judge(rows, given, labels, fold, model, () => undefined)
  const seconds = (performance.now() - began.clock) / 1000
  const { user, system } = process.cpuUsage(began.processor)
  const least = Math.min(...judgements.map(({ loss }) => loss))
  for (const { name, judged, loss } of judgements) {
    const scores = selfConfidence(judged)
    const ranking = [...scores.keys()].sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0) || a - b)
    const first = ranking.slice(0, wrong.size).filter((row) => wrong.has(row))
    const suspects = rankSuspects(judged)
    const found = suspects.filter((row) => wrong.has(row))
    const other = likeliestOther(judged)
    const data = basename(dirname(file))
    const result = {
      data,
      rows: rows.length,
      labels: labels.length,
      seed,
      model: name,
      log_loss: round(loss),
      chosen: loss === least,
      first_n: round(first.length / wrong.size),
      suspects: suspects.length,
      precision: round(found.length / suspects.length),
      recall: round(found.length / wrong.size),
      suggested_right: round(found.filter((row) => other[row] === truth[row]).length / found.length),
      seconds: round(seconds),
      cpu_seconds: round((user + system) / 1e6),
    }
    console.log(JSON.stringify(result))
    if (values.out === undefined) continue
    mkdirSync(values.out, { recursive: true })
    const path = join(values.out, `${data}-${name.replaceAll(/\W+/g, '-')}-${seed}`)
    writeFileSync(`${path}.f64`, judged.probabilities)
    writeFileSync(`${path}.json`, JSON.stringify({ ...result, given: [...given], truth: [...truth] }))
  }
}

/** Some labels changed, each to another one. */
function flipped(truth: Int32Array, labels: number, seed: number): Int32Array {
  const random = createRandom(seed, 'label flips')
  const given = truth.slice()
  const rows = random.shuffle([...truth.keys()]).slice(0, Math.round(SHARE * truth.length))
  for (const row of rows) given[row] = ((truth[row] ?? 0) + 1 + random.below(labels - 1)) % labels
  return given
}

function round(value: number): number {
  return Number(value.toFixed(4))
}
