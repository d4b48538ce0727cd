import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { chooseSteps } from '../../../src/data/clean/choose.ts'
import {
  type CleanedColumns,
  type CleanedRow,
  cleanTable,
  createShowcase,
} from '../../../src/data/clean/table.ts'
import { openTable } from '../../../src/data/table.ts'

const cleanedRows = async (
  t: TestContext,
  content: string,
  columns: CleanedColumns,
  steps: string,
): Promise<CleanedRow[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'finesse-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'rows.csv')
  writeFileSync(path, content)
  const rows: CleanedRow[] = []
  for await (const row of cleanTable(await openTable(path), columns, chooseSteps(steps))) rows.push(row)
  return rows
}

const FILE = 'id,text,label\n1, one ,a\n2,<br>,a\n3,one,\n4,one,a\n5,one,b\n6,two,b\n'

test('rows are cleaned in the text column alone, and said to be left out by the first step that does', async (t) => {
  const rows = await cleanedRows(t, FILE, { texts: ['text'], label: 'label' }, 'all')
  assert.deepEqual(
    rows.map(({ cells, changed, left }) => [cells.join('|'), changed.join(), left]),
    [
      ['1|one|a', 'whitespace', null],
      ['2||a', 'html,whitespace', 'empty'],
      ['3|one|', '', 'missing_label'],
      ['4|one|a', '', 'duplicates'],
      ['5|one|b', '', null],
      ['6|two|b', '', null],
    ],
  )
})

test('without a column of labels no row is left out for its label', async (t) => {
  const rows = await cleanedRows(t, FILE, { texts: ['text'], label: null }, 'all')
  assert.deepEqual(
    rows.map(({ left }) => left),
    [null, 'empty', null, null, null, null],
  )
  const untouched = await cleanedRows(t, FILE, { texts: ['text'], label: 'label' }, 'none')
  assert.ok(untouched.every(({ changed, left }) => changed.length === 0 && left === null))
})

test('every step is shown, if only once', () => {
  const row = (n: number, step: 'whitespace' | 'urls'): CleanedRow => ({
    row: n,
    cells: [],
    width: 0,
    before: [],
    after: [],
    changed: [step],
    left: null,
  })
  const { see, shown } = createShowcase(10)
  for (let n = 1; n <= 50; n++) see(row(n, n === 40 ? 'urls' : 'whitespace'))
  assert.deepEqual(
    shown().map((one) => one.row),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 40],
  )
})
