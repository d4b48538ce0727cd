import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { optionsPage } from '../../scripts/options-page.ts'

test('docs/options.md is what the options say; node --import tsx scripts/options-page.ts writes it anew', () => {
  assert.equal(readFileSync(new URL('../../docs/options.md', import.meta.url), 'utf8'), optionsPage())
})
