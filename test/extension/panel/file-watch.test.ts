import assert from 'node:assert/strict'
import { pbkdf2 } from 'node:crypto'
import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { watchForChange } from '../../../src/extension/panel/file-watch.ts'

/** Long enough for any machine, short enough to be a failure and no hang. */
const PATIENCE_MS = 30_000

/** Keeps every thread that reads files busy, so that nothing asked of the disk is answered soon. */
function occupyThreads(): void {
  for (let i = 0; i < 8; i++) pbkdf2('words', 'salt', 300_000, 64, 'sha512', () => undefined)
}

test('a change that comes at once, one that follows, another file in place and none are told, each once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'finesse-watch-'))
  const path = join(folder, 'data.csv')
  writeFileSync(path, 'text,label\n')
  const told: boolean[] = []
  occupyThreads()
  const watch = watchForChange(path, (gone) => told.push(gone))
  const until = async (count: number): Promise<void> => {
    for (const start = Date.now(); told.length < count && Date.now() - start < PATIENCE_MS; ) await sleep(20)
    assert.equal(told.length, count)
  }
  try {
    appendFileSync(path, 'some words,a\n')
    await until(1)
    appendFileSync(path, 'other words,b\n')
    await until(2)
    writeFileSync(join(folder, 'new.csv'), 'text,label\nnew,a\n')
    renameSync(join(folder, 'new.csv'), path)
    await until(3)
    rmSync(path)
    await until(4)
    writeFileSync(path, 'text,label\n')
    await until(5)
    assert.deepEqual(told, [false, false, false, true, false])
    watch.dispose()
    appendFileSync(path, 'unheard,a\n')
    await sleep(2500)
    assert.equal(told.length, 5)
  } finally {
    watch.dispose()
    rmSync(folder, { recursive: true })
  }
})
