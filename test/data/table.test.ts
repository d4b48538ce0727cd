import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { chooseColumns } from '../../src/data/columns.ts'
import { openTable, type Row } from '../../src/data/table.ts'
import { UserError } from '../../src/shared/error.ts'
import { needsShared, shared } from '../shared.ts'

const folder = mkdtempSync(join(tmpdir(), 'finesse-table-'))
after(() => rmSync(folder, { recursive: true }))

const file = (name: string, content: string | Buffer): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

async function read(path: string, chunkBytes?: number) {
  const table = await openTable(path, chunkBytes === undefined ? {} : { chunkBytes })
  const rows: Row[] = []
  for await (const row of table.rows()) rows.push(row)
  return { ...table, rows, cells: rows.map((row) => row.cells) }
}

const CHARS = [...'ab ,;\t|"é中😀\n\r\u2028\ufeff', '\r\n', '""', '0', '{']
const cell = fc.array(fc.constantFrom(...CHARS), { maxLength: 12 }).map((chars) => chars.join(''))

/** How a random table is written. */
const writing = fc.record({
  delimiter: fc.constantFrom(',', '\t', ';', '|'),
  lineBreak: fc.constantFrom('\n', '\r\n', '\r'),
  bom: fc.boolean(),
  lastBreak: fc.boolean(),
  chunkBytes: fc.integer({ min: 1, max: 300 }),
  rows: fc.array(
    fc.record({
      cells: fc.tuple(cell, cell, cell),
      quoted: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
      blanksBefore: fc.constantFrom('', '', '', 'B', '  B', 'BB'),
    }),
    { minLength: 1, maxLength: 12 },
  ),
})

const breaks = (text: string) => text.match(/\r\n|\r|\n/g)?.length ?? 0

test('a table comes back as it was written, whatever the quoting, delimiter, line break and chunk size', async () => {
  await fc.assert(
    fc.asyncProperty(writing, async ({ delimiter, lineBreak, bom, lastBreak, chunkBytes, rows }) => {
      let text = ['text', 'label', 'extra'].join(delimiter)
      const lines: number[] = []
      for (const { cells, quoted, blanksBefore } of rows) {
        text += lineBreak + blanksBefore.replaceAll('B', lineBreak)
        lines.push(breaks(text) + 1)
        text += cells
          .map((value, i) =>
            quoted[i] || value.includes(delimiter) || /[\r\n]|^"/.test(value)
              ? `"${value.replaceAll('"', '""')}"`
              : value,
          )
          .join(delimiter)
      }
      if (lastBreak) text += lineBreak
      const found = await read(file('random.csv', (bom ? '\ufeff' : '') + text), chunkBytes)
      assert.deepEqual(found.format, {
        kind: delimiter === '\t' ? 'tsv' : 'csv',
        delimiter,
        header: true,
        bom,
        encoding: 'utf-8',
      })
      assert.deepEqual(found.said, [])
      assert.deepEqual(found.columns, ['text', 'label', 'extra'])
      assert.deepEqual(
        found.cells,
        rows.map((row) => row.cells),
      )
      assert.deepEqual(
        found.rows.map((row) => row.line),
        lines,
      )
      assert.deepEqual(
        found.rows.map((row) => row.row),
        rows.map((_, i) => i + 1),
      )
      assert.ok(found.rows.every((row) => row.width === 3 && !row.stray))
    }),
    { seed: 1, numRuns: 400 },
  )
})

test('JSON lines come back as they were written, at any chunk size', async () => {
  const value = fc.oneof(cell, fc.integer(), fc.boolean(), fc.constant(null))
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ text: value, label: value }), { minLength: 1, maxLength: 10 }),
      fc.constantFrom('\n', '\r\n', '\n\n'),
      fc.boolean(),
      fc.integer({ min: 1, max: 200 }),
      async (objects, lineBreak, bom, chunkBytes) => {
        const text = objects.map((object) => JSON.stringify(object)).join(lineBreak)
        const found = await read(file('random.jsonl', (bom ? '\ufeff' : '') + text), chunkBytes)
        assert.equal(found.format.bom, bom)
        assert.deepEqual(
          found.cells,
          objects.map(({ text, label }) => [text, label].map((v) => (v === null ? '' : String(v)))),
        )
        const step = breaks(lineBreak)
        assert.deepEqual(
          found.rows.map((row) => row.line),
          objects.map((_, i) => 1 + i * step),
        )
      },
    ),
    { seed: 2, numRuns: 200 },
  )
})

test('a JSON array of objects comes back as it was written, at any chunk size', async () => {
  const value = fc.oneof(cell, fc.double({ noNaN: true }), fc.boolean(), fc.constant(null))
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ text: value, label: value, more: fc.constantFrom('', '[{"}', { a: ['}'] }) }), {
        minLength: 1,
        maxLength: 10,
      }),
      fc.constantFrom(0, 1, '\t'),
      fc.boolean(),
      fc.integer({ min: 1, max: 200 }),
      async (objects, indent, bom, chunkBytes) => {
        const text = (bom ? '\ufeff' : ' \n') + JSON.stringify(objects, null, indent)
        const found = await read(file('random.json', text), chunkBytes)
        assert.equal(found.format.kind, 'json')
        const cellOf = (value: unknown) =>
          value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)
        assert.deepEqual(
          found.cells,
          objects.map((object) => [object.text, object.label, object.more].map(cellOf)),
        )
        assert.deepEqual(
          found.rows.map((row) => row.row),
          objects.map((_, i) => i + 1),
        )
        const lines = text.split('\n')
        if (indent !== 0) assert.ok(found.rows.every(({ line }) => lines[line - 1]?.trim().startsWith('{')))
      },
    ),
    { seed: 4, numRuns: 200 },
  )
})

test('the columns of JSON lines are the keys of the first rows; nested values are JSON', async () => {
  const { columns, cells, rows, format } = await read(
    file('keys.csv', '{"text":"a"}\n{"label":true,"text":"b"}\n{"meta":{"n":[1]}}\n'),
  )
  assert.equal(format.kind, 'jsonl')
  assert.deepEqual(columns, ['text', 'label', 'meta'])
  assert.deepEqual(cells, [
    ['a', '', ''],
    ['b', 'true', ''],
    ['', '', '{"n":[1]}'],
  ])
  assert.ok(rows.every((row) => row.width === 3))
})

test('a stray quote in an unquoted cell is text, one behind a closing quote is said', async () => {
  const { rows, cells } = await read(
    file('stray.csv', 'text,label\nit\'s 5" long,a\n"He said" so,b\n"x","y"\n'),
  )
  assert.deepEqual(cells, [
    ['it\'s 5" long', 'a'],
    ['He said so', 'b'],
    ['x', 'y'],
  ])
  assert.deepEqual(
    rows.map((row) => row.stray),
    [false, true, false],
  )
})

test('short and long records keep their width and are cut to the columns', async () => {
  const { rows } = await read(file('ragged.csv', 'text,label\na,b\nc\nd,e,f\ng,h\n'))
  assert.deepEqual(
    rows.map(({ cells, width }) => [cells, width]),
    [
      [['a', 'b'], 2],
      [['c', ''], 1],
      [['d', 'e'], 3],
      [['g', 'h'], 2],
    ],
  )
})

test('the delimiter is the one on which the records agree, not the one that is most frequent', async () => {
  const delimiterOf = async (content: string, name = 'sniff.csv') => {
    const { format } = await openTable(file(name, content))
    return format.delimiter
  }
  assert.equal(await delimiterOf('text;label\nWell, yes, no, maybe;a\nOne, two;b\nNone;a\n'), ';')
  assert.equal(await delimiterOf('text\tlabel\nWell, yes\ta\nOne, two\tb\n', 'sniff.csv'), '\t')
  assert.equal(await delimiterOf('text,label\n"a;b;c",x\n"d;e;f",y\n', 'sniff.tsv'), ',')
  assert.equal(await delimiterOf('text|label\n"a, b|c\nd",x\n"e, f",y\n'), '|')
  assert.equal(await delimiterOf('text\nWell, yes\nOne, two\nThree, four\n'), null)
  assert.equal(await delimiterOf('Well, I think so, too\nOne\nTwo\nThree, perhaps\n'), null)
})

test('the first record is a header unless it looks like data', async () => {
  const columnsOf = async (content: string) => {
    const { columns, format } = await openTable(file('header.csv', content))
    return format.header ? columns : columns.length
  }
  assert.deepEqual(await columnsOf('zzz,q7x\nI love it,pos\nI hate it,neg\nSo so,pos\n'), ['zzz', 'q7x'])
  assert.deepEqual(await columnsOf('内容,情感\n很好,正面\n不好,负面\n'), ['内容', '情感'])
  assert.equal(await columnsOf('I love it,pos\nI hate it,neg\nSo so,pos\n'), 2)
  assert.equal(await columnsOf('I love it,1\nI hate it,0\n'), 2)
  assert.deepEqual(await columnsOf(',text,label\n0,a,x\n1,b,y\n'), ['column1', 'text', 'label'])
  assert.deepEqual(await columnsOf('0,1\nI love it,pos\nI hate it,neg\n'), ['0', '1'])
  assert.deepEqual(await columnsOf(' text , text,\na,b,c\n'), ['text', 'text_2', 'column3'])
})

test('a cell may be larger than the sample and than a chunk', async () => {
  const long = 'word, "quoted"\n'.repeat(60_000)
  const { cells, rows } = await read(
    file('long.csv', `text,label\n"${long.replaceAll('"', '""')}",a\nnext,b\n`),
    4096,
  )
  assert.equal(cells[0]?.[0], long)
  assert.deepEqual(cells[1], ['next', 'b'])
  assert.equal(rows[1]?.line, 60_003)
})

test('a cell of 10 MB is read from every format of text, also in the first row', async () => {
  const long = 'many words, of which one is "quoted", and a line break behind them\n'.repeat(150_000)
  const objects = [
    { text: long, label: 'a' },
    { text: 'b', label: 'c' },
  ]
  for (const [name, content] of [
    ['huge.csv', `text,label\n"${long.replaceAll('"', '""')}",a\nb,c\n`],
    ['huge.jsonl', objects.map((object) => JSON.stringify(object)).join('\n')],
    ['huge.json', JSON.stringify(objects)],
  ] as const) {
    const { cells, columns } = await read(file(name, content))
    assert.deepEqual(columns, ['text', 'label'])
    assert.equal(cells.length, 2)
    assert.ok(cells[0]?.[0] === long, name)
  }
})

test('reading can stop early and begin anew', async () => {
  const table = await openTable(file('again.csv', `text,label\n${'a,b\n'.repeat(100_000)}`))
  for await (const row of table.rows()) if (row.row === 3) break
  let count = 0
  for await (const row of table.rows()) count = row.row
  assert.equal(count, 100_000)
})

test('the shared data sets are read as Python reads them', { skip: needsShared }, async () => {
  // Rows and columns as Python's csv module gives them; the last line is the one `wc` counts to.
  const expected: [name: string, rows: number, lines: number, columns: string[]][] = [
    ['banking77', 10_003, 10_017, ['text', 'label']],
    ['sms_spam', 4_459, 4_460, ['text', 'label']],
    ['sst2-sentences', 6_920, 6_921, ['text', 'label']],
    ['trec6', 5_452, 5_453, ['text', 'label']],
    ['waimai_10k', 9_591, 9_592, ['text', 'label']],
    ['wnut17', 3_394, 3_395, ['tokens', 'tags']],
    ['fsdd/csv', 2_700, 2_701, ['audio', 'label', 'speaker']],
  ]
  for (const [name, count, lines, columns] of expected) {
    const table = await read(shared(`datasets/${name}/train.csv`))
    assert.equal(table.rows.length, count, name)
    assert.equal(table.rows.at(-1)?.line, lines, name)
    assert.deepEqual(table.columns, columns)
    assert.ok(
      table.rows.every((row) => row.width === columns.length && !row.stray),
      name,
    )
    if (columns[0] !== 'text') continue
    const { text, label } = await chooseColumns(await openTable(table.path), { text: null, label: null })
    assert.deepEqual([text, label], ['text', 'label'])
  }
})

test('mutated text files are read or refused in a line', async () => {
  const samples: [name: string, content: Buffer][] = [
    ['mutated.csv', Buffer.from('text,label\n"a, ""b""",x\r\nnaïve 很好,y\n\n"two\nlines",x\n')],
    ['mutated.csv', Buffer.from('text;label\na;x\nb;y\n', 'utf16le')],
    ['mutated.jsonl', Buffer.from('{"text":"a\\u4e2d","label":1}\n{"text":"b","label":{"c":[true]}}\n')],
    ['mutated.json', Buffer.from('[{"text":"a \\"b\\"","label":1},\n {"text":"b","label":["c",null]}]')],
  ]
  const change = fc.tuple(fc.nat(70), fc.nat(3), fc.uint8Array({ maxLength: 4 }))
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...samples),
      fc.array(change, { minLength: 1, maxLength: 5 }),
      fc.array(fc.constantFrom(...'"\n\r,;\0{}[]\\ \t'), { maxLength: 3 }),
      async ([name, content], changes, signs) => {
        let bytes = content
        for (const [i, [at, removed, added]] of changes.entries()) {
          const sign = Buffer.from(signs[i] ?? '')
          bytes = Buffer.concat([bytes.subarray(0, at), added, sign, bytes.subarray(at + removed)])
        }
        try {
          const { rows, columns } = await read(file(name, bytes))
          assert.ok(rows.every(({ cells }) => cells.length === columns.length))
        } catch (error) {
          assert.ok(error instanceof UserError, error instanceof Error ? error.stack : '')
          assert.ok(!error.message.includes('\n'), error.message)
        }
      },
    ),
    { seed: 10, numRuns: 200 },
  )
})
