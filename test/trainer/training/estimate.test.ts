import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import * as v from 'valibot'
import { RunOptions } from '../../../src/shared/config.ts'
import { EstimateEvent } from '../../../src/shared/events.ts'
import { estimate } from '../../../src/trainer/training/estimate.ts'

const file = join(import.meta.dirname, '..', '..', '..', 'media', 'samples', 'reviews.csv')
const measure = (options: Partial<RunOptions>) =>
  estimate([file], v.parse(RunOptions, options), () => undefined, new AbortController().signal)
const leftovers = () => readdirSync(tmpdir()).filter((name) => name.startsWith('finesse-estimate-'))

test('a few real steps say what all would take, and leave nothing', async () => {
  const before = leftovers()
  const found = await measure({ epochs: 4, batch: 16 })
  assert.deepEqual(v.parse(EstimateEvent, found), found)
  assert.equal(found.steps % 4, 0)
  assert.ok(found.measured_steps >= 2 && found.measured_steps < found.steps)
  assert.ok(found.seconds > 0 && found.memory_mb > 50 && found.disk_mb > 1)
  assert.deepEqual(leftovers(), before)
})

test('the head alone takes no steps', async () => {
  const { steps, seconds } = await measure({ strategy: 'head', long: 'windows', max_length: 8 })
  assert.equal(steps, 0)
  assert.ok(seconds > 0)
})

test('of the n-gram model there is nothing to measure', () =>
  assert.rejects(measure({ model: 'ngram' }), { name: 'UserError' }))
