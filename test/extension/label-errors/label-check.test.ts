import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openEdits } from '../../../src/data/edit/open-edits.ts'
import { openTable } from '../../../src/data/table.ts'
import {
  beginCheck,
  decide,
  LabelCheck,
  rowsOf,
  show,
  undo,
} from '../../../src/extension/label-errors/label-check.ts'
import { queueMessage } from '../../../src/extension/label-errors/queue-message.ts'
import { storedState, storeState } from '../../../src/extension/stored-state.ts'
import type { Suspect } from '../../../src/shared/suspect.ts'

const folder = mkdtempSync(join(tmpdir(), 'finesse-check-'))
after(() => rmSync(folder, { recursive: true }))

const ORIGINAL =
  'text,label\r\nthe first one,spam\r\n"the second,\r\none",ham\r\nthe third one,spam\r\nthe fourth one,ham\r\n'
const COLUMNS = { text: 'text', label: 'label' }

const suspect = (row: number, text: string, given: string, suggested: string): Suspect => ({
  row,
  text,
  given,
  suggested,
  probability: 0.9,
  given_probability: 0.1,
  score: 0.1,
  neighbours: [],
})

const SUSPECTS = [
  suspect(3, 'the third one', 'spam', 'ham'),
  suspect(2, 'the second,\r\none', 'ham', 'spam'),
  suspect(4, 'the fourth one', 'ham', 'eggs'),
]
const FOUND = {
  counts: { rows: 4, suspects: 3, wrong_share: 0.5, model: 'ngram', seconds: 1 },
  suspects: SUSPECTS,
}

async function open(name: string, content = ORIGINAL) {
  const path = join(folder, name)
  writeFileSync(path, content)
  const table = await openTable(path)
  const edits = await openEdits(table, 'label', new Set(SUSPECTS.map(({ row }) => row)))
  const text = () => readFileSync(path, 'utf8')
  return {
    path,
    text,
    table,
    edits,
    begin: () => beginCheck(table, COLUMNS, FOUND, ['eggs', 'ham', 'spam'], edits),
  }
}

test('decisions are written, rows behind a deleted one move up, and all is taken back in turn', async () => {
  const { text, edits, begin } = await open('all.csv')
  const states = [begin()]
  const texts = [text()]
  const step = async (index: number, decision: Parameters<typeof decide>[2]) => {
    const last = states.at(-1)
    assert.ok(last)
    states.push(await decide(last, index, decision, edits))
    texts.push(text())
  }
  await step(1, { kind: 'delete' })
  await step(2, { kind: 'label', label: 'a, "b"' })
  await step(0, { kind: 'accept' })
  assert.equal(
    text(),
    'text,label\r\nthe first one,spam\r\nthe third one,ham\r\nthe fourth one,"a, ""b"""\r\n',
  )
  let check = states.pop()
  assert.deepEqual(
    check?.items.map(({ row }) => row),
    [2, 2, 3],
  )
  assert.deepEqual(check?.order, [1, 2, 0])
  assert.equal(check?.at, null)
  texts.pop()
  while (states.length > 0) {
    assert.ok(check)
    check = await undo(check, edits)
    const before = states.pop()
    assert.equal(text(), texts.pop())
    assert.deepEqual(
      check.items.map(({ row, decision }) => [row, decision]),
      before?.items.map(({ row, decision }) => [row, decision]),
    )
  }
  assert.equal(text(), ORIGINAL)
})

test('what is kept or skipped changes nothing and may be decided again; what is written may not', async () => {
  const { text, edits, begin } = await open('kept.csv')
  let check = await decide(begin(), 0, { kind: 'skip' }, edits)
  // Its own label is no other one.
  check = await decide(check, 1, { kind: 'label', label: 'ham' }, edits)
  assert.deepEqual(check.items[1]?.decision, { kind: 'keep' })
  assert.equal(text(), ORIGINAL)
  assert.equal(show(check, 0).at, 0)
  check = await decide(show(check, 0), 0, { kind: 'accept' }, edits)
  assert.equal(check.at, 2)
  assert.deepEqual(check.order, [1, 0])
  const written = text()
  assert.equal(await decide(check, 0, { kind: 'delete' }, edits), check)
  assert.equal(show(check, 0), check)
  assert.equal(text(), written)
})

test('a check goes on in another session, and one of a file that changed does not begin', async () => {
  const { path, text, edits, begin } = await open('later.csv')
  const check = await decide(begin(), 1, { kind: 'delete' }, edits)
  storeState(folder, path, check)
  assert.equal(storedState(folder, `${path}x`, LabelCheck), null)
  const stored = storedState(folder, path, LabelCheck)
  assert.ok(stored)
  const later = await openEdits(await openTable(path), 'label', rowsOf(stored))
  assert.equal(later.version, stored.version)
  const undone = await undo(stored, later)
  assert.equal(text(), ORIGINAL)
  const accepted = await decide(undone, 2, { kind: 'accept' }, later)
  assert.equal(text(), ORIGINAL.replace('fourth one,ham', 'fourth one,eggs'))
  assert.deepEqual(
    queueMessage(accepted, null, null).decided.map(({ row, decision }) => [row, decision.kind]),
    [[4, 'accept']],
  )
  const other = await open('other.csv', ORIGINAL.replace('the third one', 'another one'))
  assert.throws(() => other.begin(), { name: 'UserError', message: /changed by something else meanwhile/ })
})
