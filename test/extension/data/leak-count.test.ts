import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import * as v from 'valibot'
import { createLeakCount } from '../../../src/extension/data/leak-count.ts'
import type { FromDataWorker, ToLeakCount } from '../../../src/extension/data/worker-messages.ts'
import { RunOptions } from '../../../src/shared/config.ts'
import { ToPage } from '../../../src/shared/page.ts'
import { prepareData } from '../../../src/trainer/training/prepare.ts'
import { makeText, seeded } from '../../data/near/texts.ts'

const folder = mkdtempSync(join(tmpdir(), 'finesse-leaks-'))
after(() => rmSync(folder, { recursive: true }))

type Told = Extract<FromDataWorker, { type: 'named-leaks' }>

function listening() {
  const told: Told[] = []
  const { take } = createLeakCount((message) => {
    assert.deepEqual(v.parse(ToPage, message), message)
    if (message.type === 'named-leaks') told.push(message)
  })
  return { take, told }
}

const random = seeded(11)
const texts = Array.from({ length: 150 }, () => makeText(random, false, 60 + random.below(60)))
const csv = (name: string, rows: readonly string[]): string => {
  const path = join(folder, name)
  writeFileSync(
    path,
    `text,label\n${rows.map((text, i) => `${text},${i % 2 ? 'good' : 'bad'}`).join('\n')}\n`,
  )
  return path
}
const train = csv('train.csv', texts.slice(0, 100))
const heldOut = [
  ...texts.slice(100, 120),
  ...texts.slice(0, 7),
  ...texts.slice(10, 15).map((text) => `${text} ba`),
]
const held = csv('held.csv', heldOut)
const asked = (more: Partial<ToLeakCount>): ToLeakCount => ({
  type: 'named-leaks',
  files: [train],
  text: 'text',
  label: 'label',
  pair: null,
  valid: null,
  test: null,
  ...more,
})

test('rows of a named test file that training has are counted as the run counts them, each with its line', async () => {
  const { take, told } = listening()
  await take(asked({ test: held }))
  assert.deepEqual(told[0], { type: 'named-leaks', leaks: null, isWhole: true })
  const found = told.at(-1)?.leaks?.[0]
  const { leaks } = await prepareData([train], v.parse(RunOptions, { test: held }))
  assert.equal(told.length, 2)
  assert.deepEqual(
    [found?.part, found?.path, found?.exact.count, found?.near.count, found?.problem],
    ['test', held, leaks.exact.length, leaks.near.length, null],
  )
  assert.deepEqual([found?.exact.count, found?.near.count], [7, 5])
  assert.deepEqual(
    found?.exact.rows.map(({ row, line }) => [row, line]),
    [21, 22, 23, 24, 25, 26].map((row) => [row, row + 1]),
  )
})

test('rows of several files to train on count, and those of a named validation file for the test', async () => {
  const { take, told } = listening()
  const other = csv('other.csv', texts.slice(120, 150))
  const tested = csv('tested.csv', [...texts.slice(100, 103), texts[125] ?? ''])
  await take(asked({ files: [train, other], valid: held, test: tested }))
  const [ofValid, ofTest] = told.at(-1)?.leaks ?? []
  assert.deepEqual([ofValid?.exact.count, ofValid?.near.count], [7, 5])
  assert.deepEqual([ofTest?.exact.count, ofTest?.near.count], [4, 0])
})

test('a named file that is not there, or lacks a column, is said, and the other is compared all the same', async () => {
  const { take, told } = listening()
  const lacking = join(folder, 'lacking.csv')
  writeFileSync(lacking, 'text,other\nsome words,a\n')
  await take(asked({ valid: lacking, test: held }))
  const [ofValid, ofTest] = told.at(-1)?.leaks ?? []
  assert.match(ofValid?.problem ?? '', /label/)
  assert.equal(ofTest?.exact.count, 7)
  await take(asked({ test: join(folder, 'nowhere.csv') }))
  assert.match(told.at(-1)?.leaks?.[0]?.problem ?? '', /does not exist/)
})

test('a newer request voids the older one, and none named ends it', async () => {
  const { take, told } = listening()
  await Promise.all([take(asked({ test: held })), take(asked({ valid: held })), take(asked({}))])
  assert.deepEqual(told.at(-1), { type: 'named-leaks', leaks: [], isWhole: true })
  assert.equal(told.filter(({ leaks }) => leaks !== null).length, 1)
})

test('of a large file the first rows are compared, which is said', async () => {
  const { take, told } = listening()
  const large = join(folder, 'large.csv')
  const rows = Array.from({ length: 2 ** 17 + 1 }, (_, i) => `${i},${i % 2}`)
  writeFileSync(large, `text,label\n${rows.join('\n')}\n`)
  await take(asked({ files: [large], test: csv('small.csv', ['0', String(2 ** 17)]) }))
  assert.equal(told.at(-1)?.isWhole, false)
  assert.equal(told.at(-1)?.leaks?.[0]?.exact.count, 1)
})
