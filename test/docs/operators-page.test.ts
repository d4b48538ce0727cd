import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { operatorsPage } from '../../scripts/operators-page.ts'

test('docs/operators.md is what the rules say; node --import tsx scripts/operators-page.ts writes it anew', () => {
  assert.equal(readFileSync(new URL('../../docs/operators.md', import.meta.url), 'utf8'), operatorsPage())
})
