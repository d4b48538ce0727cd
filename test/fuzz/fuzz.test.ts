import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../run/sample.ts'
import { fuzz } from './fuzz.ts'
import { mutated } from './mutate.ts'
import { TARGETS } from './targets.ts'

/** Shared by all readers; `npm run fuzz -- --seconds N` goes on for longer, with a seed of its own. */
const SECONDS = 20
const SEED = 1

test('broken files are read, or refused in one line, within their memory and time', async (t) => {
  const keep = join(temporaryFolder(t), 'kept')
  const { cases, refused, failures } = await fuzz({ seed: SEED, seconds: SECONDS, keep })
  t.diagnostic(`seed ${SEED}: ${cases} files read, ${refused} refused`)
  const told = failures.map((failure) => `${failure.target}, case ${failure.case}: ${failure.problem}`)
  assert.deepEqual(told, [])
  assert.ok(cases > 0)
})

test('the sound files are read, and a seed gives the same broken ones', async (t) => {
  for (const target of TARGETS) {
    for (const bytes of target.seeds) assert.ok(bytes.length > 0, target.name)
    const again = [1, 2].map(() => Buffer.from(mutated(target.seeds, SEED, target.name)))
    assert.deepEqual(again[0], again[1])
  }
  const keep = join(temporaryFolder(t), 'kept')
  await assert.rejects(fuzz({ seed: 1, seconds: 1, keep, only: 'none' }), /no reader none; there are csv, /)
  assert.ok(!existsSync(keep))
})
