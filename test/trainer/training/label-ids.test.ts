import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import * as v from 'valibot'
import { readRecord } from '../../../src/run/folder.ts'
import { RunOptions } from '../../../src/shared/config.ts'
import { prepareData } from '../../../src/trainer/training/prepare.ts'
import { temporaryFolder } from '../../run/sample.ts'
import { STATIC, trained } from './small-run.ts'

const rowsOf = (labels: readonly string[], count: number): string[] =>
  Array.from({ length: count }, (_, i) => `text number ${i},${labels[i % labels.length]}`)

test('labels have the same numbers whatever the order of the rows and the split', async (t) => {
  const folder = temporaryFolder(t)
  const rows = [...rowsOf(['b', 'a', '10', '9'], 40), 'the same text,a', 'the same text,rare']
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(rows, { minLength: rows.length }),
      fc.nat(1000),
      fc.constantFrom({}, { folds: 4, fold: 2 }, { folds: 4, fold: 4 }),
      async (shuffled, seed, folds) => {
        const file = join(folder, 'rows.csv')
        writeFileSync(file, `text,label\n${shuffled.join('\n')}\n`)
        const { labels, targets, examples } = await prepareData(
          [file],
          v.parse(RunOptions, { seed, ...folds }),
        )
        assert.deepEqual(labels, ['10', '9', 'a', 'b', 'rare'])
        for (const [i, { label }] of examples.entries()) assert.equal(labels[targets[i] ?? -1], label)
      },
    ),
    { seed: 31, numRuns: 25 },
  )
})

test('a run that goes on from a run keeps the numbers of its labels, new ones follow', async (t) => {
  const folder = temporaryFolder(t)
  const [first, second] = [join(folder, 'first.csv'), join(folder, 'second.csv')]
  writeFileSync(first, `text,label\n${rowsOf(['m', 'z'], 40).join('\n')}\n`)
  writeFileSync(second, `text,label\n${rowsOf(['a', 'm', 'z'], 60).join('\n')}\n`)
  const from = await trained(first, { model: STATIC, strategy: 'head' })
  assert.deepEqual(readRecord(from.run).data.labels, ['m', 'z'])
  const on = await trained(second, { model: from.run, strategy: 'head', max_length: 5 })
  assert.deepEqual(readRecord(on.run).data.labels, ['m', 'z', 'a'])
})

test('several files must have the same columns; the one that has not is named', async (t) => {
  const folder = temporaryFolder(t)
  const [a, b] = [join(folder, 'a.csv'), join(folder, 'b.csv')]
  writeFileSync(a, `review,mood\n${rowsOf(['good', 'bad'], 20).join('\n')}\n`)
  writeFileSync(b, `words,mood\n${rowsOf(['good', 'bad'], 20).join('\n')}\n`)
  const options = v.parse(RunOptions, { text: 'review', label: 'mood' })
  await assert.rejects(prepareData([a, b], options), {
    name: 'UserError',
    message: /b\.csv: no column "review", which .*a\.csv has/,
  })
  const both = await prepareData([a, a], options)
  assert.equal(both.files.more.length, 1)
  assert.ok(both.notes.includes('2 files, 40 rows together.'))
})
