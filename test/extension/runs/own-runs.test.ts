import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Memento } from 'vscode'
import { OwnRuns } from '../../../src/extension/runs/own-runs.ts'
import { createRun } from '../../../src/run/folder.ts'
import { sampleRecord, temporaryFolder } from '../../run/sample.ts'
import { ownState } from '../live.ts'

ownState('own')

/** As VS Code keeps it: what one window writes, another reads when it opens, and not while it is open. */
function workspaceState(): () => Memento {
  const stored = new Map<string, unknown>()
  return () => {
    const own = new Map(stored)
    return {
      keys: () => [...own.keys()],
      get: <T>(key: string, fallback?: T) => (own.has(key) ? own.get(key) : fallback) as T,
      update: async (key: string, value: unknown) => {
        own.set(key, value)
        stored.set(key, value)
      },
    }
  }
}

test('one of two windows answers for a run: the one that started it, while it is there', async (t) => {
  const out = join(temporaryFolder(t), 'runs')
  const { path } = createRun({ out, name: 'one', record: sampleRecord })
  const { path: later } = createRun({ out, name: 'two', record: sampleRecord })
  const state = workspaceState()
  const first = new OwnRuns(state())
  await first.add(path)
  const second = new OwnRuns(state())
  t.after(() => {
    first.dispose()
    second.dispose()
  })
  assert.deepEqual(await second.claimed(), [])
  assert.deepEqual(await first.claimed(), [path])
  await second.add(later)
  assert.deepEqual(await second.claimed(), [later])
  assert.deepEqual(await first.claimed(), [path])

  // Its extension host was killed.
  first.dispose()
  assert.deepEqual(new Set(await second.claimed()), new Set([path, later]))
})

test('a run that ended and goes on from another window is that window’s', async (t) => {
  const out = join(temporaryFolder(t), 'runs')
  const { path } = createRun({ out, name: 'one', record: sampleRecord })
  const state = workspaceState()
  const [first, second] = [new OwnRuns(state()), new OwnRuns(state())]
  t.after(() => {
    first.dispose()
    second.dispose()
  })
  await first.add(path)
  await first.remove(path)
  await second.add(path)
  assert.deepEqual(await first.claimed(), [])
  assert.deepEqual(await second.claimed(), [path])
})
