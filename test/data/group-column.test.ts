import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { findGroupColumn } from '../../src/data/group-column.ts'
import { openTable } from '../../src/data/table.ts'
import { temporaryFolder } from '../run/sample.ts'

test('a column that is called like groups and holds values that come again is found, others are not', async (t) => {
  const folder = temporaryFolder(t)
  const found = async (name: string, value: (row: number) => string, taken: readonly string[] = []) => {
    const file = join(folder, 'rows.csv')
    const rows = Array.from({ length: 60 }, (_, i) => `text ${i},${i % 2},${value(i)}`)
    writeFileSync(file, `text,label,${name}\n${rows.join('\n')}\n`)
    return findGroupColumn(await openTable(file), taken)
  }
  const tenth = (row: number): string => `v${row % 10}`
  for (const name of ['author', 'User ID', 'patient_id', 'userId', '作者', 'Conversation'])
    assert.equal(await found(name, tenth), name)
  assert.equal(await found('identity', tenth), null, 'another name')
  assert.equal(await found('author', String), null, 'each value once')
  assert.equal(await found('author', (row) => `v${row % 3}`), null, 'a category')
  assert.equal(await found('author', () => ''), null, 'empty')
  assert.equal(await found('author', tenth, ['author']), null, 'chosen for something else')
})
