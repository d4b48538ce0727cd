import assert from 'node:assert/strict'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as v from 'valibot'
import { TestPrediction } from '../../../src/shared/evaluation.ts'
import type { RunEvent } from '../../../src/shared/events.ts'
import { needsShared } from '../../shared.ts'
import { bytesOf, losses, onlyRun, resumed, sampleFile, type Trained, trained } from './small-run.ts'

const CACHE = 'trunk.cache'
const STRATEGY = { strategy: 'last:2', epochs: 1, lr: 1e-3 } as const

const probabilities = ({ run }: Trained): number[] =>
  bytesOf(run, 'predictions.jsonl')
    .toString()
    .trim()
    .split('\n')
    .flatMap((line) => Object.values(v.parse(TestPrediction, JSON.parse(line)).probabilities))

const furthest = (a: readonly number[], b: readonly number[]): number => {
  assert.equal(a.length, b.length)
  return Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? Number.NaN))))
}

test('the cached trunk in fp32, in fp16 and none at all train the same', { skip: needsShared }, async (t) => {
  const file = sampleFile(t)
  const sizes: number[] = []
  const run = async (cache_mb: number): Promise<Trained> => {
    const out = join(file, '..', `cache ${cache_mb}`)
    let size = -1
    const seen = (event: RunEvent): boolean => {
      const cache = join(onlyRun(out), CACHE)
      if (event.event === 'step') size = existsSync(cache) ? statSync(cache).size : 0
      return false
    }
    const result = await trained(file, { ...STRATEGY, cache_mb }, { out, until: seen })
    sizes.push(size)
    assert.ok(!existsSync(join(result.run, CACHE)))
    return result
  }
  const none = await run(0)
  const whole = await run(100)
  // 120 rows of at most 24 tokens of 64 numbers: 0.7 MB in fp32 at most.
  const half = await run(0.9)
  const [nothing, full = 0, halved] = sizes
  assert.deepEqual([nothing, halved], [0, full / 2])
  assert.ok(full > 0)
  assert.ok(furthest(losses(none), losses(whole)) < 1e-4)
  assert.ok(furthest(losses(none), losses(half)) < 1e-2)
  assert.ok(furthest(probabilities(none), probabilities(whole)) < 1e-4)
  assert.ok(furthest(probabilities(none), probabilities(half)) < 1e-2)
})

for (const phase of ['trunk', 'ngram', 'train'] as const)
  test(`no cache is left after a stop in phase ${phase}, and the run goes on to its end`, {
    skip: needsShared,
  }, async (t) => {
    const file = sampleFile(t, 60)
    const stopped = await trained(
      file,
      { strategy: 'last:1' },
      { until: (event) => event.event === 'phase' && event.phase === phase },
    )
    assert.ok(!existsSync(join(stopped.run, CACHE)))
    assert.equal(stopped.ending.kind, 'interrupted')
    const end = await resumed(stopped.run)
    assert.equal(end.ending.kind, 'done')
    assert.ok(!existsSync(join(stopped.run, CACHE)))
  })
