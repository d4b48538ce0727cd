// node --import tsx scripts/bench/intervals.ts
// What the bootstrap intervals of 10,000 test rows take, and how often those of smaller sets hold what is true: the
// tables of docs/evaluation/how-sure.md.
import { createRandom, type Random } from '../../src/data/random.ts'
import { labelIntervals } from '../../src/trainer/evaluation/intervals/label-intervals.ts'
import { numberIntervals } from '../../src/trainer/evaluation/intervals/number-intervals.ts'

const SETS = 300
const ACCURACY = 0.8

/** Of a model that is right in 80 of 100 rows, whatever the label. */
function labelledRows(random: Random, rows: number, labels: number) {
  const targets = Int32Array.from({ length: rows }, () => random.below(labels))
  const probabilities = new Float64Array(rows * labels)
  for (const [row, target] of targets.entries()) {
    const answer = random.next() < ACCURACY ? target : (target + 1 + random.below(labels - 1)) % labels
    const sure = 0.5 + random.next() / 2
    probabilities.fill((1 - sure) / (labels - 1), row * labels, (row + 1) * labels)
    probabilities[row * labels + answer] = sure
  }
  return { targets, probabilities }
}

console.log('| 10,000 rows | seconds of one core |\n|---|---|')
const random = createRandom(1)
for (const labels of [2, 6, 77]) {
  const { targets, probabilities } = labelledRows(random, 10_000, labels)
  const began = process.cpuUsage()
  labelIntervals(probabilities, targets, labels, 1)
  console.log(`| ${labels} labels | ${(process.cpuUsage(began).user / 1e6).toFixed(1)} |`)
}
const truth = Float64Array.from({ length: 10_000 }, () => random.next())
const began = process.cpuUsage()
numberIntervals(
  truth.map((value) => value + random.next()),
  truth,
  1,
)
console.log(`| numbers | ${(process.cpuUsage(began).user / 1e6).toFixed(1)} |`)

console.log(`\n| test rows | intervals of the accuracy that hold the true one, of ${SETS} sets |\n|---|---|`)
for (const rows of [30, 100, 500]) {
  let held = 0
  for (let set = 0; set < SETS; set++) {
    const { targets, probabilities } = labelledRows(createRandom(set, 'sets'), rows, 2)
    const [from, to] = labelIntervals(probabilities, targets, 2, set).accuracy ?? [1, 0]
    if (from <= ACCURACY && ACCURACY <= to) held++
  }
  console.log(`| ${rows} | ${((100 * held) / SETS).toFixed(1)} % |`)
}
