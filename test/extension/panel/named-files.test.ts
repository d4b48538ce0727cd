import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { ToLeakCount } from '../../../src/extension/data/worker-messages.ts'
import { NamedFiles } from '../../../src/extension/panel/named-files.ts'

const ROLES = { text: 'text', label: 'label', text_pair: null, group: null, split_column: null }

test('named files are counted when they and the columns are known, once, and again when one of them changes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'finesse-named-'))
  const path = join(folder, 'test.csv')
  writeFileSync(path, 'text,label\n')
  const asked: ToLeakCount[] = []
  // A watch alone keeps no process.
  const alive = setInterval(() => undefined, 1000)
  let onAsked = (): void => undefined
  const named = new NamedFiles((request) => {
    asked.push(request)
    onAsked()
  })
  try {
    named.name(folder, { valid: '', test: ' test.csv ' })
    assert.equal(asked.length, 0)
    named.train(['/a/train.csv'], ROLES)
    const request = {
      type: 'named-leaks',
      files: ['/a/train.csv'],
      text: 'text',
      label: 'label',
      pair: null,
      valid: null,
      test: path,
    }
    assert.deepEqual(asked, [request])
    assert.equal(named.path('test'), path)
    // A page that is built anew says it again.
    named.name(folder, { valid: '', test: path })
    assert.equal(asked.length, 1)
    const again = new Promise<void>((resolve) => {
      onAsked = resolve
    })
    appendFileSync(path, 'some words,a\n')
    await again
    assert.deepEqual(asked.at(-1), request)
    named.train(['/a/train.csv'], { ...ROLES, label: null })
    assert.equal(asked.at(-1)?.test, null)
    named.name(folder, { valid: '', test: '' })
    assert.equal(asked.at(-1)?.test, null)
  } finally {
    clearInterval(alive)
    named.dispose()
    rmSync(folder, { recursive: true })
  }
})
