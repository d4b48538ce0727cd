import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import { openPredictor } from '../../../src/trainer/prediction/predict.ts'
import { temporaryFolder } from '../../run/sample.ts'
import { STATIC, sampleRows, trained } from '../training/small-run.ts'
import { needsBuild, serve, startServer } from './served.ts'

const TEXTS = ['the team won the cup', 'shares fell on Monday', 'a new telescope', 'the minister resigned']

describe('the prediction server', { skip: needsBuild }, () => {
  let run = ''
  const folder = mkdtempSync(join(tmpdir(), 'finesse-serve-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  before(async () => {
    const file = join(folder, 'headlines.csv')
    writeFileSync(file, sampleRows(60))
    run = (await trained(file, { model: STATIC, strategy: 'head' })).run
  })

  /** A model of its own for a test that spoils it. */
  const copied = (t: TestContext): string => {
    const copy = join(temporaryFolder(t), 'model')
    cpSync(join(run, 'model'), copy, { recursive: true })
    return copy
  }

  it('answers as the predictor does, from a run as from its model', async (t) => {
    const server = startServer(t)
    const predictor = await openPredictor(join(run, 'model'))
    t.after(() => predictor.close())
    const expected = await predictor.predict(TEXTS)
    for (const [id, model] of [run, join(run, 'model')].entries()) {
      server.send({ request: 'predict', id, model, texts: TEXTS })
      const { rows, answers } = await server.expect(id, 'predicted')
      assert.deepEqual(answers.labels, predictor.labels)
      assert.equal(answers.task, 'classify')
      for (const [i, p] of rows.flat().entries()) assert.ok(Math.abs(p - (expected[i] ?? 0)) < 1e-6)
    }
    server.send({ request: 'open', id: 9, model: run })
    assert.deepEqual((await server.expect(9, 'opened')).answers.labels, predictor.labels)
    server.send({ request: 'predict', id: 10, model: run, texts: [] })
    assert.deepEqual((await server.expect(10, 'predicted')).rows, [])
  })

  it('answers a text before a file of thousands that came first', async (t) => {
    const server = startServer(t)
    server.send({ request: 'open', id: 0, model: run })
    await server.expect(0, 'opened')
    const texts = Array.from({ length: 5_000 }, (_, i) => `${TEXTS[i % 4]} ${i}`)
    server.send({ request: 'predict', id: 1, model: run, texts })
    server.send({ request: 'predict', id: 2, model: run, texts: ['one more'] })
    server.send({ request: 'predict', id: 3, model: run, texts: ['and one'] })
    assert.equal((await server.expect(1, 'predicted')).rows.length, texts.length)
    assert.deepEqual(
      server.replies.map(({ id }) => id),
      [0, 2, 3, 1],
    )
  })

  it('gives the same answer alone as among others', async (t) => {
    const server = startServer(t)
    server.send({ request: 'predict', id: 0, model: run, texts: TEXTS })
    for (const [i, text] of TEXTS.entries())
      server.send({ request: 'predict', id: i + 1, model: run, texts: [text] })
    const together = await server.expect(0, 'predicted')
    for (const i of TEXTS.keys())
      for (const [label, p] of ((await server.expect(i + 1, 'predicted')).rows[0] ?? []).entries())
        assert.ok(Math.abs(p - (together.rows[i]?.[label] ?? 0)) < 1e-5)
  })

  it('drops what is cancelled', async (t) => {
    const server = startServer(t)
    const texts = Array.from({ length: 20_000 }, (_, i) => `${TEXTS[i % 4]} ${i}`)
    server.send({ request: 'predict', id: 1, model: run, texts })
    server.send({ request: 'predict', id: 2, model: run, texts: ['short'] })
    await server.expect(2, 'predicted')
    server.send({ request: 'cancel', id: 1 })
    server.send({ request: 'cancel', id: 77 })
    await server.expect(1, 'cancelled')
    server.send({ request: 'predict', id: 3, model: run, texts: ['after'] })
    await server.expect(3, 'predicted')
    assert.deepEqual(
      server.replies.map(({ id }) => id),
      [2, 1, 3],
    )
  })

  it('says in a line why a model does not load, and goes on with others', async (t) => {
    const server = startServer(t)
    const nowhere = join(folder, 'nowhere')
    server.send({ request: 'predict', id: 1, model: nowhere, texts: ['a'] })
    assert.equal(
      (await server.expect(1, 'failed')).message,
      `${nowhere}: there is no such folder; choose another model`,
    )
    server.send({ request: 'open', id: 2, model: folder })
    assert.match((await server.expect(2, 'failed')).message, /holds no onnx\/model\.onnx/)
    const broken = copied(t)
    writeFileSync(join(broken, 'onnx', 'model.onnx'), 'no model')
    server.send({ request: 'predict', id: 3, model: broken, texts: ['a'] })
    const { message } = await server.expect(3, 'failed')
    assert.ok(message.includes(broken) && !message.includes('\n'), message)
    server.send({ request: 'predict', id: 4, model: run, texts: ['a'] })
    await server.expect(4, 'predicted')
  })

  it('notices that a model was deleted or replaced', async (t) => {
    const server = startServer(t)
    const model = copied(t)
    server.send({ request: 'predict', id: 1, model, texts: TEXTS })
    const before = await server.expect(1, 'predicted')
    rmSync(model, { recursive: true })
    server.send({ request: 'predict', id: 2, model, texts: TEXTS })
    assert.equal(
      (await server.expect(2, 'failed')).message,
      `${model}: the model was deleted while in use; choose another`,
    )
    server.send({ request: 'predict', id: 3, model, texts: TEXTS })
    assert.match((await server.expect(3, 'failed')).message, /there is no such folder/)
    cpSync(join(run, 'model'), model, { recursive: true })
    server.send({ request: 'predict', id: 4, model, texts: TEXTS })
    for (const [i, p] of (await server.expect(4, 'predicted')).rows.flat().entries())
      assert.ok(Math.abs(p - (before.rows.flat()[i] ?? 0)) < 1e-5)
  })

  it('refuses pairs where the model reads single texts', async (t) => {
    const server = startServer(t)
    server.send({ request: 'predict', id: 1, model: run, texts: [['a', 'b']] })
    assert.match((await server.expect(1, 'failed')).message, /reads single texts/)
  })

  it('says what is no request, and goes on', async (t) => {
    const server = startServer(t)
    for (const line of ['hello', '{', '[]', 'null', '{"request":"predict","id":-1}', '\u0000\u0001']) {
      server.replies.length = 0
      server.write(line)
      assert.match((await server.expect(null, 'failed')).message, /^not a request/)
    }
    server.replies.length = 0
    server.write('x'.repeat((1 << 25) + 200_000))
    assert.match((await server.expect(null, 'failed')).message, /more than 32 MB/)
    server.write('')
    server.send({ request: 'predict', id: 4, model: run, texts: ['a'] })
    await server.expect(4, 'predicted')
    assert.equal(server.replies.length, 2)
    assert.equal(server.errors(), '')
  })

  it('ends with its pipe, whatever it is at', async (t) => {
    const idle = startServer(t)
    idle.child.stdin.end()
    assert.equal(await idle.ended, 0)

    const busy = startServer(t)
    const texts = Array.from({ length: 20_000 }, (_, i) => `${TEXTS[i % 4]} ${i}`)
    busy.send({ request: 'predict', id: 1, model: run, texts })
    busy.send({ request: 'open', id: 2, model: run })
    await busy.expect(2, 'opened')
    const began = performance.now()
    busy.child.stdin.end()
    assert.equal(await busy.ended, 0)
    assert.ok(performance.now() - began < 5000)
    assert.deepEqual(busy.replies.map(({ id }) => id).includes(1), false)
  })

  it('ends when its parent is killed', async (t) => {
    const parent = spawn(
      process.execPath,
      [
        '-e',
        `const c = require('child_process').spawn(process.execPath, [${JSON.stringify(serve)}], { stdio: ['pipe', 'pipe', 'ignore'] })
         c.stdout.on('data', () => console.log(c.pid)); c.stdin.write('x\\n'); setInterval(() => {}, 1000)`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    t.after(() => parent.kill('SIGKILL'))
    const [printed] = await once(parent.stdout, 'data')
    const pid = Number(String(printed).trim())
    parent.kill('SIGKILL')
    for (let tries = 0; alive(pid); tries++) {
      assert.ok(tries < 100, 'the server lives on')
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  })
})

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
