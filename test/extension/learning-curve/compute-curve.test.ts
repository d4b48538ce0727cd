import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, type TestContext, test } from 'node:test'
import { computeCurve } from '../../../src/extension/learning-curve/compute-curve.ts'
import { UserError } from '../../../src/shared/error.ts'
import type { ProgressEvent } from '../../../src/shared/events.ts'
import { needsBuild } from '../../trainer/cli/cli.ts'
import { host } from '../trainer-host.ts'

/** Rows of two labels with so many words that say which. */
function rowsFile(t: TestContext, rows: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'finesse-curve-test-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'rows.csv')
  const lines = Array.from({ length: rows }, (_, i) =>
    i % 2 === 0 ? `paint the wall red ${i},colour` : `eat the soup with bread ${i},food`,
  )
  writeFileSync(file, `note,kind\n${lines.join('\n')}\n`)
  return file
}

const options = { text: 'note', label: 'kind', model: 'ngram' }

suite('the learning curve for the editor', { skip: needsBuild }, () => {
  test('is what the command says of the same options, and how far it is is told', async (t) => {
    const told: ProgressEvent[] = []
    const files = [rowsFile(t, 200)]
    const stop = new AbortController().signal
    const curve = await computeCurve({ files, options }, host, stop, (progress) => told.push(progress))
    assert.equal(curve.learner, 'ngram')
    assert.deepEqual(
      curve.points.map(({ share }) => share),
      [0.1, 0.25, 0.5, 1],
    )
    const shares = told.map(({ done, total }) => done / total)
    assert.ok(shares.length > 3)
    assert.deepEqual(
      shares.toSorted((a, b) => a - b),
      shares,
    )
  })

  test('what it refuses is its own line', async (t) => {
    const files = [rowsFile(t, 8)]
    const stop = new AbortController().signal
    await assert.rejects(
      computeCurve({ files, options: { ...options, text: 'nothing' } }, host, stop, () => undefined),
      UserError,
    )
  })

  test('a cancelled one ends, and leaves no file behind', async (t) => {
    const files = [rowsFile(t, 2000)]
    const stop = new AbortController()
    const before = curveFolders()
    await assert.rejects(
      computeCurve({ files, options }, host, stop.signal, () => stop.abort()),
      /aborted/,
    )
    assert.deepEqual(curveFolders(), before)
  })
})

const curveFolders = (): readonly string[] =>
  readdirSync(tmpdir()).filter((name) => /^finesse-curve-(?!test)/.test(name))
