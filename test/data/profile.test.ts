import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import * as v from 'valibot'
import { type Examples, readExamples } from '../../src/data/examples.ts'
import { profile } from '../../src/data/profile.ts'
import { openTable } from '../../src/data/table.ts'
import { Profile } from '../../src/shared/profile.ts'

const folder = mkdtempSync(join(tmpdir(), 'finesse-profile-'))
after(() => rmSync(folder, { recursive: true }))

async function examplesOf(content: string): Promise<Examples> {
  const path = join(folder, 'data.csv')
  writeFileSync(path, content)
  return readExamples(await openTable(path), { text: 'text', label: 'label' })
}

test('texts are kept as they stand, labels are trimmed, rows that lack one are counted and left out', async () => {
  const data = await examplesOf(
    'id,text,label\n1,  two words ,  a \n2, ,a\n3,three,\n4,,\n5,five,b\n6,short\n',
  )
  assert.deepEqual(data.examples, [
    { row: 1, text: '  two words ', label: 'a' },
    { row: 5, text: 'five', label: 'b' },
  ])
  assert.equal(data.rows, 6)
  assert.deepEqual(data.emptyTexts, { count: 2, rows: [2, 4] })
  assert.deepEqual(data.missingLabels, { count: 3, rows: [3, 4, 6] })
  assert.deepEqual(data.shortRows, { count: 1, rows: [6] })
})

test('a profile counts labels, lengths, duplicates and conflicts, and is plain data', async () => {
  const data = await examplesOf(
    'text,label\none,b\none two,a\none,b\none,c\n"one two three",a\none,b\none two,a\n,b\nx,b,more\n"q" r,c\n',
  )
  const found = profile(data, { countTokens: (text) => text.split(' ').length })
  assert.deepEqual(v.parse(Profile, JSON.parse(JSON.stringify(found))), found)
  assert.equal(found.rows, 10)
  assert.equal(found.usable, 9)
  assert.deepEqual(found.labels, [
    { label: 'b', rows: 4 },
    { label: 'a', rows: 3 },
    { label: 'c', rows: 2 },
  ])
  assert.deepEqual(found.lengths, { unit: 'tokens', sampled: 9, min: 1, median: 1, p95: 3, max: 3 })
  assert.deepEqual(found.empty_texts, { count: 1, rows: [8] })
  assert.deepEqual(found.long_rows, { count: 1, rows: [9] })
  assert.deepEqual(found.stray_quotes, { count: 1, rows: [10] })
  assert.deepEqual(found.duplicates, {
    rows: 3,
    texts: 2,
    examples: [
      [1, 3, 6],
      [2, 7],
    ],
  })
  assert.deepEqual(found.conflicts, {
    rows: 4,
    texts: 1,
    examples: [
      [
        { row: 1, label: 'b' },
        { row: 4, label: 'c' },
      ],
    ],
  })
})

test('lengths come from a seeded sample where rows are many, in code points without a tokenizer', async () => {
  const data = await examplesOf(
    `text,label\n${Array.from({ length: 500 }, (_, i) => `${'😀'.repeat((i % 99) + 1)},a`).join('\n')}\n`,
  )
  const all = profile(data).lengths
  assert.deepEqual(all, { unit: 'characters', sampled: 500, min: 1, median: 49, p95: 94, max: 99 })
  const some = profile(data, { sample: 100 }).lengths
  assert.equal(some.sampled, 100)
  assert.ok(Math.abs(some.median - 50) < 15)
  assert.deepEqual(profile(data, { sample: 100 }).lengths, some)
})

test('a file without usable rows has a profile too', async () => {
  const found = profile(await examplesOf('text,label\n,a\n'))
  assert.equal(found.usable, 0)
  assert.deepEqual(found.lengths, { unit: 'characters', sampled: 0, min: 0, median: 0, p95: 0, max: 0 })
})
