import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { findTestRow } from '../../../src/extension/panel/find-test-row.ts'
import { UserError } from '../../../src/shared/error.ts'
import { temporaryFolder } from '../../run/sample.ts'

test('a test row is found where it was, and a person told where it is another or gone', async (t) => {
  const path = join(temporaryFolder(t), 'rows.csv')
  const write = (text: string): void => writeFileSync(path, text)
  const asked = { path, row: 2, column: 'text', text: 'two\nlines' }
  write('text,label\none,a\n"two\nlines",b\n')
  assert.deepEqual(await findTestRow(asked), { line: 3, warning: null })
  write('text,label\nnew,a\none,a\n"two\nlines",b\n')
  assert.deepEqual(await findTestRow(asked), {
    line: 3,
    warning: 'rows.csv was changed since the run: row 2 has another text now.',
  })
  write('words,label\none,a\n"two\nlines",b\n')
  assert.match((await findTestRow(asked)).warning ?? '', /another text/)
  write('text,label\none,a\n')
  const says = (line: string) => (error: unknown) => error instanceof UserError && error.message === line
  await assert.rejects(
    findTestRow(asked),
    says('rows.csv has no row 2 any more: it was changed since the run'),
  )
  rmSync(path)
  await assert.rejects(findTestRow(asked), says(`${path}: the file is not there any more`))
})
