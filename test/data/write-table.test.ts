import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { objectsOf } from '../../src/data/objects.ts'
import { openTable, type TableFormat } from '../../src/data/table.ts'
import { delimitedRecord, outputFormat } from '../../src/data/write-table.ts'

const temporary = (t: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'finesse-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}

const cell = fc.string({
  unit: fc.constantFrom('a', 'é', '好', ' ', ',', '\t', ';', '"', '\n', '\r\n', "'", '|'),
  maxLength: 8,
})

test('what is written is read again', async (t) => {
  const path = join(temporary(t), 'table.csv')
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 }), async (rows) => {
      // Rows of plain words tell the delimiter; what is tested is cells.
      const plain = Array.from({ length: 12 }, (_, i) => [`word${i}`, 'other'])
      const all = [['text', 'label'], ...plain, ...rows]
      writeFileSync(path, all.map((cells) => delimitedRecord(cells, ',')).join(''))
      const read: (readonly string[])[] = []
      for await (const row of (await openTable(path)).rows()) read.push(row.cells)
      assert.deepEqual(read, all.slice(1))
    }),
    { seed: 6, numRuns: 100 },
  )
})

test('a record of one blank cell is no blank line', () => {
  assert.equal(delimitedRecord([''], ','), '""\n')
  assert.equal(delimitedRecord(['', ''], ','), ',\n')
})

const csv: TableFormat = { kind: 'csv', delimiter: ';', header: false, bom: true, encoding: 'utf-8' }

test('a file is written by its extension, else as it was read', () => {
  assert.deepEqual(outputFormat('a.csv', csv), {
    kind: 'delimited',
    delimiter: ';',
    header: false,
    bom: true,
  })
  assert.deepEqual(outputFormat('a.TSV', csv), {
    kind: 'delimited',
    delimiter: '\t',
    header: false,
    bom: true,
  })
  assert.deepEqual(outputFormat('a', csv), outputFormat('a.csv', csv))
  assert.deepEqual(outputFormat('a.jsonl', csv), { kind: 'jsonl' })
  const jsonl: TableFormat = { ...csv, kind: 'jsonl', delimiter: null, bom: false }
  assert.deepEqual(outputFormat('a.csv', jsonl), {
    kind: 'delimited',
    delimiter: ',',
    header: true,
    bom: false,
  })
  assert.throws(() => outputFormat('a.parquet', csv), /only CSV, TSV and JSONL can be written/)
  assert.throws(() => outputFormat('a', { ...jsonl, kind: 'json' }), /only CSV, TSV and JSONL/)
})

test('objects come with their values, in the order of the rows', async (t) => {
  const objects = [
    { text: 'one', label: 1, more: [true, null] },
    { text: 'two', label: 2 },
  ]
  const lines = `\ufeff${objects.map((object) => JSON.stringify(object)).join('\n\n')}\n`
  for (const [name, content] of [
    ['a.jsonl', lines],
    ['a.json', JSON.stringify(objects, null, 2)],
  ] as const) {
    const path = join(temporary(t), name)
    writeFileSync(path, content)
    const read: unknown[] = []
    for await (const object of objectsOf(await openTable(path))) read.push(object)
    assert.deepEqual(read, objects)
  }
})
