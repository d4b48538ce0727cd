import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { findLabelErrors } from '../../../src/extension/label-errors/find-label-errors.ts'
import { UserError } from '../../../src/shared/error.ts'
import type { ProgressEvent } from '../../../src/shared/events.ts'
import { needsBuild } from '../../trainer/cli/cli.ts'
import { host } from '../trainer-host.ts'

const roles = { text: 'text', label: 'label', text_pair: null, group: null, split_column: null }
const find = (file: string, progress: (event: ProgressEvent) => void = () => undefined) =>
  findLabelErrors({ files: [file], roles, model: 'ngram' }, host, new AbortController().signal, progress)

suite('label errors for the editor', { skip: needsBuild }, () => {
  test('are what the command writes; what it refuses is its own line', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'finesse-find-'))
    try {
      const file = join(folder, 'rows.csv')
      const rows = Array.from({ length: 40 }, (_, i) =>
        i % 2 === 0 ? `paint the wall red ${i},colour` : `eat the soup with bread ${i},food`,
      )
      rows[10] = 'paint the wall red 10,food'
      writeFileSync(file, `text,label\n${rows.join('\n')}\n`)
      const shares: number[] = []
      const { counts, suspects } = await find(file, ({ done, total }) => shares.push(done / total))
      assert.deepEqual([shares[0], shares.at(-1)], [0, 1])
      assert.equal(counts.rows, 40)
      assert.deepEqual([suspects[0]?.row, suspects[0]?.given, suspects[0]?.suggested], [11, 'food', 'colour'])
      await assert.rejects(find(join(folder, 'none.csv')), UserError)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
