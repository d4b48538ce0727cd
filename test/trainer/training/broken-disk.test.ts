import assert from 'node:assert/strict'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createRandom } from '../../../src/data/random.ts'
import { loadCheckpoint } from '../../../src/run/checkpoint.ts'
import { readRecord } from '../../../src/run/folder.ts'
import type { RunOptions } from '../../../src/shared/config.ts'
import { UserError } from '../../../src/shared/error.ts'
import { type Failure, Killed, withBrokenDisk } from '../../run/broken-disk.ts'
import { needsShared } from '../../shared.ts'
import { assertSameRun } from './same-run.ts'
import { resumed, STATIC, STORIES, sampleFile, trained } from './small-run.ts'

const SEED = 42
const MOMENTS = 8

/** Breaks a run at some moments of its writing, drawn by seed, and lets it go on. */
async function breakAndGoOn(t: TestContext, failure: Failure, options: Partial<RunOptions>): Promise<void> {
  const file = sampleFile(t, 40)
  const whole = await trained(file, options, { out: join(file, '..', 'whole') })
  const counted = await withBrokenDisk(failure, Number.POSITIVE_INFINITY, () =>
    trained(file, options, { out: join(file, '..', 'counted') }),
  )
  assert.ok(counted.result)
  const { length } = counted.calls
  assert.ok(length > 50)
  // The last call follows the renaming by which the run is done.
  const others = Array.from({ length: length - 1 }, (_, i) => i + 1)
  const drawn = createRandom(SEED, `${failure} ${options.model}`).shuffle(others).slice(0, MOMENTS)
  const moments = [...drawn.sort((a, b) => a - b), length]
  t.diagnostic(`seed ${SEED}: fails at calls ${moments.join(', ')} of ${length} that change the disk`)

  for (const moment of moments) {
    const out = join(file, '..', `broken ${moment}`)
    const { error, calls } = await withBrokenDisk(failure, moment, () => trained(file, options, { out }))
    const when = `broken at call ${moment}, ${calls[moment - 1]}`
    if (failure === 'killed') assert.ok(error instanceof Killed, `${when}: ${error}`)
    else {
      assert.ok(error instanceof UserError, `${when}: ${error instanceof Error ? error.stack : error}`)
      assert.match(error.message, /^[^\n]*disk is full[^\n]*$/, when)
    }
    const begun = existsSync(out)
      ? readdirSync(out).filter((name) => existsSync(join(out, name, 'run.json')))
      : []
    if (begun.length === 0) continue
    const run = join(out, begun[0] ?? '')
    if (moment === length) {
      assert.equal(readRecord(run).status, 'done', when)
      assertSameRun(run, whole.run, when)
      continue
    }
    assert.notEqual(readRecord(run).status, 'done', when)
    const last = loadCheckpoint(run, 'last')
    const first = await withBrokenDisk(failure, moment % 7 === 0 ? 20 : Number.POSITIVE_INFINITY, () =>
      resumed(run),
    )
    if (first.error) assert.ok(first.error instanceof Killed || first.error instanceof UserError, when)
    else assert.equal(first.result?.ending.kind, 'done')
    if (first.error) await resumed(run)
    if (last) assert.ok((loadCheckpoint(run, 'last')?.step ?? 0) >= last.step)
    assertSameRun(run, whole.run, when)
    rmSync(out, { recursive: true })
  }
}

const OF_STORIES: Partial<RunOptions> = {
  model: STORIES,
  strategy: 'last:2',
  epochs: 2,
  lr: 3e-3,
  metric: 'log_loss',
}
const OF_STATIC: Partial<RunOptions> = { model: STATIC, epochs: 2, lr: 3e-2 }

test(
  'killed in any call that writes, a run goes on to the bytes of an undisturbed one',
  {
    skip: needsShared,
  },
  (t) => breakAndGoOn(t, 'killed', OF_STORIES),
)

test('killed in any call that writes, a run of the embedded model does too', (t) =>
  breakAndGoOn(t, 'killed', OF_STATIC))

test(
  'a disk that is full at any write ends in one line, and the run goes on when there is room',
  {
    skip: needsShared,
  },
  (t) => breakAndGoOn(t, 'full', OF_STORIES),
)
