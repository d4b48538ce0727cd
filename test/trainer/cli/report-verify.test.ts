import assert from 'node:assert/strict'
import { appendFileSync, cpSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from '../../run/sample.ts'
import { onlyRun } from '../training/small-run.ts'
import { finesse, needsBuild } from './cli.ts'

const sample = fileURLToPath(new URL('../../../media/samples/reviews.csv', import.meta.url))

test('a run is shown again and verified', { skip: needsBuild }, async (t) => {
  const cwd = temporaryFolder(t)
  cpSync(sample, join(cwd, 'reviews.csv'))
  const called = finesse(['train', 'reviews.csv', '--model', 'ngram'], { cwd })
  assert.equal(called.code, 0, called.err)
  const run = onlyRun(join(cwd, '.finesse', 'runs'))
  const page = join(run, 'report.html')

  await t.test('in the terminal, with what was said at its end', () => {
    const { code, out } = finesse(['report', 'reviews'], { cwd })
    assert.equal(code, 0)
    const said = called.out.split('\n').find((line) => / is best: /.test(line)) ?? 'nothing'
    assert.ok(out.includes(said))
    assert.match(out, /^macro +0\.\d{4}/m)
    assert.match(out, /^Most certain mistakes/m)
    const { run: path, evaluation } = JSON.parse(finesse(['report', 'reviews', '--json'], { cwd }).out)
    assert.ok(path.endsWith(run.slice(run.lastIndexOf('/') + 1)))
    assert.deepEqual(evaluation, JSON.parse(readFileSync(join(run, 'evaluation.json'), 'utf8')))
  })

  await t.test('as a page, also where an older version wrote none, in the language in use', () => {
    assert.match(readFileSync(page, 'utf8'), /<html lang="en">/)
    assert.doesNotMatch(readFileSync(page, 'utf8'), />0\.0 s/)
    for (const name of ['report.html', 'receipt.json']) rmSync(join(run, name))
    const { code, out } = finesse(['report', 'reviews', '--html'], { cwd, language: 'zh' })
    assert.deepEqual([code, out.includes('report.html')], [0, true])
    assert.match(readFileSync(page, 'utf8'), /<html lang="zh-CN">/)
    rmSync(page)
    assert.equal(finesse(['report', 'reviews', '-o', 'out.html'], { cwd }).code, 0)
    assert.ok(existsSync(join(cwd, 'out.html')) && !existsSync(page))
    assert.equal(finesse(['report', 'reviews', '-o', join('none', 'out.html')], { cwd }).code, 1)
  })

  await t.test('verified: 0 the same, 3 changed, 2 words that cannot be meant', () => {
    const same = finesse(['verify', 'reviews', '--out', 'again'], { cwd })
    assert.equal(same.code, 0, same.err)
    assert.match(same.out, /the same comes out bit for bit.*\n.*no receipt/)
    assert.ok(existsSync(join(onlyRun(join(cwd, 'again')), 'receipt.json')))
    assert.equal(finesse(['verify', 'reviews', '--threads', 'two'], { cwd }).code, 2)
    appendFileSync(join(cwd, 'reviews.csv'), 'one more,good\n')
    const changed = finesse(['verify', 'reviews'], { cwd })
    assert.equal(changed.code, 3)
    assert.match(changed.out, /reviews\.csv: the file changed since the run began\n/)
  })
})
