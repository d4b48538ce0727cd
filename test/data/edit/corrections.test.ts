import assert from 'node:assert/strict'
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, suite, test } from 'node:test'
import { correctionsPath } from '../../../src/data/corrections.ts'
import { openEdits } from '../../../src/data/edit/open-edits.ts'
import { readExamples } from '../../../src/data/examples.ts'
import { openTable } from '../../../src/data/table.ts'

const fixtures = join(import.meta.dirname, '..', '..', 'fixtures', 'tables')
const folder = mkdtempSync(join(tmpdir(), 'finesse-corrections-'))
after(() => rmSync(folder, { recursive: true }))

for (const name of ['plain.parquet', 'shared-strings.xlsx'])
  suite(`corrections of ${name}`, () => {
    const path = join(folder, name)
    beforeEach(() => {
      copyFileSync(join(fixtures, name), path)
      rmSync(correctionsPath(path), { force: true })
    })
    const read = async () => {
      const table = await openTable(path)
      const [text = '', label = ''] = table.columns
      return { table, label, ...(await readExamples(table, { text, label })) }
    }

    test('stand beside the file, and what is read follows them', async () => {
      const before = await read()
      const bytes = readFileSync(path)
      const [first, second, third] = before.examples
      assert.ok(first && second && third)
      const session = await openEdits(before.table, before.label, new Set([first.row, second.row, third.row]))
      await session.change(first.row, { label: 'new, "quoted" 很好' })
      await session.change(second.row, { deleted: true })
      const now = await read()
      assert.deepEqual(
        now.examples,
        before.examples.flatMap((example) =>
          example.row === first.row
            ? { ...example, label: 'new, "quoted" 很好' }
            : example.row === second.row
              ? []
              : example,
        ),
      )
      assert.equal(now.rows, before.rows)
      assert.deepEqual(readFileSync(path), bytes)
      const later = await openEdits(now.table, now.label, new Set([third.row]))
      assert.deepEqual(await later.undo(), { row: second.row, from: second.label, to: null })
      assert.deepEqual(await later.undo(), { row: first.row, from: first.label, to: 'new, "quoted" 很好' })
      assert.equal(await later.undo(), null)
      assert.equal(existsSync(correctionsPath(path)), false)
      assert.deepEqual((await read()).examples, before.examples)
    })

    test('of another version of the file, or damaged, are refused in one line', async () => {
      const { table, label, examples } = await read()
      const row = examples[0]?.row ?? 0
      await (await openEdits(table, label, new Set([row]))).change(row, { label: 'other' })
      appendFileSync(correctionsPath(path), '{"row": 2}\n')
      await assert.rejects(openTable(path), { name: 'UserError', message: /jsonl line 3: no correction/ })
      writeFileSync(
        correctionsPath(path),
        readFileSync(correctionsPath(path), 'utf8').replace(/"sha256":"./, '"sha256":"x'),
      )
      await assert.rejects(openTable(path), { name: 'UserError', message: /made for another version/ })
    })
  })
