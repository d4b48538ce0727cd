import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { chooseColumns } from '../../src/data/columns.ts'
import { fileError } from '../../src/data/decode.ts'
import { readExamples } from '../../src/data/examples.ts'
import { checkExamples, checkNamed, checkParts } from '../../src/data/labels.ts'
import { sharesFor, split } from '../../src/data/split.ts'
import { openTable } from '../../src/data/table.ts'
import { UserError } from '../../src/shared/error.ts'

const folder = mkdtempSync(join(tmpdir(), 'finesse-mistakes-'))
after(() => rmSync(folder, { recursive: true }))

/** What `train` does with its file before anything else. */
async function load(path: string, text: string | null = null, label: string | null = null) {
  const table = await openTable(path)
  const data = await readExamples(table, await chooseColumns(table, { text, label }))
  checkExamples(data)
  return data
}

/** The mistake is one line that names the file and holds the words; `{}` stands for the path. */
async function refused(attempt: () => Promise<unknown>, path: string, ...words: string[]) {
  await assert.rejects(attempt, (error) => {
    assert.ok(error instanceof UserError, String(error))
    for (const word of [path, ...words]) {
      assert.ok(error.message.includes(word), `"${word}" is not in: ${error.message}`)
    }
    assert.ok(!/[\r\n]/.test(error.message), error.message)
    return true
  })
}

async function refusedFile(name: string, content: string | Buffer, ...words: string[]) {
  const path = join(folder, name)
  writeFileSync(path, content)
  await refused(() => load(path), path, ...words)
}

const rows = (count: number, row: (i: number) => string) =>
  `text,label\n${Array.from({ length: count }, (_, i) => row(i)).join('\n')}\n`

test('no such file', () =>
  refused(() => load(join(folder, 'none.csv')), 'none.csv', 'does not exist', 'check the path'))

test('a folder', async () => {
  mkdirSync(join(folder, 'some.csv'))
  await refused(() => load(join(folder, 'some.csv')), 'some.csv', 'is a folder')
})

test('a file below a file', async () => {
  writeFileSync(join(folder, 'plain'), 'x')
  await refused(() => load(join(folder, 'plain', 'data.csv')), 'data.csv', 'does not exist')
})

test('no permission', async () => {
  const error = fileError(
    'data.csv',
    Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' }),
  )
  assert.ok(error instanceof UserError)
  assert.match(error.message, /^data\.csv .*permission/)
  const defect = new TypeError('x')
  assert.equal(fileError('data.csv', defect), defect)
})

const permitted = process.platform === 'win32' || process.getuid?.() === 0
test('no permission, on disk', { skip: permitted && 'this user may read everything' }, async () => {
  const path = join(folder, 'closed.csv')
  writeFileSync(path, 'text,label\n')
  chmodSync(path, 0)
  await refused(() => load(path), path, 'permission')
})

test('empty files', async () => {
  await refusedFile('empty.csv', '', 'is empty')
  await refusedFile('blank.csv', '\ufeff\n \r\n\n', 'is empty')
  await refusedFile('empty.jsonl', '\n', 'is empty')
  await refusedFile('header.csv', 'text,label\n', 'no rows')
  await refusedFile('keys.jsonl', '{}\n{}\n', 'no keys')
})

test('binary files', async () => {
  await refusedFile('book.xlsx', Buffer.from('504b0304140006000800', 'hex'), 'damaged')
  await refusedFile('book.csv', Buffer.from('504b0304140006000800', 'hex'), 'damaged')
  await refusedFile('old.xls', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'Excel', 'as CSV')
  await refusedFile('data.parquet', Buffer.from('PAR1\x15\x04\x15\x10'), 'Parquet', 'copy it again')
  await refusedFile('data.csv.gz', gzipSync('text,label\na,b\n'), 'gzip')
  await refusedFile(
    'zeros.csv',
    rows(3, (i) => `a\0b${i},x`),
    'line 2',
    'binary',
  )
})

test('a quote that is never closed', async () => {
  await refusedFile(
    'open.csv',
    rows(9, (i) => (i === 4 ? '"never closed,x' : `text ${i},x`)),
    'line 6',
    'never closed',
  )
})

test('JSON that is not one object a line', async () => {
  await refusedFile('bad.jsonl', '{"text":"a","label":"x"}\n\n{"text":"b",\n', 'line 3', 'JSON object')
  await refusedFile('list.jsonl', '{"text":"a","label":"x"}\n["b","y"]\n', 'line 2', 'JSON object')
  await refusedFile('object.json', '{\n"text":"a"}\n', 'line 1', 'an array of objects')
  await refusedFile('numbers.json', '[1, 2]', 'line 1', 'an array of objects')
  await refusedFile('mixed.json', '[{"text":"a","label":"x"},\n 7]', 'line 2', 'no object')
  await refusedFile('comma.json', '[{"text":"a","label":"x"}\n\n{"text":"b"}]', 'line 3', 'comma')
  await refusedFile('cut.json', '[{"text":"a","label":"x"},\n{"text":"b"', 'line 2', 'not complete')
  await refusedFile('more.json', '[{"text":"a","label":"x"}]\n[]', 'line 2', 'behind the end')
  await refusedFile('bad.json', '[{"text":"a","label":"x"},\n{"text":"b",}]', 'line 2', 'JSON object')
  await refusedFile('none.json', '[]', 'no keys')
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  await refusedFile('deep.json', `[{"text":"a","label":${deep}}]`, 'line 1', 'deep')
  await refusedFile('deep.jsonl', `{"text":"a","label":${deep}}`, 'line 1', 'deep')
})

test('one column', () => refusedFile('one.csv', 'text\nfirst\nsecond\n', 'one column', '"text"'))

test('one label', () =>
  refusedFile(
    'label.csv',
    rows(30, (i) => `text number ${i},spam`),
    'one label, "spam"',
    'two or more',
  ))

test('a label column of a thousand values', async () => {
  await refusedFile(
    'many.csv',
    rows(1000, (i) => `a text ${i},v${i}`),
    '"label"',
    '1,000 distinct values in 1,000 rows',
    'choose another column of labels',
  )
  await refusedFile(
    'half.csv',
    rows(40, (i) => `a text ${i},v${i % 21}`),
    '21 distinct values in 40 rows',
  )
  const unnamed = `zz,yy\n${Array.from({ length: 1000 }, (_, i) => `a text ${i},v${i}`).join('\n')}`
  await refusedFile('unnamed.csv', unnamed, '"yy"', '1,000 distinct', 'label')
})

test('all texts equal', () =>
  refusedFile(
    'equal.csv',
    rows(30, (i) => `the same,${i % 2}`),
    'same text, "the same"',
    'choose another column of texts',
  ))

test('texts or labels that are all empty', async () => {
  await refusedFile(
    'texts.csv',
    rows(6, (i) => ` ,${i % 2}`),
    'none of its 6 rows',
    '6 empty in column "text"',
  )
  await refusedFile(
    'labels.csv',
    rows(6, (i) => `text ${i},`),
    'none of its 6 rows',
    '6 in column "label"',
  )
})

test('a column that is not there names the nearest and all', async () => {
  const path = join(folder, 'columns.csv')
  writeFileSync(path, 'review,sentiment\na b,x\nc d,y\n')
  await refused(() => load(path, 'reviw'), path, 'Text "reviw"', 'did you mean "review"', '"sentiment"')
  await refused(() => load(path, null, 'q'), path, 'Label "q"', '"review", "sentiment"')
  await refused(() => load(path, 'review', 'REVIEW'), 'both name', '"review"')
})

test('too few rows to split', async () => {
  const path = join(folder, 'few.csv')
  writeFileSync(path, 'text,label\nfirst text,a\nsecond text,b\n')
  const data = await load(path)
  const shares = sharesFor({ valid: false, test: false })
  await refused(
    async () => checkParts(data, split(data.examples, { seed: 42, shares }), shares),
    path,
    '2 rows',
    '3 parts',
  )
})

test('a named file with labels that training lacks', async () => {
  const path = join(folder, 'test.csv')
  writeFileSync(
    path,
    rows(8, (i) => `text ${i},${'abcd'[i % 4]}`),
  )
  const data = await load(path)
  await refused(
    async () => checkNamed(data, ['a', 'b', 'd'], 'the test file'),
    path,
    'row 3',
    'the test file',
    '"c"',
  )
  checkNamed(data, ['d', 'c', 'b', 'a', 'e'], 'the test file')
  const none = join(folder, 'none-left.csv')
  writeFileSync(none, 'text,label\n')
  const empty = await readExamples(await openTable(none), { text: 'text', label: 'label' })
  await refused(async () => checkNamed(empty, ['a'], 'the validation file'), none, 'no rows')
})
