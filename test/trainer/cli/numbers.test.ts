import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, test } from 'node:test'
import * as v from 'valibot'
import { DoneEvent } from '../../../src/shared/events.ts'
import { numberRows } from '../training/numbers-file.ts'
import { onlyRun, sampleRows } from '../training/small-run.ts'
import { finesse, needsBuild } from './cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'finesse-numbers-cli-'))
after(() => rmSync(folder, { recursive: true }))
const call = (words: string, input = '') => finesse(words.split(' '), { cwd: folder, input })

test('numbers at the command line: train, evaluate, predict, compare, and what is refused', {
  skip: needsBuild,
}, () => {
  writeFileSync(join(folder, 'stars.csv'), numberRows(120))
  const trained = call('train stars.csv --task regress --epochs 1 --max-length 24 --out runs --json')
  assert.equal(trained.code, 0, trained.err)
  const done = v.parse(DoneEvent, JSON.parse(trained.out.trim().split('\n').at(-1) ?? ''))
  assert.ok('mse' in done.test && 'mean' in done.before)
  const run = onlyRun(join(folder, 'runs'))

  const own = call(`evaluate ${run} --json`)
  assert.equal(own.code, 0, own.err)
  const { rmse } = v.parse(v.object({ rmse: v.number() }), JSON.parse(own.out))
  assert.ok(Math.abs(rmse - done.test.rmse) < 1e-3, `${rmse} ${done.test.rmse}`)
  writeFileSync(join(folder, 'more.csv'), numberRows(20, 99).replaceAll(/,(\d+)$/gm, ',"$1,0"'))
  const more = call(`evaluate ${run} more.csv`)
  assert.match(more.out, /20 rows[\s\S]*RMSE|RMSE[\s\S]*20 rows/, more.err)
  assert.match(more.out, /off by at most/)
  writeFileSync(join(folder, 'bad.csv'), 'review,stars\na film,3\na story,good\n')
  const bad = call(`evaluate ${run} bad.csv`)
  assert.equal(bad.code, 1)
  assert.match(bad.err, /^finesse: bad\.csv row 2: "good" .*no number[^\n]*\n$/)

  const { out } = call(`predict ${run}`, 'the film was wonderful\nthe film was awful\n')
  const answers = out
    .trim()
    .split('\n')
    .map((line) => v.parse(v.strictObject({ text: v.string(), value: v.number() }), JSON.parse(line)))
  assert.equal(answers[0]?.text, 'the film was wonderful')
  assert.ok((answers[0]?.value ?? 0) > (answers[1]?.value ?? 0))

  const compared = call(`compare ${run} ${run}`)
  assert.match(compared.out, /RMSE .*\+0/, compared.err)
  assert.match(call('runs --out runs').out, new RegExp(`${basename(run)} .*RMSE`))
  const smaller = call(`export ${run} out --compress int8`)
  assert.deepEqual([smaller.code, smaller.out], [2, ''])
  assert.match(smaller.err, /predicts numbers/)

  writeFileSync(join(folder, 'topics.csv'), sampleRows(60))
  const labels = call('train topics.csv --epochs 1 --max-length 24 --out labels --json')
  assert.equal(labels.code, 0, labels.err)
  const mixed = call(`compare ${run} ${onlyRun(join(folder, 'labels'))}`)
  assert.equal(mixed.code, 1)
  assert.match(mixed.err, /predicts numbers and the other run labels/)
})
