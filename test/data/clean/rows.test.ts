import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changesNote, leftOutNote } from '../../../src/data/clean/notes.ts'
import { openCleaning } from '../../../src/data/clean/rows.ts'
import type { Example } from '../../../src/data/examples.ts'

const rows = (...texts: readonly (readonly [text: string, label: string])[]): Example[] =>
  texts.map(([text, label], i) => ({ row: i + 1, text, label }))

test('rows that cleaning empties and duplicates are left out of training, not the last of a label', () => {
  const cleaning = openCleaning('default,html,duplicates')
  const examples = rows(
    ['one', 'a'],
    ['<br>', 'a'],
    ['<b>one</b>', 'a'],
    ['one', 'b'],
    ['<i>', 'c'],
    ['<p>', 'c'],
    ['two', 'a'],
  )
  const { rows: kept, left } = cleaning.stay(examples)
  assert.deepEqual(
    kept.map(({ row }) => row),
    [1, 4, 5, 7],
  )
  assert.deepEqual(left, { empty: 2, duplicates: 1 })
  assert.deepEqual(leftOutNote(left, { empty: 1, duplicates: 0 }), [
    'Left out by cleaning: 2 rows of training without a text then, 1 duplicate of training, 1 row of validation without a text then.',
  ])
  assert.equal(openCleaning('none').stay(examples).rows.length, examples.length)
})

test('the rows that stay are as they stand in the file', () => {
  const examples = rows(['  one ', 'a'], ['t<b>wo', 'b'])
  const { rows: kept } = openCleaning('all').stay(examples)
  assert.deepEqual(kept, examples)
  assert.equal(openCleaning('all').cleaned(examples[1] ?? { row: 0, text: '', label: '' }).text, 't wo')
})

test('changes are counted by rows, of two texts together', () => {
  const changes = openCleaning('default').changes([
    { row: 1, text: ' a', pair: ' b', label: 'x' },
    { row: 2, text: 'a\u0000', label: 'x' },
    { row: 3, text: 'a', label: 'x' },
  ])
  assert.deepEqual(
    [...changes],
    [
      ['control', 1],
      ['whitespace', 1],
    ],
  )
  assert.deepEqual(changesNote(changes), ['Cleaned: control in 1 row, whitespace in 1.'])
  assert.deepEqual(changesNote(new Map()), [])
})

test('rows that become equal are divided as equals, but by the usual steps as they stand', () => {
  const examples = rows(['a http://x.org', 'x'], ['a http://y.org', 'x'], ['b', 'x'], ['b ', 'x'])
  const seen = (asked: string): string[] => {
    let texts: string[] = []
    const parts = openCleaning(asked).divided(examples, (given) => {
      texts = given.map(({ text }) => text)
      return { train: given.slice(0, 2), valid: given.slice(2, 3), test: given.slice(3) }
    })
    assert.deepEqual([...parts.train, ...parts.valid, ...parts.test], examples)
    return texts
  }
  assert.deepEqual(seen('default'), ['a http://x.org', 'a http://y.org', 'b', 'b '])
  assert.deepEqual(seen('default,urls'), ['a [URL]', 'a [URL]', 'b', 'b'])
})
