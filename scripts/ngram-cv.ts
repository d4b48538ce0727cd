/**
 * Cross-validates the n-gram model on the rows of CSV files with the columns text and label, the k-th row of a
 * label being held out in fold k mod FOLDS.
 *
 *   node --import tsx scripts/ngram-cv.ts FILE... [--C 1,10] [--folds 5] [--only 2]
 *
 * Without --C the model chooses by itself; --only computes that many of the folds.
 */
import { parseArgs } from 'node:util'
import { readExamples } from '../src/data/examples.ts'
import { labelOrder } from '../src/data/labels.ts'
import { openTable } from '../src/data/table.ts'
import { evaluate } from '../src/trainer/evaluation/metrics.ts'
import { trainNgram } from '../src/trainer/evaluation/ngram.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    C: { type: 'string', default: '' },
    folds: { type: 'string', default: '5' },
    only: { type: 'string' },
  },
})
const strengths = values.C === '' ? [{}] : values.C.split(',').map((C) => ({ C: Number(C) }))
const folds = Number(values.folds)

for (const file of positionals) {
  const { examples: rows } = await readExamples(await openTable(file), { text: 'text', label: 'label' })
  const labels = labelOrder(rows.map(({ label }) => label))
  const seen = new Map<string, number>()
  const placed = rows.map((row) => {
    const before = seen.get(row.label) ?? 0
    seen.set(row.label, before + 1)
    return { ...row, fold: before % folds }
  })
  const targetsOf = (part: typeof placed) => Int32Array.from(part, ({ label }) => labels.indexOf(label))
  for (const strength of strengths) {
    const sums = { accuracy: 0, f1_macro: 0, log_loss: 0, seconds: 0 }
    const used = Number(values.only ?? folds)
    for (let fold = 0; fold < used; fold++) {
      const train = placed.filter((row) => row.fold !== fold)
      const held = placed.filter((row) => row.fold === fold)
      const began = performance.now()
      const model = await trainNgram(
        train.map(({ text }) => text),
        targetsOf(train),
        labels.length,
        42,
        () => {},
        strength,
      )
      const probabilities = model.probabilities(held.map(({ text }) => text))
      sums.seconds += (performance.now() - began) / 1000 / used
      const { accuracy, f1_macro, log_loss } = evaluate(probabilities, targetsOf(held), labels)
      sums.accuracy += accuracy / used
      sums.f1_macro += f1_macro / used
      sums.log_loss += log_loss / used
    }
    const figures = Object.entries(sums).map(([name, value]) => `${name} ${value.toFixed(4)}`)
    console.log([file, `rows ${rows.length}`, JSON.stringify(strength), ...figures].join('  '))
  }
}
