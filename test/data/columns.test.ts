import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { chooseColumns } from '../../src/data/columns.ts'
import { openTable } from '../../src/data/table.ts'
import { UserError } from '../../src/shared/error.ts'

const folder = mkdtempSync(join(tmpdir(), 'finesse-columns-'))
after(() => rmSync(folder, { recursive: true }))

const THINGS = 'lamp,chair,door,cup,road,train,bird,river,shoe,clock'.split(',')
/** What stands in column `kind` of row `i`. */
const KINDS: Record<string, (i: number) => string> = {
  prose: (i) => `the ${THINGS[i % 10]} was seen ${i} times in the town`,
  title: (i) => `about ${i} ${THINGS[i % 10]}s`,
  chinese: (i) => `这个${i}很好用的东西`,
  few: (i) => ['good', 'bad', 'so so'][i % 3] ?? '',
  binary: (i) => String(i % 2),
  id: (i) => `a0f${i}`,
  number: (i) => String(i * 1.5),
}

/** A file with columns `name: kind`, and what is chosen in it: `text/label`. */
async function chosen(
  columns: Record<string, string>,
  text: string | null = null,
  label: string | null = null,
) {
  const path = join(folder, 'columns.csv')
  const lines = [Object.keys(columns).join(',')]
  for (let i = 0; i < 60; i++) {
    lines.push(
      Object.values(columns)
        .map((kind) => KINDS[kind]?.(i) ?? kind)
        .join(','),
    )
  }
  writeFileSync(path, lines.join('\n'))
  const found = await chooseColumns(await openTable(path), { text, label })
  return { columns: `${found.text}/${found.label}`, found: found.found }
}

const columnsOf = async (...args: Parameters<typeof chosen>) => (await chosen(...args)).columns

test('named columns are taken exactly, else without regard to case, and nothing is said', async () => {
  assert.deepEqual(await chosen({ A: 'prose', a: 'title', B: 'few' }, 'a', 'b'), {
    columns: 'a/B',
    found: null,
  })
})

test('columns are found by well-known names, English and Chinese', async () => {
  assert.equal(await columnsOf({ id: 'id', title: 'title', text: 'prose', label: 'few' }), 'text/label')
  assert.equal(await columnsOf({ 评论: 'chinese', 情感: 'binary' }), '评论/情感')
  assert.equal(await columnsOf({ Category: 'few', Headline: 'title' }), 'Headline/Category')
  assert.equal(await columnsOf({ label: 'binary', label_name: 'few', Sentence: 'prose' }), 'Sentence/label')
  assert.equal(await columnsOf({ message: 'number', review: 'prose', target: 'few' }), 'review/target')
})

test('columns are found by a word of their name, then by what they hold', async () => {
  assert.equal(
    await columnsOf({ user_id: 'id', reviewText: 'prose', other: 'prose', sentiment_label: 'few' }),
    'reviewText/sentiment_label',
  )
  assert.equal(await columnsOf({ q1: 'id', q2: 'prose', q3: 'number', q4: 'few' }), 'q2/q4')
  assert.equal(await columnsOf({ q1: 'title', q2: 'prose', q4: 'binary' }), 'q2/q4')
  assert.equal(await columnsOf({ x: 'chinese', y2: 'few' }), 'x/y2')
})

test('what was found is said in a sentence', async () => {
  assert.equal(
    (await chosen({ text: 'prose', q: 'few' })).found,
    'Text from column "text" (by its name), label from column "q" (its values are few, short and come again).',
  )
  assert.equal(
    (await chosen({ text: 'prose', q: 'few' }, null, 'q')).found,
    'Text from column "text" (by its name).',
  )
})

test('what is ambiguous or impossible is one line that names the options', async () => {
  const refused = (columns: Record<string, string>, ...words: string[]) =>
    assert.rejects(
      () => chosen(columns),
      (error) => {
        assert.ok(error instanceof UserError, String(error))
        for (const word of words) assert.ok(error.message.includes(word), error.message)
        return true
      },
    )
  await refused(
    { text: 'prose', sentiment: 'few', topic: 'binary' },
    '"sentiment"',
    '"topic"',
    'choose one of them',
  )
  await refused(
    { review: 'prose', comment: 'prose', label: 'few' },
    '"review"',
    '"comment"',
    'choose one of them',
  )
  await refused({ text: 'prose', other: 'prose' }, '"other"', 'label')
  await refused({ a: 'number', b: 'few' }, 'columns of text and label')
})
