import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../run/sample.ts'
import { finesse, needsBuild } from './cli.ts'

const TEXTS = ['a good book', '', 'a good book', 'the soup was cold', '这家店的菜很好吃', 'too late, by far']

test('texts without a label are chosen once each, with the rows of the file', { skip: needsBuild }, (t) => {
  const folder = temporaryFolder(t)
  const file = join(folder, 'texts.txt')
  const labelled = join(folder, 'labelled.csv')
  const out = join(folder, 'out.csv')
  writeFileSync(file, `${TEXTS.join('\n')}\n`)
  // A row that waits for its label may be chosen.
  writeFileSync(labelled, 'text,label\nthe soup was cold,bad\n"too late, by far",\n')
  const asked = ['select', file, '--labelled', labelled, '--seed', '3']
  const { code, out: said, err } = finesse([...asked, '--json'])
  assert.equal(code, 0, err)
  const { texts, ...counts } = JSON.parse(said)
  assert.deepEqual(counts, { pool: 3, labelled: 1, repeated: 1 })
  const rows: number[] = texts.map(({ row }: { row: number }) => row)
  assert.deepEqual([...rows].sort(), [1, 5, 6])
  for (const { row, text, label } of texts) assert.deepEqual([text, label], [TEXTS[row - 1], null])

  assert.equal(finesse([...asked, '-o', out]).code, 0)
  const [head, ...records] = readFileSync(out, 'utf8').trimEnd().split('\n')
  assert.equal(head, 'row,text,suggested_label,probability')
  assert.deepEqual(
    records.map((record) => Number.parseInt(record, 10)),
    rows,
  )
  assert.ok(records.includes('6,"too late, by far",,'))
})

test('a count that is none is refused in one line', { skip: needsBuild }, () => {
  const { code, err } = finesse(['select', 'texts.txt', '--count', 'many'])
  assert.equal(code, 2)
  assert.match(err, /^finesse: --count many: a whole number from 1 to 10,?000 is wanted\n$/)
})
