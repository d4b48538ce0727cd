import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { journalOf } from '../../../src/data/append/tail.ts'
import { createTrainingFile, openTrainingFile } from '../../../src/data/append/training-file.ts'
import type { Encoding } from '../../../src/data/encoding.ts'
import { openTable } from '../../../src/data/table.ts'
import { UserError } from '../../../src/shared/error.ts'
import { encode } from '../encode.ts'

const temporary = (t: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'finesse-append-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}

const rowsOf = async (path: string): Promise<string[][]> => {
  const rows: string[][] = []
  for await (const { cells } of (await openTable(path)).rows()) rows.push([...cells])
  return rows
}

const COLUMNS = { text: 'text', label: 'label' }

const cell = fc
  .string({
    unit: fc.constantFrom('a', 'é', ' ', ',', '\t', ';', '"', '\n', '\r\n', '\r', "'", '|', '\\'),
    maxLength: 8,
  })
  .map((text) => `x${text}`)
const wide = cell.map((text) => `${text}好😀㐀`)

/** The ways in which a table of text, label and a third column may be written. */
const file = fc.record({
  encoding: fc.constantFrom<Encoding>('utf-8', 'utf-16le', 'utf-16be', 'gb18030', 'windows-1252'),
  mark: fc.boolean(),
  lineEnd: fc.constantFrom('\n', '\r\n'),
  lastBreak: fc.boolean(),
  kind: fc.constantFrom(',', '\t', ';', '|', 'jsonl', 'compact jsonl'),
  quoted: fc.constantFrom('never', 'text', 'always'),
  order: fc.constantFrom(['id', 'text', 'label'], ['label', 'text', 'id'], ['text', 'id', 'label']),
})

type Written = typeof file extends fc.Arbitrary<infer T> ? T : never

/** Rows of plain words tell the format and the encoding. */
const PLAIN = Array.from({ length: 12 }, (_, i) => ({
  id: `${i}`,
  text: `plain words ${i}`,
  label: i % 2 ? 'yes' : 'no',
}))

function bytesOf({ encoding, mark, lineEnd, lastBreak, kind, quoted, order }: Written): Buffer {
  const letters =
    encoding === 'gb18030'
      ? '这个菜很好吃下次再来真是太香了'
      : encoding === 'windows-1252'
        ? 'déjà vu là'
        : ''
  const rows = PLAIN.map((row) => ({ ...row, text: `${row.text} ${letters}` }))
  const valued = (row: (typeof rows)[number], key: string): string =>
    key === 'id' ? row.id : key === 'text' ? row.text : row.label
  const lines = kind.endsWith('jsonl')
    ? rows.map((row) => {
        const parts = order.map((key) => [JSON.stringify(key), JSON.stringify(valued(row, key))])
        return kind === 'jsonl'
          ? `{${parts.map((part) => part.join(': ')).join(', ')}}`
          : `{${parts.map((part) => part.join(':')).join(',')}}`
      })
    : [
        order.join(kind),
        ...rows.map((row) =>
          order
            .map((key) =>
              quoted === 'always' || (quoted === 'text' && key === 'text')
                ? `"${valued(row, key)}"`
                : valued(row, key),
            )
            .join(kind),
        ),
      ]
  const bom = mark && encoding !== 'windows-1252' && encoding !== 'gb18030' ? '\ufeff' : ''
  return encode(`${bom}${lines.join(lineEnd)}${lastBreak ? lineEnd : ''}`, encoding)
}

test("rows are added in the file's own way, no other byte changes, and undoing gives the bytes back", async (t) => {
  const folder = temporary(t)
  await fc.assert(
    fc.asyncProperty(
      file,
      fc.array(fc.tuple(cell, wide), { minLength: 1, maxLength: 4 }),
      async (written, rows) => {
        const path = join(folder, written.kind.endsWith('jsonl') ? 'rows.jsonl' : 'rows.csv')
        const before = bytesOf(written)
        writeFileSync(path, before)
        const old = await rowsOf(path)
        const training = await openTrainingFile(path, COLUMNS, join(folder, 'journal'))
        const texts = rows.map(([narrow, wide]) =>
          written.encoding === 'windows-1252'
            ? narrow
            : written.encoding === 'gb18030'
              ? `${narrow}好`
              : wide,
        )
        const undo: { readonly bytes: Buffer; readonly take: () => void }[] = []
        for (const [i, text] of texts.entries()) {
          const bytes = readFileSync(path)
          const appended = await training.append(text, i % 2 ? 'yes' : 'new one')
          undo.push({ bytes, take: () => training.takeBack(appended) })
          assert.deepEqual(readFileSync(path).subarray(0, bytes.length), bytes)
        }
        const columns = (await openTable(path)).columns
        const added = texts.map((text, i) =>
          columns.map((key) => (key === 'text' ? text : key === 'label' ? (i % 2 ? 'yes' : 'new one') : '')),
        )
        assert.deepEqual(await rowsOf(path), [...old, ...added])
        // As the file writes them: its line ends, its quotes.
        const text = readFileSync(path).subarray(before.length)
        if (written.quoted === 'always' && !written.kind.endsWith('jsonl') && written.encoding === 'utf-8')
          assert.ok(text.toString().includes('"new one"'))
        assert.ok(
          text
            .subarray(-encode(written.lineEnd, written.encoding).length)
            .equals(encode(written.lineEnd, written.encoding)),
        )
        for (const { bytes, take } of undo.reverse()) {
          take()
          assert.deepEqual(readFileSync(path), bytes)
        }
        assert.deepEqual(readdirSync(join(folder, 'journal')), [])
      },
    ),
    { seed: 7, numRuns: 80 },
  )
})

test('a record whose writing was cut off anywhere is taken away when the file is opened again', async (t) => {
  const folder = temporary(t)
  const journals = join(folder, 'journal')
  const path = join(folder, 'rows.csv')
  const before = Buffer.from('text,label\ngood,yes\nbad,no')
  writeFileSync(path, before)
  await openTrainingFile(path, COLUMNS, journals)
  const record = Buffer.from('\n"one, two",yes\n')
  for (let kept = 1; kept <= record.length; kept++) {
    writeFileSync(path, Buffer.concat([before, record.subarray(0, kept)]))
    writeFileSync(
      journalOf(journals, path),
      JSON.stringify({ path, start: before.length, base64: record.toString('base64') }),
    )
    await openTrainingFile(path, COLUMNS, journals)
    assert.deepEqual(readFileSync(path), before, `after ${kept} bytes`)
    assert.deepEqual(readdirSync(journals), [])
  }
})

test('what somebody else wrote stays, whatever was cut off before', async (t) => {
  const folder = temporary(t)
  const path = join(folder, 'rows.csv')
  const content = 'text,label\ngood,yes\nbad,no\nmine,yes\n'
  writeFileSync(path, content)
  const start = content.indexOf('mine')
  for (const record of ['other,yes\n', 'mi', 'mine,yes']) {
    const base64 = Buffer.from(record).toString('base64')
    writeFileSync(journalOf(folder, path), JSON.stringify({ path, start, base64 }))
    await openTrainingFile(path, COLUMNS, folder)
    assert.equal(readFileSync(path, 'utf8'), content)
  }
})

test('a file that changed is looked at again before a row is added, and a row is taken back only as it was', async (t) => {
  const folder = temporary(t)
  const path = join(folder, 'rows.csv')
  writeFileSync(path, 'text,label\ngood,yes\nbad,no\n')
  const training = await openTrainingFile(path, COLUMNS, folder)
  const first = await training.append('one', 'yes')
  appendFileSync(path, 'by hand,maybe')
  assert.throws(() => training.takeBack(first), UserError)
  const second = await training.append('two', 'no')
  assert.equal(readFileSync(path, 'utf8'), 'text,label\ngood,yes\nbad,no\none,yes\nby hand,maybe\ntwo,no\n')
  assert.deepEqual([...training.labels.keys()], ['yes', 'no', 'maybe'])
  training.takeBack(second)
  assert.equal(readFileSync(path, 'utf8'), 'text,label\ngood,yes\nbad,no\none,yes\nby hand,maybe')
  assert.throws(() => training.takeBack(second), UserError)
})

test('a file that is damaged, or has no place for a row, is refused with what to do, and not touched', async (t) => {
  const folder = temporary(t)
  const refused: readonly (readonly [name: string, content: string, said: RegExp])[] = [
    [
      'cut.csv',
      'id,text,label\n1,good,yes\n2,bad,no\n3,hal',
      /row 3: the last row is cut off \(2 of 3 cells\)/,
    ],
    ['quote.csv', 'text,label\ngood,yes\nbad,no\n"half', /never closed/],
    ['cut.jsonl', '{"text":"a","label":"b"}\n{"text":"c","la', /line 2: not a JSON object/],
    ['array.json', '[{"text":"a","label":"b"}]', /array .* JSON lines/],
    ['other.csv', 'words,class\ngood,yes\nbad,no\n', /no column "text"/],
  ]
  for (const [name, content, said] of refused) {
    const path = join(folder, name)
    writeFileSync(path, content)
    await assert.rejects(openTrainingFile(path, COLUMNS, folder), (error) => {
      assert.ok(error instanceof UserError)
      assert.match(error.message, said)
      return true
    })
    assert.equal(readFileSync(path, 'utf8'), content)
  }
  const latin = join(folder, 'latin.csv')
  const bytes = encode(`text,label\n${'déjà vu,yes\nvoilà,no\n'.repeat(8)}`, 'windows-1252')
  writeFileSync(latin, bytes)
  const training = await openTrainingFile(latin, COLUMNS, folder)
  await assert.rejects(training.append('好', 'yes'), /do not go with Windows-1252/)
  assert.deepEqual(readFileSync(latin), bytes)
  // Rare characters, after which a small file would be taken for another encoding.
  const chinese = join(folder, 'chinese.csv')
  const written = encode('text,label\n很好,是\n不好,否\n', 'gb18030')
  writeFileSync(chinese, written)
  const file = await openTrainingFile(chinese, COLUMNS, folder)
  await assert.rejects(file.append('㐀😀㐀😀㐀😀㐀😀㐀😀㐀😀', '是'), /do not go with GB18030/)
  assert.deepEqual(readFileSync(chinese), written)
})

test('a JSON line is written as those before it: spaces, escapes, labels without quotes', async (t) => {
  const folder = temporary(t)
  const path = join(folder, 'rows.jsonl')
  const cases: readonly (readonly [string, string, string])[] = [
    ['{"label": 1, "text": "caf\\u00e9"}\n', '0', '{"label": 0, "text": "\\u597d"}\n'],
    ['{"text":"café","label":"a"}\n', 'b', '{"text":"好","label":"b"}\n'],
    ['{"text":"plain","label":true,"id":7}\n', 'false', '{"text":"好","label":false}\n'],
  ]
  for (const [content, label, added] of cases) {
    writeFileSync(path, content)
    await (await openTrainingFile(path, COLUMNS, folder)).append('好', label)
    assert.equal(readFileSync(path, 'utf8'), content + added)
  }
})

test('a row is one to train on where the file says which part each belongs to', async (t) => {
  const path = join(temporary(t), 'rows.csv')
  writeFileSync(path, 'text,label,split\na,yes,Test\nb,no,Training\n')
  const training = await openTrainingFile(path, { ...COLUMNS, split: 'split' }, dirname(path))
  await training.append('c', 'yes')
  assert.equal(readFileSync(path, 'utf8'), 'text,label,split\na,yes,Test\nb,no,Training\nc,yes,Training\n')
})

test('a new file has a header, and no file is written over', async (t) => {
  const path = join(temporary(t), 'new, labelled.csv')
  createTrainingFile(path, { text: 'a "text"', label: 'label' })
  const training = await openTrainingFile(path, { text: 'a "text"', label: 'label' }, dirname(path))
  await training.append('one, two', 'yes')
  assert.equal(readFileSync(path, 'utf8'), '"a ""text""",label\n"one, two",yes\n')
  assert.throws(() => createTrainingFile(path, COLUMNS), /EEXIST/)
})
