// node --import tsx scripts/bench/label-next.ts [--set trec6|waimai_10k] [--model probe|ngram] [--first] [--ways 'A;B']
//   [--seeds 1,2,3,4,5] [--labels 100,200,400] [--round 50] [--held 2000]
// Measures ways to choose what is labelled next. Of train.csv alone: each seed holds rows out that judge, the others
// are the pool, whose labels are looked at where they are asked for. Rounds of --round labels: the first is chosen at
// random, for every way the same; then a model is trained on what is labelled and the next round chosen. The model is
// the probe on the embedded encoder's features, or with --model ngram the n-gram model (waimai_10k: that encoder reads
// no Chinese). With --first the first round itself is compared, chosen without a model. Prints the tables of
// docs/evaluation/label-next.md.
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { readExamples } from '../../src/data/examples.ts'
import { createRandom, type Random } from '../../src/data/random.ts'
import { openTable } from '../../src/data/table.ts'
import { cpuRuntime } from '../../src/trainer/engine/runtime.ts'
import { trainNgram } from '../../src/trainer/evaluation/ngram.ts'
import { headLogits, trainProbe } from '../../src/trainer/evaluation/probe.ts'
import { softmaxRows } from '../../src/trainer/evaluation/softmax.ts'
import { openEncoderEmbedding } from '../../src/trainer/selection/encoder-embedding.ts'
import { gramEmbedding } from '../../src/trainer/selection/gram-embedding.ts'
import { marginUncertainty } from '../../src/trainer/selection/margin.ts'
import { seedDiverse } from '../../src/trainer/selection/seeding.ts'

const { values } = parseArgs({
  options: {
    set: { type: 'string', default: 'trec6' },
    seeds: { type: 'string', default: '1,2,3,4,5' },
    labels: { type: 'string', default: '100,200,400' },
    round: { type: 'string', default: '50' },
    model: { type: 'string', default: 'probe' },
    held: { type: 'string', default: '2000' },
    ways: { type: 'string' },
    first: { type: 'boolean', default: false },
  },
})
const ROUND = Number(values.round)
const STOPS = values.labels.split(',').map(Number)

const file = fileURLToPath(new URL(`../../../shared/datasets/${values.set}/train.csv`, import.meta.url))
const { examples } = await readExamples(await openTable(file), { text: 'text', label: 'label' })
const distinct = [...new Map(examples.map((example) => [example.text, example])).values()]
const texts = distinct.map(({ text }) => text)
const labels = [...new Set(distinct.map(({ label }) => label))].sort()
const targets = Int32Array.from(distinct, ({ label }) => labels.indexOf(label))

const isProbe = values.model === 'probe'
const embedding = isProbe ? await encoded() : gramEmbedding(texts)
const { width, points } = embedding

async function encoded() {
  const encoder = await openEncoderEmbedding(cpuRuntime())
  const points = await encoder.embed(texts)
  await encoder.close()
  return { width: encoder.width, points }
}

const pointsOf = (rows: readonly number[]): Float32Array => {
  const part = new Float32Array(rows.length * width)
  for (const [i, row] of rows.entries()) part.set(points.subarray(row * width, (row + 1) * width), i * width)
  return part
}

/** A model of some rows: [rows, labels] of others. */
async function learn(rows: readonly number[], seed: number) {
  if (!isProbe) {
    // The labels that are known so far, as a model of them has no others.
    const known = [...new Set(rows.map((row) => targets[row] ?? 0))].sort((a, b) => a - b)
    const own = Int32Array.from(rows, (row) => known.indexOf(targets[row] ?? 0))
    const model = await trainNgram(
      rows.map((row) => texts[row] ?? ''),
      own,
      known.length,
      seed,
    )
    return (asked: readonly number[]): Float64Array => {
      const narrow = model.probabilities(asked.map((row) => texts[row] ?? ''))
      const wide = new Float64Array(asked.length * labels.length)
      for (let row = 0; row < asked.length; row++)
        for (const [i, label] of known.entries())
          wide[row * labels.length + label] = narrow[row * known.length + i] ?? 0
      return wide
    }
  }
  const part = (some: readonly number[]) => ({
    features: pointsOf(some),
    targets: Int32Array.from(some, (row) => targets[row] ?? 0),
  })
  const [train, valid] = [rows.filter((_, i) => i % 5 !== 4), rows.filter((_, i) => i % 5 === 4)]
  const { best } = await trainProbe(cpuRuntime(), part(train), part(valid), labels, async () => undefined)
  return (asked: readonly number[]): Float64Array =>
    softmaxRows(headLogits(best, pointsOf(asked)), labels.length)
}

const accuracy = (probabilities: Float64Array, rows: readonly number[]): number => {
  let right = 0
  for (const [i, row] of rows.entries()) {
    const ofRow = probabilities.subarray(i * labels.length, (i + 1) * labels.length)
    if (ofRow.indexOf(Math.max(...ofRow)) === targets[row]) right++
  }
  return right / rows.length
}

/** What a way knows: the rows that may be chosen, what the model says of each, and those that have labels. */
interface Asked {
  readonly pool: readonly number[]
  readonly probabilities: Float64Array
  readonly labelled: readonly number[]
  readonly count: number
  readonly random: Random
}
/** Positions in the pool. */
type Way = (asked: Asked) => readonly number[]

const highest = (scores: Float64Array, count: number): number[] =>
  Array.from(scores, (_, i) => i)
    .sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b)
    .slice(0, count)

const ones = (count: number): Float64Array => new Float64Array(count).fill(1)
const randomly: Way = ({ pool, count, random }) => random.shuffle(pool.map((_, i) => i)).slice(0, count)
const margins = ({ probabilities }: Asked): Float64Array => marginUncertainty(probabilities, labels.length)

/** Of the `factor` * count most uncertain those that are far from each other. */
const marginThenDiverse =
  (factor: number, power = 1): Way =>
  (asked) => {
    const scores = margins(asked)
    const some = highest(scores, factor * asked.count)
    const weights = Float64Array.from(some, (i) => (scores[i] ?? 0) ** power)
    const here = pointsOf(some.map((i) => asked.pool[i] ?? 0))
    return seedDiverse(here, width, weights, asked.count, asked.random).map((i) => some[i] ?? 0)
  }

const entropy: Way = ({ probabilities, count, pool }) => {
  const scores = Float64Array.from(pool, (_, i) =>
    probabilities
      .subarray(i * labels.length, (i + 1) * labels.length)
      .reduce((sum, p) => sum - (p > 0 ? p * Math.log(p) : 0), 0),
  )
  return highest(scores, count)
}

/** k-means++ over the gradients of the head at the label that the model gives (Ash and others 2020). */
const badge: Way = ({ pool, probabilities, count, random }) => {
  const residual = Float64Array.from(probabilities, (p) => p)
  for (let i = 0; i < pool.length; i++) {
    const ofRow = residual.subarray(i * labels.length, (i + 1) * labels.length)
    const best = ofRow.indexOf(Math.max(...ofRow))
    ofRow[best] = (ofRow[best] ?? 0) - 1
  }
  const dot = (a: ArrayLike<number>, from: number, b: ArrayLike<number>, at: number, n: number): number => {
    let sum = 0
    for (let k = 0; k < n; k++) sum += (a[from + k] ?? 0) * (b[at + k] ?? 0)
    return sum
  }
  const here = pointsOf(pool)
  const between = (a: number, b: number): number =>
    dot(residual, a * labels.length, residual, b * labels.length, labels.length) *
    dot(here, a * width, here, b * width, width)
  const own = Float64Array.from(pool, (_, i) => between(i, i))
  const nearest = own.slice()
  const chosen: number[] = []
  while (chosen.length < count) {
    let left = random.next() * nearest.reduce((sum, d) => sum + d, 0)
    // The first is the longest gradient, as in the authors' program.
    let next = chosen.length === 0 ? (highest(own, 1)[0] ?? 0) : 0
    if (chosen.length > 0)
      while (next < pool.length - 1 && left >= (nearest[next] ?? 0)) left -= nearest[next++] ?? 0
    for (let i = 0; i < pool.length; i++)
      nearest[i] = Math.max(
        0,
        Math.min(nearest[i] ?? 0, (own[i] ?? 0) + (own[next] ?? 0) - 2 * between(i, next)),
      )
    nearest[next] = 0
    chosen.push(next)
  }
  return chosen
}

/** The row that is farthest from all that is labelled, again and again (Sener and Savarese 2018, k-centre greedy). */
const coreSet: Way = ({ pool, labelled, count }) => {
  const here = pointsOf(pool)
  const nearest = new Float64Array(pool.length).fill(Number.POSITIVE_INFINITY)
  const cover = (row: number): void => {
    for (let i = 0; i < pool.length; i++) {
      let sum = 0
      for (let k = 0; k < width; k++)
        sum += ((here[i * width + k] ?? 0) - (points[row * width + k] ?? 0)) ** 2
      nearest[i] = Math.min(nearest[i] ?? 0, sum)
    }
  }
  for (const row of labelled) cover(row)
  const chosen: number[] = []
  while (chosen.length < count) {
    const [next = 0] = highest(nearest, 1)
    chosen.push(next)
    cover(pool[next] ?? 0)
  }
  return chosen
}

const WAYS: Readonly<Record<string, Way>> = {
  random: randomly,
  'margin alone': (asked) => highest(margins(asked), asked.count),
  entropy,
  'margin, 10 times as many, then k-means++': marginThenDiverse(10),
  'margin, 3 times as many, then k-means++': marginThenDiverse(3),
  'k-means++ of all, by margin': marginThenDiverse(1e6),
  'k-means++ of all, by margin squared': marginThenDiverse(1e6, 2),
  BADGE: badge,
  'core-set': coreSet,
}

/** Without a model. */
const FIRST: Readonly<Record<string, Way>> = {
  random: randomly,
  'k-means++': ({ pool, count, random }) =>
    seedDiverse(pointsOf(pool), width, ones(pool.length), count, random),
  'core-set': (asked) => coreSet({ ...asked, labelled: asked.pool.slice(0, 1) }),
}

const drawn = (seed: number) => {
  const random = createRandom(seed, 'label-next')
  const rows = random.shuffle(texts.map((_, row) => row))
  const held = Math.min(Number(values.held), Math.floor(rows.length / 2))
  return { random, held: rows.slice(0, held), pool: rows.slice(held) }
}

/** Accuracies at the stops, the rows chosen round by round. */
async function rounds(way: Way, seed: number): Promise<number[]> {
  const { random, held, pool } = drawn(seed)
  const asked = { pool, probabilities: new Float64Array(0), labelled: [], count: ROUND, random }
  const labelled = randomly(asked).map((i) => pool[i] ?? 0)
  const accuracies: number[] = []
  for (;;) {
    const model = await learn(labelled, seed)
    if (STOPS.includes(labelled.length)) accuracies.push(accuracy(model(held), held))
    if (labelled.length >= (STOPS.at(-1) ?? 0)) return accuracies
    const taken = new Set(labelled)
    const free = pool.filter((row) => !taken.has(row))
    const chosen = way({ pool: free, probabilities: model(free), labelled, count: ROUND, random })
    labelled.push(...chosen.map((i) => free[i] ?? 0))
  }
}

/** The same where the rows are chosen at once, without a model: for each stop anew. */
async function atOnce(way: Way, seed: number): Promise<number[]> {
  const accuracies: number[] = []
  for (const count of STOPS) {
    const { random, held, pool } = drawn(seed)
    const chosen = way({ pool, probabilities: new Float64Array(0), labelled: [], count, random })
    const model = await learn(
      chosen.map((i) => pool[i] ?? 0),
      seed,
    )
    accuracies.push(accuracy(model(held), held))
  }
  return accuracies
}

const seeds = values.seeds.split(',').map(Number)
const mean = (xs: readonly number[]): number => xs.reduce((sum, x) => sum + x, 0) / xs.length
const spread = (xs: readonly number[]): number =>
  Math.sqrt(xs.reduce((sum, x) => sum + (x - mean(xs)) ** 2, 0) / Math.max(1, xs.length - 1))
const points100 = (share: number): string => (100 * share).toFixed(1)

const all = Object.entries(values.first ? FIRST : WAYS)
const wanted = values.ways?.split(';')
const results = new Map<string, number[][]>()
console.log(`${values.set}, ${values.model}, rounds of ${ROUND}, ${seeds.length} seeds`)
console.log(`| way | ${STOPS.map((stop) => `${stop} labels`).join(' | ')} | better than random at the last |`)
console.log(`|---|${STOPS.map(() => '---|').join('')}---|`)
for (const [name, way] of all.filter(([name]) => !wanted || wanted.includes(name))) {
  const bySeed: number[][] = []
  for (const seed of seeds) bySeed.push(await (values.first ? atOnce : rounds)(way, seed))
  results.set(name, bySeed)
  const cells = STOPS.map((_, at) => {
    const column = bySeed.map((accuracies) => accuracies[at] ?? 0)
    return `${points100(mean(column))} ± ${points100(spread(column))}`
  })
  const random = results.get('random')
  const better = bySeed.filter((own, i) => (own.at(-1) ?? 0) > (random?.[i]?.at(-1) ?? 1)).length
  console.log(
    `| ${name} | ${cells.join(' | ')} | ${name === 'random' ? '' : `${better} of ${seeds.length}`} |`,
  )
}
