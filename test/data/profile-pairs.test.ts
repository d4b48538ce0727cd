import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { profile } from '../../src/data/profile.ts'
import { openTable } from '../../src/data/table.ts'
import { temporaryFolder } from '../run/sample.ts'

test('rows of two texts are equal where both are, and empty where one is', async (t) => {
  const file = join(temporaryFolder(t), 'pairs.csv')
  const rows = ['a,b,yes', 'a,c,no', 'a,b,yes', 'b,a,no', 'a,c,yes', ',c,no', 'a,,no']
  writeFileSync(file, `first,second,label\n${rows.join('\n')}\n`)
  const found = await profile(await openTable(file), { text: 'first', pair: 'second', label: 'label' })
  assert.equal(found.usable, 5)
  assert.equal(found.empty_texts.count, 2)
  assert.deepEqual([found.duplicates.rows, found.duplicates.texts], [1, 1])
  assert.deepEqual([found.conflicts.rows, found.conflicts.texts], [2, 1])
})
