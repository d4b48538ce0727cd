import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import * as v from 'valibot'
import { readExamples } from '../../src/data/examples.ts'
import { type ProfileOptions, profile } from '../../src/data/profile.ts'
import { createRepeats } from '../../src/data/repeats.ts'
import { openTable } from '../../src/data/table.ts'
import { Profile } from '../../src/shared/profile.ts'

const folder = mkdtempSync(join(tmpdir(), 'finesse-profile-'))
after(() => rmSync(folder, { recursive: true }))

const columns = { text: 'text', label: 'label' }

function tableOf(content: string) {
  const path = join(folder, 'data.csv')
  writeFileSync(path, content)
  return openTable(path)
}

const profileOf = async (content: string, options: ProfileOptions = {}): Promise<Profile> =>
  profile(await tableOf(content), columns, options)

test('texts are kept as they stand, labels are trimmed, rows that lack one are counted and left out', async () => {
  const data = await readExamples(
    await tableOf('id,text,label\n1,  two words ,  a \n2, ,a\n3,three,\n4,,\n5,five,b\n6,short\n'),
    columns,
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

test('what lies beyond a limit is counted in texts and in tokens', async () => {
  const content = 'text,label\none two three four,a\none,b\none two three,a\n'
  const countTokens = (text: string): number => text.split(' ').length
  const { cut } = (await profileOf(content, { countTokens, limit: 2 })).lengths
  assert.deepEqual(cut, { limit: 2, texts: 2, share: 3 / 8 })
  assert.equal((await profileOf(content, { countTokens })).lengths.cut, undefined)
})

test('a profile counts labels, lengths, duplicates and conflicts, and is plain data', async () => {
  const found = await profileOf(
    'text,label\none,b\none two,a\none,b\none,c\n"one two three",a\none,b\none two,a\n,b\nx,b,more\n"q" r,c\n',
    { countTokens: (text) => text.split(' ').length },
  )
  assert.deepEqual(v.parse(Profile, JSON.parse(JSON.stringify(found))), found)
  assert.equal(found.rows, 10)
  assert.equal(found.usable, 9)
  assert.deepEqual(found.labels, [
    { label: 'b', rows: 4 },
    { label: 'a', rows: 3 },
    { label: 'c', rows: 2 },
  ])
  const { counts, ...lengths } = found.lengths
  assert.deepEqual(lengths, { unit: 'tokens', sampled: 9, min: 1, median: 1, p95: 3, max: 3 })
  assert.equal(
    counts.reduce((sum, [, texts]) => sum + texts, 0),
    9,
  )
  assert.deepEqual(counts.at(-1)?.[0], 3)
  assert.deepEqual(found.longest, { row: 5, characters: 13 })
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
  assert.equal(found.compared, 1)
})

test('lengths come from a seeded sample where rows are many, in code points without a tokenizer', async () => {
  const content = `text,label\n${Array.from({ length: 500 }, (_, i) => `${'😀'.repeat((i % 99) + 1)},a`).join('\n')}\n`
  const { counts, ...all } = (await profileOf(content)).lengths
  assert.equal(counts.length, 99)
  assert.deepEqual(all, { unit: 'characters', sampled: 500, min: 1, median: 49, p95: 94, max: 99 })
  const some = (await profileOf(content, { sample: 100 })).lengths
  assert.equal(some.sampled, 100)
  assert.ok(Math.abs(some.median - 50) < 15)
  assert.deepEqual((await profileOf(content, { sample: 100 })).lengths, some)
  assert.notDeepEqual((await profileOf(content, { sample: 100, seed: 1 })).lengths, some)
})

test('a file without usable rows has a profile too', async () => {
  const found = await profileOf('text,label\n,a\n')
  assert.equal(found.usable, 0)
  const none = { unit: 'characters', sampled: 0, min: 0, median: 0, p95: 0, max: 0, counts: [] }
  assert.deepEqual(found.lengths, none)
})

test('of a cell of 10 MB the beginning is measured and the rest counted in proportion', async () => {
  const cell = 'ten chars '.repeat(1_000_000)
  let most = 0
  const found = await profileOf(`text,label\nshort,a\n"${cell}",b\n`, {
    countTokens: (text) => {
      most = Math.max(most, text.length)
      return text.length / 5
    },
  })
  assert.deepEqual(found.longest, { row: 2, characters: 10_000_000 })
  assert.equal(found.lengths.max, 2_000_000)
  assert.ok(most <= 20_000)
})

test('labels that differ only in how they are written are told, spaces around them do not count', async () => {
  const rows = [
    'Spam',
    'spam',
    'SPAM ',
    ' ham',
    'ham',
    'Not spam',
    'notspam',
    '1',
    '1.0',
    '+1',
    '2',
    'Ａ',
    'a',
  ]
  const found = await profileOf(`text,label\n${rows.map((label, i) => `text ${i},${label}`).join('\n')}\n`)
  assert.deepEqual(
    found.label_variants.map((group) => group.map(({ label, rows }) => `${label} ${rows}`)),
    [
      ['+1 1', '1 1', '1.0 1'],
      ['Not spam 1', 'notspam 1'],
      ['SPAM 1', 'Spam 1', 'spam 1'],
      ['a 1', 'Ａ 1'],
    ],
  )
  assert.ok(found.labels.some(({ label, rows }) => label === 'ham' && rows === 2))
})

test('numbers and booleans are labels in JSON too', async () => {
  const path = join(folder, 'labels.json')
  const labels = [true, false, 1, 0.5, 0, 1e21, null]
  writeFileSync(path, JSON.stringify(labels.map((label, i) => ({ text: `t${i}`, label }))))
  const found = await profile(await openTable(path), columns)
  assert.deepEqual(found.labels.map(({ label }) => label).sort(), ['0', '0.5', '1', '1e+21', 'false', 'true'])
  assert.deepEqual(found.missing_labels, { count: 1, rows: [7] })
})

test('a column of ever new values is refused as a label before it fills the memory', async () => {
  const content = `text,label\n${Array.from({ length: 100_002 }, (_, i) => `same,${i}`).join('\n')}\n`
  await assert.rejects(
    profileOf(content),
    /data\.csv: column "label" has more than 100,000 distinct values.*choose another column/,
  )
})

test('equal texts are counted as a map of all texts counts them', () => {
  const text = fc.constantFrom('a', 'b', 'c', 'aa', 'ab', '', 'é', '中', '\0')
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)
  fc.assert(
    fc.property(fc.array(fc.tuple(text, fc.nat(2)), { maxLength: 60 }), (rows) => {
      const repeats = createRepeats(32)
      const seen = new Map<string, Map<number, number>>()
      for (const [i, [text, label]] of rows.entries()) {
        repeats.add(text, label, i + 1)
        const labels = seen.get(text) ?? new Map<number, number>()
        labels.set(label, (labels.get(label) ?? 0) + 1)
        seen.set(text, labels)
      }
      const { duplicates, conflicts, compared } = repeats.result(['x', 'y', 'z'])
      assert.equal(compared, 1)
      const groups = [...seen.values()].map((labels) => [...labels.values()])
      const different = groups.filter((labels) => labels.length > 1)
      assert.equal(duplicates.rows, sum(groups.map((labels) => sum(labels) - labels.length)))
      assert.equal(duplicates.texts, groups.filter((labels) => labels.some((count) => count > 1)).length)
      assert.equal(conflicts.texts, different.length)
      assert.equal(conflicts.rows, sum(different.map(sum)))
    }),
    { seed: 1, numRuns: 500 },
  )
})

test('of more texts than are kept a sample is compared, and counts are scaled up', () => {
  const repeats = createRepeats(2 ** 12)
  const texts = 100_000
  for (let i = 0; i < texts; i++) repeats.add(`text ${i}`, 0, i + 1)
  for (let i = 0; i < texts; i += 2) repeats.add(`text ${i}`, i % 4 === 0 ? 0 : 1, texts + i + 1)
  const { duplicates, conflicts, compared } = repeats.result(['a', 'b'])
  assert.ok(compared <= 1 / 32 && compared >= 1 / 128, `${compared}`)
  assert.ok(Math.abs(duplicates.rows - texts / 4) < texts / 25, `${duplicates.rows}`)
  assert.ok(Math.abs(conflicts.texts - texts / 4) < texts / 25, `${conflicts.texts}`)
  assert.ok(duplicates.examples.every(([first = 0, second]) => second === first + texts))
})
