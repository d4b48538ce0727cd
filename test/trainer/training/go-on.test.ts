import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as v from 'valibot'
import { loadCheckpoint } from '../../../src/run/checkpoint.ts'
import { readChecked, readRecord } from '../../../src/run/folder.ts'
import { RunEvaluation, Scores } from '../../../src/shared/evaluation.ts'
import { HEAD_WEIGHT } from '../../../src/trainer/tasks/head.ts'
import { needsShared } from '../../shared.ts'
import { STATIC, STORIES, sampleFile, type Trained, trained, weightsIn } from './small-run.ts'

const evaluationOf = (run: string): RunEvaluation =>
  readChecked(join(run, 'evaluation.json'), RunEvaluation, '')

/** The validation before the first step, from a run that was stopped at that step. */
function scoresAtStart({ run }: Trained): Scores {
  const state = loadCheckpoint(run, 'last')?.state
  const { bestEpoch, bestScores } = v.parse(v.object({ bestEpoch: v.number(), bestScores: Scores }), state)
  assert.equal(bestEpoch, 0)
  return bestScores
}

const atFirstStep = { until: ({ event }: { event: string }) => event === 'step' }

for (const [what, model, id] of [
  ['a decoder', STORIES, 'stories260K'],
  ['the model that comes with Finesse', STATIC, 'static-en'],
] as const)
  test(`${what}: training goes on where a run ended, with its head and its base's name`, {
    skip: needsShared,
  }, async (t) => {
    const file = sampleFile(t, 80)
    const first = await trained(file, { model, epochs: 2, lr: 1e-2, metric: 'log_loss' })
    const { valid } = evaluationOf(first.run)
    const on = { model: first.run, max_length: 24, lr: 1e-3 }
    const second = await trained(file, on, atFirstStep)
    const start = scoresAtStart(second)
    assert.ok(Math.abs(start.log_loss - valid.log_loss) < 1e-5, `${start.log_loss} ${valid.log_loss}`)
    assert.equal(start.accuracy, valid.accuracy)
    const { base, resolved } = readRecord(second.run)
    assert.deepEqual([base.id, base.model], [id, first.run])
    assert.equal(resolved?.pooling, readRecord(first.run).resolved?.pooling)

    const whole = await trained(file, on)
    const config = readFileSync(join(whole.run, 'model', 'config.json'), 'utf8')
    assert.equal(JSON.parse(config).finesse_base_model, id)
    assert.deepEqual(weightsIn(whole.run).get(HEAD_WEIGHT)?.dims, weightsIn(first.run).get(HEAD_WEIGHT)?.dims)
  })

test('other labels begin with a new head on the trained encoder', { skip: needsShared }, async (t) => {
  const file = sampleFile(t, 80)
  const first = await trained(file, { epochs: 1, strategy: 'last:2' })
  // Two topics become one.
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/,(culture|sport)$/gm, ',leisure'))
  const second = await trained(file, { model: first.run, epochs: 1, strategy: 'last:2' })
  const labels = readRecord(first.run).data.labels.length - 1
  const { data, base } = readRecord(second.run)
  assert.deepEqual([data.labels.length, base.id], [labels, 'stories260K'])
  assert.deepEqual(weightsIn(second.run).get(HEAD_WEIGHT)?.dims, [64, labels])
  // It starts at the probe on that encoder, so it is not below it on validation.
  const start = scoresAtStart(
    await trained(file, { model: first.run, epochs: 1, strategy: 'last:2' }, atFirstStep),
  )
  assert.ok(start.log_loss < Math.log(labels) + 0.2, `${start.log_loss}`)
})

test('the head alone is trained anew, not left as a run had it', { skip: needsShared }, async (t) => {
  const file = sampleFile(t, 80)
  const first = await trained(file, { strategy: 'head' })
  const rows = readFileSync(file, 'utf8').trim().split('\n')
  const half = join(file, '..', 'half.csv')
  writeFileSync(half, `${[rows[0], ...rows.slice(30)].join('\n')}\n`)
  const second = await trained(half, { strategy: 'head', model: first.run })
  assert.deepEqual(readRecord(second.run).data.labels, readRecord(first.run).data.labels)
  assert.notDeepEqual(
    weightsIn(second.run).get(HEAD_WEIGHT)?.data,
    weightsIn(first.run).get(HEAD_WEIGHT)?.data,
  )
})
