import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { expandFiles } from '../../src/data/glob.ts'
import { temporaryFolder } from '../run/sample.ts'

const FILES = [
  'a.csv',
  'b.csv',
  'b.txt',
  '.c.csv',
  'x/a.csv',
  'x/y/d1.csv',
  'x/y/d10.csv',
  '.h/e.csv',
  '中文.csv',
  '[z].csv',
]

test('patterns find what they say, in the order of names, each file once', (t) => {
  const folder = temporaryFolder(t)
  for (const file of FILES) {
    mkdirSync(join(folder, file, '..'), { recursive: true })
    writeFileSync(join(folder, file), '')
  }
  const found = (...words: string[]): string[] =>
    expandFiles(words.map((word) => join(folder, word))).map((file) =>
      relative(folder, file).replaceAll('\\', '/'),
    )
  assert.deepEqual(found('*.csv'), ['[z].csv', 'a.csv', 'b.csv', '中文.csv'])
  assert.deepEqual(found('b.*'), ['b.csv', 'b.txt'])
  assert.deepEqual(found('?.csv'), ['a.csv', 'b.csv'])
  assert.deepEqual(found('x/**/d?.csv'), ['x/y/d1.csv'])
  assert.deepEqual(found('**/*.csv'), [
    '[z].csv',
    'a.csv',
    'b.csv',
    'x/a.csv',
    'x/y/d1.csv',
    'x/y/d10.csv',
    '中文.csv',
  ])
  assert.deepEqual(found('x/**'), ['x/a.csv', 'x/y/d1.csv', 'x/y/d10.csv'])
  assert.deepEqual(found('*/*.csv'), ['x/a.csv'])
  assert.deepEqual(found('.*.csv'), ['.c.csv'])
  assert.deepEqual(found('b.csv', '*.csv', 'a.csv'), ['b.csv', '[z].csv', 'a.csv', '中文.csv'])
  // What does not exist is said by whoever opens it.
  assert.deepEqual(found('none.csv'), ['none.csv'])
  assert.throws(() => found('*.tsv'), { name: 'UserError', message: /\*\.tsv: no file has such a name/ })
  assert.throws(() => found('none/*.csv'), /no file has such a name/)
})

test('a name fits a pattern as the same regular expression says', (t) => {
  const folder = temporaryFolder(t)
  const part = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 6 })
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), minLength: 1, maxLength: 6 })
  const names = new Set(fc.sample(part, { seed: 1, numRuns: 60 }))
  for (const name of names) writeFileSync(join(folder, name), '')
  fc.assert(
    fc.property(pattern, (text) => {
      fc.pre(/[*?]/.test(text) && !text.includes('**'))
      const expression = new RegExp(`^${text.replaceAll('*', '.*').replaceAll('?', '.')}$`)
      const wanted = [...names].filter((name) => expression.test(name)).sort()
      const found = (): string[] => expandFiles([join(folder, text)]).map((file) => relative(folder, file))
      if (wanted.length === 0) assert.throws(found, /no file/)
      else assert.deepEqual(found(), wanted)
    }),
    { seed: 2, numRuns: 300 },
  )
})
