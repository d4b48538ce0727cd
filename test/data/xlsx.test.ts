import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { dateText } from '../../src/data/sheet.ts'
import { openTable, type Row } from '../../src/data/table.ts'
import { UserError } from '../../src/shared/error.ts'
import { workbook, workbookOf, type ZipPart, zipFile } from './zip-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'finesse-xlsx-'))
after(() => rmSync(folder, { recursive: true }))
const fixture = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/tables/${name}`, import.meta.url))

async function read(path: string) {
  const table = await openTable(path)
  const rows: Row[] = []
  for await (const row of table.rows()) rows.push(row)
  return { ...table, rows, cells: rows.map(({ cells }) => cells) }
}

function written(parts: readonly ZipPart[], name = 'book.xlsx'): string {
  const path = join(folder, name)
  writeFileSync(path, zipFile(parts))
  return path
}

const expected: [string, string][] = JSON.parse(readFileSync(fixture('rows.json'), 'utf8'))

test('shared, inline and rich strings read as they were written', async () => {
  const shared = await read(fixture('shared-strings.xlsx'))
  assert.deepEqual(shared.columns, ['text', 'label'])
  assert.deepEqual(shared.said, [])
  assert.equal(shared.format.kind, 'xlsx')
  assert.deepEqual(shared.cells, [...expected.slice(0, 40), ['very bold indeed', 'good']])
  const inline = await read(fixture('inline-strings.xlsx'))
  assert.deepEqual(inline.cells, expected.slice(0, 40))
})

test('the first visible sheet with rows is read, a title above its header left out, both said', async () => {
  const { columns, cells, rows, said } = await read(fixture('typed.xlsx'))
  assert.deepEqual(columns, ['text', 'label', 'number', 'date', 'time', 'flag', 'none'])
  assert.deepEqual(cells, [
    ['first', '1', '0.3', '2025-01-31', '2025-01-31 14:30:15', 'TRUE', ''],
    ['second', '0', '1e+21', '1900-01-01', '06:45:00', 'FALSE', ''],
    ['', '12345678901', '-3', '', '', '', ''],
  ])
  assert.deepEqual(
    rows.map(({ row, line }) => [row, line]),
    [
      [1, 4],
      [2, 5],
      [3, 6],
    ],
  )
  assert.equal(said.length, 2)
  assert.match(said[0] ?? '', /of its 3 sheets "Data & more" is read/)
  assert.match(said[1] ?? '', /above row 3 .* left out/)
})

test('dates count from 1900, with its false leap day, or from 1904', async () => {
  assert.deepEqual((await read(fixture('from-1904.xlsx'))).cells, [
    ['text 0', 'a', '2025-01-31'],
    ['text 1', 'b', '2025-01-30'],
  ])
  assert.equal(dateText(1, false), '1900-01-01')
  assert.equal(dateText(61, false), '1900-03-01')
  assert.equal(dateText(0, true), '1904-01-01')
  assert.equal(dateText(45_688.604_340_277_78, false), '2025-01-31 14:30:15')
})

test('a table of text comes back from a workbook', async () => {
  const cell = fc
    .array(fc.constantFrom(...'ab ,"&<>\n\t0é中😀', '_x000D_', '\r\n', ']]>', '&amp;'), { maxLength: 8 })
    .map((chars) => chars.join(''))
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 8 }),
      fc.boolean(),
      fc.boolean(),
      async (rows, shared, stored) => {
        const path = join(folder, 'random.csv')
        writeFileSync(
          path,
          zipFile(workbook([['text', 'label', 'extra'], ['a', 'b', 'c'], ...rows], shared), stored),
        )
        const found = await read(path)
        assert.deepEqual(
          found.cells,
          [['a', 'b', 'c'], ...rows].filter((cells) => cells.some((text) => text.trim() !== '')),
        )
        assert.ok(found.rows.every(({ width }) => width === 3))
      },
    ),
    { seed: 5, numRuns: 80 },
  )
})

const refused = (path: string, ...words: string[]) =>
  assert.rejects(
    async () => {
      for await (const row of (await openTable(path)).rows()) assert.ok(row)
    },
    (error) => {
      assert.ok(error instanceof UserError, error instanceof Error ? error.stack : String(error))
      for (const word of [path, ...words]) assert.ok(error.message.includes(word), error.message)
      assert.ok(!error.message.includes('\n'))
      return true
    },
  )

const sheet = (rows: string) => `<worksheet><sheetData>${rows}</sheetData></worksheet>`
const text = (content: string) => `<c t="inlineStr"><is><t>${content}</t></is></c>`
const header = `<row>${text('text')}${text('label')}</row>`

test('a zip bomb is refused by the sizes it declares and by those it has', async () => {
  const spaces = Buffer.alloc(24 * 2 ** 20, ' ')
  const parts = workbookOf('')
  const bomb = (content: Uint8Array, unpacked?: number) => [
    ...parts.filter(({ name }) => !name.includes('sheet1')),
    { name: 'xl/worksheets/sheet1.xml', content, ...(unpacked === undefined ? {} : { unpacked }) },
  ]
  await refused(written(bomb(spaces)), 'more than 200 times its size')
  await refused(written(bomb(spaces.subarray(0, 2 ** 20), 2 ** 31)), 'more than 1,024 MB')
  // Declared small: reading ends as soon as there is more.
  await refused(written(bomb(spaces, 1000)), 'damaged')
  const many = Array.from({ length: 10_001 }, (_, i) => ({ name: `${i}`, content: '' }))
  await refused(written(many), '10,001 files')
  // Entities are not replaced.
  const laughs = `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>${sheet(`${header}<row>${text('&b;')}${text('x')}</row>`)}`
  await refused(written(workbookOf(laughs)), 'damaged')
})

test('a workbook that is none is refused in a line', async () => {
  await refused(written([{ name: 'word/document.xml', content: '<x/>' }]), 'without an Excel workbook')
  await refused(written([{ name: 'xl/workbook.bin', content: '' }]), 'binary Excel workbook')
  await refused(written(workbookOf(sheet(''))), 'none of its 1 sheets')
  await refused(written(workbookOf(sheet(header))), 'none of its 1 sheets')
  await refused(written(workbookOf(`${header}<row>`)), 'damaged')
  await refused(written(workbookOf(sheet(`${header}<row><c t="s"><v>7</v></c></row>`))), 'row 2')
  await refused(written(workbookOf(sheet(`${header}<row><c r="ZZZ1"><v>7</v></c></row>`))), 'row 2')
  await refused(
    written(workbookOf(sheet(`${header}<row r="9999999"><c><v>7</v></c></row>`))),
    'row 9,999,999',
  )
  const outside = workbookOf(sheet(header)).map((part) =>
    part.name.endsWith('.rels')
      ? { ...part, content: String(part.content).replace('worksheets/sheet1.xml', '../../../../etc/passwd') }
      : part,
  )
  await refused(written(outside), 'no sheet')
  const whole = readFileSync(fixture('shared-strings.xlsx'))
  const cut = join(folder, 'cut.xlsx')
  for (const length of [5, 100, 3000, whole.length - 10]) {
    writeFileSync(cut, whole.subarray(0, length))
    await refused(cut, 'damaged')
  }
})

test('mutated workbooks are read or refused in a line', async () => {
  const path = join(folder, 'mutated.xlsx')
  for (const name of ['typed.xlsx', 'shared-strings.xlsx']) {
    const whole = readFileSync(fixture(name))
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        async (changes) => {
          const bytes = Buffer.from(whole)
          for (const [at, byte] of changes) bytes[at] = byte
          writeFileSync(path, bytes)
          try {
            await read(path)
          } catch (error) {
            assert.ok(error instanceof UserError, error instanceof Error ? error.stack : '')
            assert.ok(!error.message.includes('\n'))
          }
        },
      ),
      { seed: 6, numRuns: 60 },
    )
  }
})

test('mutated sheets are read or refused in a line', async () => {
  const path = join(folder, 'mutated-sheet.xlsx')
  const whole = `<?xml version="1.0"?><worksheet xmlns="m"><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>label</t></is></c></row><row r="2"><c r="A2" s="1"><v>45000.5</v></c><c r="B2" t="b"><v>1</v></c></row><row r="3"><c r="A3" t="str"><f>A1</f><v>x</v></c></row></sheetData></worksheet>`
  const inserted = fc.constantFrom(
    '<',
    '>',
    '"',
    '&',
    '/',
    '<row>',
    '</row>',
    '<c r="',
    '9',
    '-',
    ' ',
    '<v>',
    '\0',
    '<![CDATA[',
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(whole.length), fc.nat(9), inserted), { minLength: 1, maxLength: 5 }),
      async (changes) => {
        let changed = whole
        for (const [at, count, by] of changes) changed = changed.slice(0, at) + by + changed.slice(at + count)
        writeFileSync(path, zipFile(workbookOf(changed, '<sst><si><t>text</t></si></sst>'), true))
        try {
          await read(path)
        } catch (error) {
          assert.ok(error instanceof UserError, error instanceof Error ? error.stack : '')
          assert.ok(!error.message.includes('\n'))
        }
      },
    ),
    { seed: 7, numRuns: 150 },
  )
})
