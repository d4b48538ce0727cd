import assert from 'node:assert/strict'
import { appendFileSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import * as v from 'valibot'
import { createReader } from '../../../src/extension/data/reader.ts'
import type { FromDataWorker } from '../../../src/extension/data/worker-messages.ts'
import { ToPage } from '../../../src/shared/page.ts'

const folder = mkdtempSync(join(tmpdir(), 'finesse-reader-'))
after(() => rmSync(folder, { recursive: true }))

type Kind = FromDataWorker['type']
type Of<K extends Kind> = Extract<FromDataWorker, { type: K }>

/** A reader with its messages, each as the page's schema takes it. */
function listening() {
  const messages: FromDataWorker[] = []
  const reader = createReader((message) => {
    messages.push(message)
    if (message.type !== 'line') assert.deepEqual(v.parse(ToPage, message), message)
  })
  const all = <K extends Kind>(type: K): Of<K>[] =>
    messages.filter((message): message is Of<K> => message.type === type)
  const last = <K extends Kind>(type: K): Of<K> => {
    const found = all(type).at(-1)
    assert.ok(found, `no ${type}`)
    return found
  }
  const open = (path: string) => reader.take({ type: 'open', path, roles: null, numbers: false })
  return { reader, messages, all, last, open }
}

const ROWS = 600_000
const large = join(folder, 'large.csv')
{
  writeFileSync(large, 'text,label,source\n')
  const line = (i: number) =>
    `"row ${i}, with some words that make it long enough to be a text of its own",${i % 2 ? 'good' : 'bad'},s\n`
  for (let from = 0; from < ROWS; from += 50_000)
    appendFileSync(large, Array.from({ length: 50_000 }, (_, i) => line(from + i + 1)).join(''))
}

test('of a large file the first rows come at once, then an index of all, then what they hold', async () => {
  const { reader, messages, last, open } = listening()
  await open(large)
  const kinds = [...new Set(messages.map(({ type }) => type))]
  assert.ok(kinds.indexOf('rows') < kinds.indexOf('index'), kinds.join(', '))
  assert.ok(kinds.indexOf('index') < kinds.indexOf('profile'), kinds.join(', '))
  assert.deepEqual(last('index'), { type: 'index', rows: ROWS, done: true, share: 1 })
  const { profile } = last('profile')
  assert.equal(profile?.rows, ROWS)
  assert.deepEqual(profile?.labels, [
    { label: 'bad', rows: ROWS / 2 },
    { label: 'good', rows: ROWS / 2 },
  ])
  for (const first of [1, 150, 300_000, ROWS - 20]) {
    await reader.take({ type: 'rows', first, count: 100 })
    const { rows } = last('rows')
    assert.equal(rows.length, Math.min(100, ROWS - first + 1))
    assert.ok(
      rows.every(
        ({ row, line, cells }, i) =>
          row === first + i && line === row + 1 && cells[0]?.startsWith(`row ${row},`),
      ),
    )
  }
  await reader.take({ type: 'line', id: 7, row: 400_001 })
  assert.deepEqual(last('line'), { type: 'line', id: 7, line: 400_002 })
  await reader.close()
})

test('rows are had and columns changed while the index is made', async () => {
  const { reader, all, last, open } = listening()
  const whole = open(large)
  while (all('index').length < 4) await new Promise((resolve) => setTimeout(resolve, 5))
  const { rows } = last('index')
  await reader.take({ type: 'rows', first: rows - 10, count: 10 })
  assert.equal(last('rows').rows.length, 10)
  const roles = { text: 'text', label: 'source', text_pair: null, group: null, split_column: null }
  await reader.take({ type: 'roles', roles, numbers: false })
  await whole
  assert.deepEqual(last('profile').profile?.labels, [{ label: 's', rows: ROWS }])
  assert.ok(all('index').every(({ rows }, i, list) => i === 0 || rows >= (list[i - 1]?.rows ?? 0)))
  await reader.close()
})

test('the rows of a file that can not be read from the middle are had too', async () => {
  const path = join(folder, 'array.json')
  const objects = Array.from({ length: 3000 }, (_, i) => ({
    text: `row ${i + 1}\nof two lines`,
    label: 'ab'[i % 2],
  }))
  writeFileSync(path, JSON.stringify(objects))
  const { reader, last, open } = listening()
  await open(path)
  assert.equal(last('index').rows, 3000)
  for (const first of [1, 250, 257, 2950]) {
    await reader.take({ type: 'rows', first, count: 60 })
    const { rows } = last('rows')
    assert.equal(rows.length, Math.min(60, 3001 - first))
    assert.ok(rows.every(({ row, cells }, i) => row === first + i && cells[0] === `row ${row}\nof two lines`))
  }
  await reader.close()
})

test('what is no data file is said in a line, with the line of the file where it has one', async () => {
  const { reader, all, last, open } = listening()
  writeFileSync(join(folder, 'empty.csv'), '')
  await open(join(folder, 'empty.csv'))
  assert.match(last('data-problem').message, /is empty/)
  writeFileSync(join(folder, 'header.csv'), 'text,label\n')
  await open(join(folder, 'header.csv'))
  assert.match(last('data-problem').message, /no rows/)
  copyFileSync(process.execPath, join(folder, 'binary.csv'))
  await open(join(folder, 'binary.csv'))
  assert.equal(all('data-problem').length, 3)
  writeFileSync(
    join(folder, 'open.csv'),
    `text,label\n${'some words,a\nother words,b\n'.repeat(300)}"never closed,a\n`,
  )
  await open(join(folder, 'open.csv'))
  assert.equal(last('data-problem').line, 602)
  assert.equal(last('index').rows, 600)
  await open(join(folder, 'nowhere.csv'))
  assert.match(last('data-problem').message, /does not exist/)
  await reader.close()
})

test('columns that can not be found are asked for, and the rows shown meanwhile', async () => {
  const path = join(folder, 'columns.csv')
  writeFileSync(
    path,
    `a,b\n${Array.from({ length: 50 }, (_, i) => `${i} words here,${i} words there`).join('\n')}\n`,
  )
  const { reader, all, last, open } = listening()
  await open(path)
  assert.ok(last('roles').problem)
  assert.equal(last('index').done, true)
  assert.equal(all('profile').length, 0)
  await reader.close()
})

test('near duplicates and a column of groups follow what else the rows hold, and a chosen group is not named', async () => {
  const { reader, all, last, open } = listening()
  const path = join(folder, 'near.csv')
  const texts = Array.from(
    { length: 40 },
    (_, i) => `${i * i} ${'word '.repeat(1 + (i % 5))}${i} of ${i * 37}`,
  )
  const rows = [...texts, 'the parcel came late and broken', 'the parcel came late and broken!']
  writeFileSync(
    path,
    `text,label,author\n${rows.map((text, i) => `${text},${i % 2 ? 'a' : 'b'},p${i % 9}`).join('\n')}\n`,
  )
  await open(path)
  const profiles = all('profile').flatMap(({ profile }) => profile ?? [])
  assert.deepEqual(
    profiles.map(({ near }) => near === undefined),
    [true, false],
  )
  const { near, group_column: group } = profiles[1] ?? {}
  assert.deepEqual(near?.examples.at(-1), [41, 42])
  assert.deepEqual(near?.conflicts.examples.at(-1), [
    { row: 41, label: 'b' },
    { row: 42, label: 'a' },
  ])
  assert.equal(near?.compared, 42)
  assert.equal(group, 'author')
  const roles = { text: 'text', label: 'label', text_pair: null, group: 'author', split_column: null }
  await reader.take({ type: 'roles', roles, numbers: false })
  assert.equal(last('profile').profile?.group_column, undefined)
  await reader.close()
})
