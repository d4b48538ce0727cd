import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { configurationSchema } from '../../scripts/configuration-schema.ts'

test('media/configuration.schema.json is what the options say; node --import tsx scripts/configuration-schema.ts writes it anew', () => {
  const file = new URL('../../media/configuration.schema.json', import.meta.url)
  assert.equal(readFileSync(file, 'utf8'), configurationSchema())
})
