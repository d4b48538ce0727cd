import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { journalPath, readJournal, spliceOf } from '../../../src/data/edit/journal.ts'
import { openEdits } from '../../../src/data/edit/open-edits.ts'
import { openTable } from '../../../src/data/table.ts'
import { UserError } from '../../../src/shared/error.ts'
import { encode } from '../encode.ts'
import { LABELS, type RandomFile, randomFile } from './random-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'finesse-edits-'))
after(() => rmSync(folder, { recursive: true }))

let made = 0
const place = (name: string, content: string | Buffer): string => {
  const path = join(mkdtempSync(join(folder, `${made++}-`)), name)
  writeFileSync(path, content)
  return path
}

const COLUMNS = ['text', 'label', 'extra']
const LABEL_AT = 1

/** The cells of the three columns: the keys of JSON come in the order of the first row that has them. */
async function read(path: string): Promise<(readonly string[])[]> {
  const table = await openTable(path)
  const at = COLUMNS.map((name) => table.columns.indexOf(name))
  const rows: (readonly string[])[] = []
  for await (const { cells } of table.rows()) rows.push(at.map((i) => cells[i] ?? '<none>'))
  return rows
}

const edits = async (path: string, rows: number) =>
  openEdits(await openTable(path), 'label', new Set(Array.from({ length: rows }, (_, i) => i + 1)))

/** A label is written, a row deleted, or the newest edit taken back. */
const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ at: fc.nat(), label: fc.constantFrom(...LABELS) }) },
    { weight: 1, arbitrary: fc.record({ at: fc.nat(), deleted: fc.constant<true>(true) }) },
    { weight: 1, arbitrary: fc.constant('undo' as const) },
  ),
  { minLength: 1, maxLength: 6 },
)

/** Whether a file is read as it was meant: a small table may well look like another encoding or delimiter. */
const isAsMeant = async (path: string, { rows, encoding }: RandomFile): Promise<boolean> => {
  try {
    const table = await openTable(path)
    const isAscii = /^[\x20-\x7e\s]*$/.test(rows.flat().join(''))
    return (
      (table.format.encoding === encoding || isAscii) &&
      JSON.stringify(await read(path)) === JSON.stringify(rows)
    )
  } catch (error) {
    if (error instanceof UserError) return false
    throw error
  }
}

test('edits change the one cell or row and no other byte; taken back, every byte is as it was', async (context) => {
  const seed = Date.now() & 0x7fffffff
  context.diagnostic(`seed ${seed}`)
  const met = { edits: 0, refused: 0, kinds: new Set<string>() }
  await fc.assert(
    fc.asyncProperty(randomFile, steps, async (file, steps) => {
      const path = place(file.name, file.bytes)
      fc.pre(await isAsMeant(path, file))
      const before = await read(path)
      const session = await edits(path, before.length)
      const history: { bytes: Buffer; rows: (readonly string[])[] }[] = []
      let now = { bytes: file.bytes, rows: before }
      for (const step of steps) {
        if (step === 'undo') {
          const undone = await session.undo()
          const last = history.pop()
          assert.equal(undone === null, last === undefined)
          now = last ?? now
        } else {
          const row = (step.at % now.rows.length) + 1
          const change = 'deleted' in step ? { deleted: true as const } : { label: step.label }
          try {
            await session.change(row, change)
          } catch (error) {
            assert.ok(error instanceof UserError, String(error))
            assert.deepEqual(readFileSync(path), now.bytes)
            met.refused++
            continue
          }
          const bytes = readFileSync(path)
          const entry = readJournal(path, session.version).at(-1)
          assert.ok(entry)
          const { offset, removed, inserted } = spliceOf(entry)
          assert.deepEqual(
            bytes,
            Buffer.concat([
              now.bytes.subarray(0, offset),
              inserted,
              now.bytes.subarray(offset + removed.length),
            ]),
          )
          assert.deepEqual(now.bytes.subarray(offset, offset + removed.length), removed)
          const rows =
            'deleted' in step
              ? now.rows.toSpliced(row - 1, 1)
              : now.rows.with(row - 1, (now.rows[row - 1] ?? []).with(LABEL_AT, step.label))
          if (!('deleted' in step))
            assert.ok(removed.length <= 8 * ((now.rows[row - 1]?.[LABEL_AT] ?? '').length + 2))
          history.push(now)
          now = { bytes, rows }
          met.edits++
          met.kinds.add(`${file.name} ${file.encoding}`)
        }
        assert.deepEqual(readFileSync(path), now.bytes)
        assert.deepEqual(await read(path), now.rows)
      }
      // By another session, as after a restart.
      const later = await edits(path, now.rows.length)
      for (const _ of history) assert.ok(await later.undo())
      assert.equal(await later.undo(), null)
      assert.deepEqual(readFileSync(path), file.bytes)
      assert.deepEqual(
        readdirSync(join(path, '..')).toSorted(),
        existsSync(journalPath(path)) ? ['.finesse', file.name] : [file.name],
      )
      rmSync(join(path, '..'), { recursive: true })
    }),
    { seed, numRuns: 60, endOnFailure: true },
  )
  context.diagnostic(`${met.edits} edits, ${met.refused} refused, ${[...met.kinds].toSorted().join(', ')}`)
  assert.ok(met.edits > 60 && met.refused < met.edits)
})

test('a label that the encoding can not hold is refused, but in JSON, where it is escaped', async () => {
  const text = 'text,label\nLe café était très agréable,bon\nÀ éviter à tout prix,mauvais\nDéjà vu,bon\n'
  const bytes = encode(text, 'windows-1252')
  const path = place('avis.csv', bytes)
  await assert.rejects((await edits(path, 3)).change(2, { label: '很好' }), {
    name: 'UserError',
    message: /row 2: Windows-1252 text can't hold this label/,
  })
  assert.deepEqual(readFileSync(path), bytes)
  const lines = encode(
    '{"text": "Le café était agréable", "label": "bon"}\n{"text": "à éviter, très", "label": "mal"}\n',
    'windows-1252',
  )
  const json = place('avis.jsonl', lines)
  await (await edits(json, 2)).change(2, { label: '很é' })
  assert.ok(readFileSync(json, 'latin1').endsWith('"label": "\\u5f88é"}\n'))
})

const ORIGINAL = 'text,label\none more,spam\ntwo more,ham\n'
for (const [what, now] of [
  ['behind the row', 'text,label\none more,spam\ntwo more,eggs\n'],
  [
    'before it, so that another stands in its place',
    'text,label\n"a,\n",spam\none more,spam\ntwo more,ham\n',
  ],
  ['to something shorter', 'text'],
] as const)
  test(`a file that something else changed ${what} is refused and left alone`, async () => {
    const path = place('table.csv', ORIGINAL)
    const session = await edits(path, 2)
    writeFileSync(path, now)
    const refusal = { name: 'UserError', message: /changed by something else meanwhile/ }
    await assert.rejects(session.change(1, { label: 'ham' }), refusal)
    await assert.rejects(session.change(2, { deleted: true }), refusal)
    assert.equal(readFileSync(path, 'utf8'), now)
    assert.deepEqual(readdirSync(join(path, '..')), ['table.csv'])
  })

test('a file that is gone is refused, and not made anew', async () => {
  const path = place('table.csv', ORIGINAL)
  const session = await edits(path, 2)
  rmSync(path)
  await assert.rejects(session.change(1, { label: 'ham' }), /changed by something else meanwhile/)
  assert.deepEqual(readdirSync(join(path, '..')), [])
})

test('the permissions of the file stay', { skip: process.platform === 'win32' }, async () => {
  const { chmodSync, statSync } = await import('node:fs')
  const path = place('table.csv', 'text,label\none more,spam\ntwo more,ham\n')
  chmodSync(path, 0o640)
  await (await edits(path, 2)).change(1, { label: 'ham' })
  assert.equal(statSync(path).mode & 0o777, 0o640)
})
