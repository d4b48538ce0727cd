import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openEdits } from '../../../src/data/edit/open-edits.ts'
import { sha256 } from '../../../src/data/sha256.ts'
import { openTable } from '../../../src/data/table.ts'

const folder = mkdtempSync(join(tmpdir(), 'finesse-edits-'))
after(() => rmSync(folder, { recursive: true }))

test('a process that is killed while it writes leaves the file before or after an edit, and all can be taken back', async (context) => {
  const path = join(folder, 'table.csv')
  const rows = Array.from(
    { length: 200 },
    (_, i) => `"text ""${i}"" of\r\nsome length ${'é'.repeat(i)}",spam`,
  )
  const original = `text,label\r\n${rows.join('\r\n')}\r\n`
  writeFileSync(path, original)
  // Labels are written from the first row to the last: what the file may be is told by how many are done.
  const stateOf = (done: number): string =>
    `text,label\r\n${rows.map((row, i) => (i < done ? row.replace(/spam$/, 'ham') : row)).join('\r\n')}\r\n`
  let met = 0
  // So many edits are waited for, and then a moment of the next one.
  for (const [edits, wait] of [
    [1, 0],
    [2, 3],
    [3, 8],
    [1, 15],
  ] as const) {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', join(import.meta.dirname, 'edit-all.ts'), path, '200'],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    let said = 0
    for await (const chunk of child.stdout) {
      said += String(chunk).split('\n').length - 1
      if (said >= edits) break
    }
    await sleep(wait)
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    const now = readFileSync(path, 'utf8')
    const done = Array.from({ length: 201 }, (_, i) => i).find((i) => stateOf(i) === now)
    assert.notEqual(done, undefined, 'neither old nor new')
    assert.ok((done ?? 0) >= met + edits)
    met = done ?? 0
  }
  context.diagnostic(`${met} edits before the last kill`)
  const session = await openEdits(await openTable(path), 'label', new Set([1]))
  assert.deepEqual(readdirSync(folder).toSorted(), ['.finesse', 'table.csv'])
  for (let i = 0; i < met; i++) assert.notEqual(await session.undo(), null)
  assert.equal(readFileSync(path, 'utf8'), original)
})

/** Mends a file of so many megabytes; how much more memory than before was held at most. */
async function mendLarge(megabytes: number): Promise<{ bytes: number; held: number }> {
  const path = join(folder, 'large.csv')
  const file = createWriteStream(path)
  const line = `"quoted, with a\r\nline break and ""quotes"" ${'x'.repeat(900)}",spam\r\n`
  file.write('\ufefftext,label\r\n')
  const rows = Math.ceil((megabytes * 2 ** 20) / line.length)
  for (let i = 0; i < rows; i += 1000) {
    const block = line.repeat(Math.min(1000, rows - i))
    if (!file.write(block)) await once(file, 'drain')
  }
  file.end()
  await finished(file)
  const original = await sha256(path)
  const before = process.memoryUsage.rss()
  let peak = before
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }, 5)
  const wanted = [1, Math.floor(rows / 2), rows]
  const session = await openEdits(await openTable(path), 'label', new Set(wanted))
  await session.change(wanted[1] ?? 0, { label: 'ham' })
  await session.change(rows, { deleted: true })
  await session.change(1, { label: 'a,b' })
  for (const _ of wanted) assert.notEqual(await session.undo(), null)
  clearInterval(timer)
  assert.equal(await sha256(path), original)
  rmSync(path)
  return { bytes: rows * line.length, held: peak - before }
}

test('a large file is mended without being held in memory', async (context) => {
  const { bytes, held } = await mendLarge(Number(process.env.FINESSE_LARGE_MB ?? 32))
  context.diagnostic(`${(bytes / 2 ** 20).toFixed(0)} MB, ${(held / 2 ** 20).toFixed(0)} MB more held`)
  // Whatever the size: rows that were parsed are collected in their own time.
  assert.ok(held < 256 * 2 ** 20)
})
