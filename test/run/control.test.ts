import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { askProgress, holdControl, isAlive, sendRequest } from '../../src/run/control.ts'
import { holdSocket, socketPath } from '../../src/run/socket.ts'
import { UserError } from '../../src/shared/error.ts'
import { temporaryFolder } from './sample.ts'

const control = new URL('../../src/run/control.ts', import.meta.url).href

const state = mkdtempSync(join(tmpdir(), 'finesse-state-'))
process.env.XDG_STATE_HOME = state
after(() => rmSync(state, { recursive: true, force: true }))

test('a run is held by one process at a time and free after it', async (t) => {
  const run = temporaryFolder(t)
  assert.equal(await isAlive(run), false)
  const held = await holdControl(run, () => {})
  assert.equal(await isAlive(run), true)
  await assert.rejects(
    holdControl(run, () => {}),
    UserError,
  )
  await held.close()
  assert.equal(await isAlive(run), false)
  await (await holdControl(run, () => {})).close()
})

test('requests reach the holder; what is not one is answered so', async (t) => {
  const run = temporaryFolder(t)
  assert.equal(await sendRequest(run, { request: 'stop' }), null)
  const requests: unknown[] = []
  const held = await holdControl(run, (request) => requests.push(request))
  assert.deepEqual(await sendRequest(run, { request: 'stop' }), { ok: true })
  assert.deepEqual(requests, [{ request: 'stop' }])
  const odd = await sendRequest(run, JSON.parse('{"request":"dance"}'))
  assert.equal(odd?.ok, false)
  assert.equal(requests.length, 1)
  await held.close()
})

test('how far a phase is can be asked for; one that does not answer in time is alive all the same', async (t) => {
  const run = temporaryFolder(t)
  assert.deepEqual(await askProgress(run), { alive: false, progress: null })
  const progress = { event: 'progress', phase: 'trunk', done: 3, total: 9, detail: '3 of 9 rows' } as const
  const requests: unknown[] = []
  const held = await holdControl(
    run,
    (request) => requests.push(request),
    () => progress,
  )
  assert.deepEqual(await askProgress(run), { alive: true, progress })
  assert.deepEqual(requests, [])
  await held.close()
  const silent: Socket[] = []
  const mute = await holdSocket(socketPath(realpathSync.native(run)), (socket) => silent.push(socket))
  assert.deepEqual(await askProgress(run, 20), { alive: true, progress: null })
  for (const socket of silent) socket.destroy()
  mute?.close()
})

test('a link to the folder is the same run, a long path is no obstacle', async (t) => {
  const folder = temporaryFolder(t)
  const run = join(folder, 'x'.repeat(120), 'y'.repeat(120))
  mkdirSync(run, { recursive: true })
  const held = await holdControl(run, () => {})
  if (process.platform !== 'win32') {
    symlinkSync(run, join(folder, 'link'))
    assert.equal(await isAlive(join(folder, 'link')), true)
  }
  await held.close()
})

test('what a killed process leaves is no obstacle, also to several at once', async (t) => {
  const run = temporaryFolder(t)
  const code = `import { holdControl } from ${JSON.stringify(control)}
    await holdControl(${JSON.stringify(run)}, () => {})
    setInterval(() => {}, 1000)
    process.stdout.write('held')`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  await assert.rejects(
    holdControl(run, () => {}),
    UserError,
  )
  child.kill('SIGKILL')
  await once(child, 'exit')
  assert.equal(await isAlive(run), false)
  const results = await Promise.allSettled([1, 2, 3, 4].map(() => holdControl(run, () => {})))
  const held = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  assert.equal(held.length, 1)
  await Promise.all(held.map((one) => one.close()))
  if (process.platform !== 'win32') assert.deepEqual(readdirSync(join(state, 'finesse')), [])
})
